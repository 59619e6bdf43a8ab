// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/lecture_store.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/hot/progress_store.h"
#include "storage/jobs/upload_store.h"
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

TestSuite(lecture_store, .init = set_up, .fini = tear_down);

Test(lecture_store, a_new_lecture_is_uploading_and_carries_its_uploads_id)
{
    char id[ID_SIZE];
    struct lecture found;

    fixture_add_upload(&f, owner, 10, 77, id);
    cr_assert_eq(lecture_store_find(f.db, id, &found), 0);
    cr_assert_str_eq(found.id, id);
    cr_assert_eq(found.state, LECTURE_UPLOADING);
    cr_assert_str_eq(found.title, "Bài giảng");
    cr_assert_str_eq(found.filename, "bai giang.mp4");
    cr_assert_str_eq(found.course_id, "");
    cr_assert_str_eq(found.source_sha256, "");
    cr_assert_str_eq(found.package_id, "");
    cr_assert_eq(found.duration_us, 0);
    cr_assert_eq(found.created_at_ms, 77);
    cr_assert_eq(found.updated_at_ms, 77);
    cr_assert_eq(lecture_store_find(f.db, "x", &found), ERR_NOT_FOUND);
}

Test(lecture_store, lists_run_from_the_newest_and_page)
{
    char ids[5][ID_SIZE], other[ID_SIZE], foreign[ID_SIZE];
    struct lecture *lectures = NULL;
    size_t n = 0;

    fixture_add_user(&f, "co", ROLE_INSTRUCTOR, other);
    for (int i = 0; i < 5; i++)
        fixture_add_upload(&f, owner, 10, i, ids[i]);
    fixture_add_upload(&f, other, 10, 9, foreign);
    cr_assert_eq(lecture_store_list(f.db, "", 3, &f.arena, &lectures, &n), 0);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(lectures[0].id, foreign);
    cr_assert_str_eq(lectures[2].id, ids[3]);
    cr_assert_eq(lecture_store_list(f.db, lectures[2].id, 9, &f.arena, &lectures, &n), 0);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(lectures[0].id, ids[2]);
}

Test(lecture_store, a_title_can_be_changed_to_plain_text_alone)
{
    char id[ID_SIZE], long_title[LECTURE_TITLE_SIZE];
    struct lecture found;

    fixture_add_upload(&f, owner, 10, 1, id);
    cr_assert_eq(lecture_store_set_title(f.db, id, slice_from("Bài 2: Đạo hàm"), 9), 0);
    cr_assert_eq(lecture_store_find(f.db, id, &found), 0);
    cr_assert_str_eq(found.title, "Bài 2: Đạo hàm");
    cr_assert_eq(found.updated_at_ms, 9);
    memset(long_title, 'a', sizeof long_title);
    cr_assert_eq(lecture_store_set_title(f.db, id, slice_of(long_title, sizeof long_title), 9),
                 ERR_INVALID);
    cr_assert_eq(lecture_store_set_title(f.db, id, slice_from(""), 9), ERR_INVALID);
    cr_assert_eq(lecture_store_set_title(f.db, id, slice_from("\x1b[2J"), 9), ERR_INVALID);
    cr_assert_eq(lecture_store_set_title(f.db, "x", slice_from("a"), 9), ERR_NOT_FOUND);
}

Test(lecture_store, deleting_takes_upload_job_tasks_and_progress_along)
{
    char waiting[ID_SIZE], lecture_id[ID_SIZE], job_id[ID_SIZE];
    const uint8_t bits[] = {0x80};
    struct progress progress = {.watched = {.bits = bits, .n_bytes = 1}};

    fixture_add_upload(&f, owner, 10, 1, waiting);
    fixture_add_job(&f, owner, 1, lecture_id, job_id);
    fixture_plan(&f, 2, 1, 2);
    memcpy(progress.user_id, owner, ID_SIZE);
    memcpy(progress.lecture_id, lecture_id, ID_SIZE);
    cr_assert_eq(progress_store_merge_many(f.db, &progress, 1, 5), 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM progress"), 1);
    cr_assert_eq(lecture_store_delete(f.db, waiting), 0);
    cr_assert_eq(lecture_store_delete(f.db, lecture_id), 0);
    cr_assert_eq(lecture_store_delete(f.db, lecture_id), ERR_NOT_FOUND);
    cr_assert_eq(fixture_number(&f, "SELECT (SELECT count(*) FROM uploads)"
                                    " + (SELECT count(*) FROM jobs)"
                                    " + (SELECT count(*) FROM tasks)"
                                    " + (SELECT count(*) FROM progress)"),
                 0);
}
