// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/course_store.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(course_store, .init = set_up, .fini = tear_down);

static struct course add(const char *title)
{
    struct course course = {.created_at_ms = 3};

    fixture_new_id(course.id);
    (void)snprintf(course.title, sizeof course.title, "%s", title);
    memcpy(course.owner_id, owner, ID_SIZE);
    cr_assert_eq(course_store_add(f.db, &course), 0);
    return course;
}

static int choose(const char *wanted, const char *person, bool by_id, bool by_title,
                  struct course *ret_course)
{
    const struct course_wish wish = {.wanted = slice_from(wanted),
                                     .person_id = person,
                                     .may_add_by_id = by_id,
                                     .may_add_by_title = by_title,
                                     .now_ms = 5};

    return course_store_find_or_add(f.db, &wish, ret_course);
}

static int64_t n_courses(void)
{
    return fixture_number(&f, "SELECT count(*) FROM courses");
}

Test(course_store, what_was_added_is_found_by_id_and_by_exact_title)
{
    const struct course math = add("Toán 10");
    struct course found;

    cr_assert_eq(course_store_find(f.db, math.id, &found), 0);
    cr_assert_str_eq(found.title, "Toán 10");
    cr_assert_str_eq(found.owner_id, owner);
    cr_assert_eq(found.created_at_ms, 3);
    cr_assert_eq(choose("Toán 10", owner, false, false, &found), 0);
    cr_assert_str_eq(found.id, math.id);
    cr_assert_eq(choose(math.id, owner, false, false, &found), 0);
    cr_assert_str_eq(found.id, math.id);
    cr_assert_eq(choose("toán 10", owner, false, false, &found), 0);
    cr_assert_str_neq(found.id, math.id);
    cr_assert_eq(found.created_at_ms, 5);
    cr_assert_eq(course_store_find(f.db, "x", &found), ERR_NOT_FOUND);
}

Test(course_store, of_two_courses_with_one_title_the_older_is_found)
{
    const struct course first = add("Tin học");
    struct course found;

    (void)add("Tin học");
    cr_assert_eq(choose("Tin học", owner, false, false, &found), 0);
    cr_assert_str_eq(found.id, first.id);
}

Test(course_store, nobody_adds_to_a_course_of_somebody_else)
{
    const struct course theirs = add("Toán 10");
    struct course found = {.id = ""};
    char person[ID_SIZE];

    fixture_add_user(&f, "thay2", ROLE_INSTRUCTOR, person);
    cr_assert_eq(choose(theirs.id, person, false, false, &found), ERR_DENIED);
    cr_assert_eq(n_courses(), 1);
    cr_assert_eq(choose("Toán 10", person, false, false, &found), 0);
    cr_assert_str_neq(found.id, theirs.id);
    cr_assert_str_eq(found.owner_id, person);
    cr_assert_eq(choose("Toán 10", person, true, true, &found), 0);
    cr_assert_str_eq(found.owner_id, person, "their own comes first");
}

Test(course_store, who_may_adds_to_courses_of_others_by_id_or_by_title)
{
    const struct course theirs = add("Toán 10");
    struct course found = {.id = ""};
    char person[ID_SIZE];

    fixture_add_user(&f, "admin", ROLE_ADMIN, person);
    cr_assert_eq(choose(theirs.id, person, true, false, &found), 0);
    cr_assert_str_eq(found.id, theirs.id);
    cr_assert_eq(choose("Toán 10", person, true, true, &found), 0);
    cr_assert_str_eq(found.id, theirs.id);
    cr_assert_eq(choose("Toán 10", person, true, false, &found), 0);
    cr_assert_str_eq(found.owner_id, person);
}

Test(course_store, an_id_that_no_course_has_makes_none)
{
    struct course found;
    char id[ID_SIZE];

    fixture_new_id(id);
    cr_assert_eq(choose(id, owner, true, true, &found), ERR_NOT_FOUND);
    cr_assert_eq(choose("", owner, true, true, &found), ERR_INVALID);
    cr_assert_eq(n_courses(), 0);
}

Test(course_store, a_course_needs_a_title_an_owner_and_a_new_id)
{
    struct course course = add("Toán 10");

    cr_assert_eq(course_store_add(f.db, &course), ERR_EXISTS);
    fixture_new_id(course.id);
    course.title[0] = '\0';
    cr_assert_eq(course_store_add(f.db, &course), ERR_INVALID);
    (void)snprintf(course.title, sizeof course.title, "bell \a");
    cr_assert_eq(course_store_add(f.db, &course), ERR_INVALID);
    (void)snprintf(course.title, sizeof course.title, "Lý 10");
    (void)snprintf(course.owner_id, sizeof course.owner_id, "nobody");
    cr_assert_eq(course_store_add(f.db, &course), ERR_CONFLICT);
}
