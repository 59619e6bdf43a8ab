// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/package.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "tests/unit/support/fail_alloc.h"

static const struct rendition VIDEO = {.name = "v240",
                                       .kind = RENDITION_VIDEO,
                                       .codecs = "avc1.64000d",
                                       .timescale = 1000,
                                       .width = 426,
                                       .height = 240,
                                       .rate_num = 25,
                                       .rate_den = 1,
                                       .group = "low"};
static const struct rendition AUDIO = {.name = "a48",
                                       .kind = RENDITION_AUDIO,
                                       .codecs = "mp4a.40.2",
                                       .timescale = 48000,
                                       .sample_rate = 48000,
                                       .n_channels = 1,
                                       .language = "vi",
                                       .group = "low"};

static struct package *p;
static struct package *part;

static void set_up(void)
{
    p = package_new();
    part = package_new();
    cr_assert(p && part);
    p->target_duration_s = 6;
}

static void tear_down(void)
{
    package_free(p);
    package_free(part);
}

TestSuite(package, .init = set_up, .fini = tear_down);

static struct rendition *add(struct package *to, const struct rendition *description)
{
    struct rendition *r = NULL;

    cr_assert_eq(package_add_rendition(to, description, &r), 0);
    return r;
}

/* A file with one fragment for each duration (ticks) and size, up to a duration of 0. */
static void fill(struct rendition *r, const char *file, const uint32_t *durations,
                 const uint32_t *sizes)
{
    struct fragment fragment = {.offset = 700};

    cr_assert_eq(rendition_add_file(r, file, &fragment.file), 0);
    if (fragment.file == 0)
        r->init = (struct fragment){.size_bytes = 700};
    for (; *durations; durations++, sizes++) {
        fragment.duration_ticks = *durations;
        fragment.size_bytes = *sizes;
        cr_assert_eq(rendition_add_fragment(r, &fragment), 0);
        fragment.offset += fragment.size_bytes;
    }
}

static const uint32_t TWO[] = {2000, 6000, 0};
static const uint32_t TWO_SIZES[] = {1000, 3000};

Test(package, a_rendition_is_added_without_its_tables)
{
    struct rendition description = VIDEO;
    struct package_file file = {"other.mp4"};

    description.files = &file;
    description.n_files = 1;
    description.init.size_bytes = 5;
    const struct rendition *r = add(p, &description);
    cr_assert_eq(p->n_renditions, 1);
    cr_assert_eq(r->n_files, 0);
    cr_assert_eq(r->n_fragments, 0);
    cr_assert_null(r->files);
    cr_assert_eq(r->init.size_bytes, 0);
    cr_assert_eq(r->height, 240);
    cr_assert_eq(package_find(p, slice_from("v240")), r);
    cr_assert_null(package_find(p, slice_from("v24")));
    cr_assert_null(package_find(p, slice_from("v2400")));
    cr_assert_null(package_find(p, slice_from("")));
}

Test(package, names_are_plain_and_taken_once)
{
    static const char *const WRONG[] = {"", "V240", "v_240", "../v240", "v240.mp4", "v 240", "vé"};
    struct rendition *r = NULL;

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct rendition description = VIDEO;
        (void)snprintf(description.name, sizeof description.name, "%s", WRONG[i]);
        cr_assert_eq(package_add_rendition(p, &description, &r), ERR_INVALID, "%s", WRONG[i]);
    }
    cr_assert_null(r);
    add(p, &VIDEO);
    cr_assert_eq(package_add_rendition(p, &VIDEO, &r), ERR_INVALID);
    cr_assert_eq(p->n_renditions, 1);
}

Test(package, a_text_that_could_leave_its_quotes_is_refused)
{
    static const char EVIL[] = "a\"\n#EXT-X";
    struct rendition *r = NULL;
    struct rendition description = AUDIO;

    (void)snprintf(description.codecs, sizeof description.codecs, "%s", EVIL);
    cr_assert_eq(package_add_rendition(p, &description, &r), ERR_INVALID);
    description = AUDIO;
    (void)snprintf(description.language, sizeof description.language, "%s", EVIL);
    cr_assert_eq(package_add_rendition(p, &description, &r), ERR_INVALID);
    description = AUDIO;
    (void)snprintf(description.group, sizeof description.group, "%s", EVIL);
    cr_assert_eq(package_add_rendition(p, &description, &r), ERR_INVALID);
    description = AUDIO;
    (void)snprintf(description.language, sizeof description.language, "zh-Hant");
    add(p, &description);
}

Test(package, there_is_an_end_to_renditions)
{
    struct rendition description = VIDEO;
    struct rendition *r = NULL;

    for (int i = 0; i < PACKAGE_MAX_RENDITIONS; i++) {
        (void)snprintf(description.name, sizeof description.name, "v%d", i);
        add(p, &description);
    }
    cr_assert_eq(package_add_rendition(p, &VIDEO, &r), ERR_INVALID);
    cr_assert_null(r);
}

Test(package, file_names_have_no_path_in_them)
{
    static const char *const WRONG[] = {"",   ".",    "..", ".hidden", "a/b",
                                        "/a", "a\\b", "A",  "a b",     "a\n"};
    struct rendition *r = add(p, &VIDEO);
    uint32_t file = 7;

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_assert_eq(rendition_add_file(r, WRONG[i], &file), ERR_INVALID, "%s", WRONG[i]);
    cr_assert_eq(rendition_add_file(r, "a23456789-123456789-123456789-123456789.", &file),
                 ERR_INVALID, "40 characters leave no room for the terminator");
    cr_assert_eq(file, 7);
    cr_assert_eq(rendition_add_file(r, "a23456789-123456789-123456789-12345.mp4", &file), 0);
    cr_assert_eq(rendition_add_file(r, "v240.0003.mp4", &file), 0);
    cr_assert_eq(file, 1);
    cr_assert_str_eq(r->files[1].name, "v240.0003.mp4");
}

Test(package, fragments_have_bytes_a_sane_duration_and_a_file)
{
    struct rendition *r = add(p, &VIDEO);
    struct fragment good = {.size_bytes = 1, .duration_ticks = 1};
    uint32_t file;

    cr_assert_eq(rendition_add_fragment(r, &good), ERR_INVALID, "no file yet");
    cr_assert_eq(rendition_add_file(r, "v240.mp4", &file), 0);
    struct fragment bad = good;
    bad.size_bytes = 0;
    cr_assert_eq(rendition_add_fragment(r, &bad), ERR_INVALID);
    bad = good;
    bad.duration_ticks = 0;
    cr_assert_eq(rendition_add_fragment(r, &bad), ERR_INVALID);
    bad = good;
    bad.file = 1;
    cr_assert_eq(rendition_add_fragment(r, &bad), ERR_INVALID);
    bad = good;
    bad.duration_ticks = PACKAGE_MAX_FRAGMENT_S * 1000 + 1;
    cr_assert_eq(rendition_add_fragment(r, &bad), ERR_INVALID);
    cr_assert_eq(r->n_fragments, 0);
    for (uint32_t i = 0; i < 1000; i++) {
        good.offset = i;
        cr_assert_eq(rendition_add_fragment(r, &good), 0);
    }
    for (uint32_t i = 0; i < 1000; i++)
        cr_assert_eq(r->fragments[i].offset, i);
}

Test(package, a_part_goes_behind_what_is_there)
{
    fill(add(p, &VIDEO), "v240.0000.mp4", TWO, TWO_SIZES);
    fill(add(part, &VIDEO), "v240.0001.mp4", TWO, TWO_SIZES);
    part->renditions[0].init.size_bytes = 701;
    fill(add(part, &AUDIO), "a48.0000.mp4", TWO, TWO_SIZES);
    cr_assert_eq(package_append(p, part), 0);

    const struct rendition *video = package_find(p, slice_from("v240"));
    cr_assert_eq(video->n_files, 2);
    cr_assert_str_eq(video->files[1].name, "v240.0001.mp4");
    cr_assert_eq(video->n_fragments, 4);
    cr_assert_eq(video->fragments[1].file, 0);
    cr_assert_eq(video->fragments[2].file, 1);
    cr_assert_eq(video->fragments[3].offset, 1700);
    cr_assert_eq(video->init.size_bytes, 700, "the first init section stays");
    const struct rendition *audio = package_find(p, slice_from("a48"));
    cr_assert_eq(audio->n_fragments, 2);
    cr_assert_eq(audio->init.size_bytes, 700);
    cr_assert_neq(audio->fragments, part->renditions[1].fragments, "tables are copied");
}

/* p as it was: one rendition with one file and two fragments. */
static void check_untouched(void)
{
    cr_assert_eq(p->n_renditions, 1);
    cr_assert_eq(p->renditions[0].n_files, 1);
    cr_assert_eq(p->renditions[0].n_fragments, 2);
    cr_assert_eq(p->renditions[0].init.size_bytes, 700);
    cr_assert_eq(p->renditions[0].rate_num, 25);
}

Test(package, the_frame_rate_is_that_of_the_fastest_part)
{
    static const uint32_t RATES[][2] = {{6, 1}, {13, 2}, {5, 1}, {130, 20}};
    struct rendition video = VIDEO;

    for (size_t i = 0; i < 4; i++) {
        video.rate_num = RATES[i][0];
        video.rate_den = RATES[i][1];
        package_free(part);
        part = package_new();
        fill(add(part, &video), "v240.0000.mp4", TWO, TWO_SIZES);
        cr_assert_eq(package_append(p, part), 0);
    }
    cr_assert_eq(p->renditions[0].rate_num, 13);
    cr_assert_eq(p->renditions[0].rate_den, 2);
}

Test(package, a_part_of_another_form_changes_nothing)
{
    struct rendition others[9];

    for (int i = 0; i < 9; i++)
        others[i] = VIDEO;
    others[0].kind = RENDITION_AUDIO;
    others[1].codecs[0] = 'h';
    others[2].timescale++;
    others[3].width++;
    others[4].height++;
    others[5].sample_rate++;
    others[6].n_channels++;
    others[7].language[0] = 'x';
    others[8].group[0] = 'x';
    fill(add(p, &VIDEO), "v240.0000.mp4", TWO, TWO_SIZES);
    for (int i = 0; i < 9; i++) {
        package_free(part);
        part = package_new();
        fill(add(part, &AUDIO), "a48.0000.mp4", TWO, TWO_SIZES);
        fill(add(part, &others[i]), "v240.0001.mp4", TWO, TWO_SIZES);
        cr_assert_eq(package_append(p, part), ERR_CONFLICT, "case %d", i);
        check_untouched();
    }
    package_free(part);
    part = package_new();
    fill(add(part, &VIDEO), "v240.0001.mp4", TWO, TWO_SIZES);
    cr_assert_eq(package_append(p, part), 0, "the same form fits");
    cr_assert_eq(p->renditions[0].n_fragments, 4);
}

Test(package, a_part_that_fails_half_way_takes_its_first_half_back)
{
    struct rendition *r = add(p, &VIDEO);

    fill(r, "v240.0000.mp4", TWO, TWO_SIZES);
    struct rendition faster = VIDEO;
    faster.rate_num++;
    fill(add(part, &faster), "v240.0001.mp4", TWO, TWO_SIZES);
    fill(add(part, &AUDIO), "a48.0000.mp4", TWO, TWO_SIZES);
    part->renditions[1].fragments[1].file = 9;
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(package_append(p, part), ERR_CONFLICT);
        check_untouched();
    }
    part->renditions[1].fragments[1].file = 0;
    cr_assert_eq(package_append(p, part), 0, "and what was taken back is in nobody's way");
    cr_assert_eq(p->renditions[0].n_fragments, 4);
    cr_assert_eq(p->n_renditions, 2);
}

Test(package, a_failed_part_left_its_init_section_behind)
{
    add(p, &VIDEO);
    fill(add(part, &VIDEO), "v240.0000.mp4", TWO, TWO_SIZES);
    part->renditions[0].fragments[1].file = 9;
    cr_assert_eq(package_append(p, part), ERR_CONFLICT);
    cr_assert_eq(p->renditions[0].init.size_bytes, 0);
    cr_assert_eq(p->renditions[0].n_files, 0);
    cr_assert_eq(p->renditions[0].n_fragments, 0);
}

/* Runs that last 3 to 9 s, by hand (s, bytes): 2+2: 4000 -> 8000 b/s; 2+6: 9000 -> 9000 b/s;
 * 6: 6000 -> 8000 b/s; 6: 9000 -> 12000 b/s; 6+3: 10500 -> 9333 b/s; 3: 1500 -> 4000 b/s.
 * The whole: 20500 bytes in 19 s. */
Test(package, the_peak_is_that_of_runs_between_half_and_one_and_a_half_target_durations)
{
    static const uint32_t DURATIONS[] = {2000, 2000, 6000, 6000, 3000, 0};
    static const uint32_t SIZES[] = {1000, 3000, 6000, 9000, 1500};
    struct rendition *r = add(p, &VIDEO);

    fill(r, "v240.mp4", DURATIONS, SIZES);
    package_measure(p);
    cr_assert_eq(r->peak_bps, 12000);
    cr_assert_eq(r->average_bps, 20500 * 8 / 19);
}

/* The 2 s segment alone has 36000 b/s but is too short to count; with the next it is 24000 b/s. */
Test(package, a_short_segment_counts_only_with_its_neighbours)
{
    static const uint32_t DURATIONS[] = {2000, 2000, 6000, 0};
    static const uint32_t SIZES[] = {9000, 3000, 6000};
    struct rendition *r = add(p, &VIDEO);

    fill(r, "v240.mp4", DURATIONS, SIZES);
    package_measure(p);
    cr_assert_eq(r->peak_bps, 24000);
}

Test(package, a_run_may_last_exactly_half_or_one_and_a_half_target_durations)
{
    static const uint32_t DURATIONS[] = {3000, 9000, 0};
    static const uint32_t SIZES[] = {6000, 1000};
    struct rendition *r = add(p, &VIDEO);

    fill(r, "v240.mp4", DURATIONS, SIZES);
    package_measure(p);
    cr_assert_eq(r->peak_bps, 16000, "6000 bytes in 3 s");
    r->fragments[1].size_bytes = 20000;
    package_measure(p);
    cr_assert_eq(r->peak_bps, 17777, "20000 bytes in 9 s");
    r->fragments[1].duration_ticks = 9001;
    package_measure(p);
    cr_assert_eq(r->peak_bps, 17331, "neither: the average, 26000 bytes in 12.001 s, is more");
}

Test(package, a_lecture_shorter_than_half_a_target_duration_has_its_average_as_peak)
{
    static const uint32_t DURATIONS[] = {1000, 0};
    static const uint32_t SIZES[] = {1234};
    struct rendition *r = add(p, &VIDEO);

    fill(r, "v240.mp4", DURATIONS, SIZES);
    package_measure(p);
    cr_assert_eq(r->peak_bps, 9872);
    cr_assert_eq(r->average_bps, 9872);
    cr_assert_eq(rendition_size_bytes(r), 1934, "the init section counts as size, not as rate");
}

Test(package, nothing_is_measured_where_nothing_is)
{
    struct rendition *r = add(p, &VIDEO);

    package_measure(p);
    cr_assert_eq(r->peak_bps, 0);
    cr_assert_eq(rendition_duration_us(r), 0);
    cr_assert_eq(rendition_size_bytes(r), 0);
}

Test(package, the_longest_and_largest_rendition_overflows_nothing)
{
    struct rendition description = VIDEO;
    struct fragment largest = {.size_bytes = UINT32_MAX};

    description.timescale = 10000000;
    struct rendition *r = add(p, &description);
    cr_assert_eq(rendition_add_file(r, "v240.mp4", &largest.file), 0);
    largest.duration_ticks = PACKAGE_MAX_FRAGMENT_S * description.timescale;
    for (int i = 0; i < PACKAGE_MAX_FRAGMENTS; i++)
        cr_assert_eq(rendition_add_fragment(r, &largest), 0);
    cr_assert_eq(rendition_add_fragment(r, &largest), ERR_INVALID, "there is an end to fragments");
    cr_assert_eq(rendition_duration_us(r), (int64_t)PACKAGE_MAX_FRAGMENTS * 120 * 1000000);
    package_measure(p);
    cr_assert_eq(r->average_bps, (uint64_t)UINT32_MAX * 8 / 120);
}

Test(package, the_id_is_of_the_source_and_the_plan)
{
    static const char SOURCE[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char id[PACKAGE_ID_SIZE];
    char other[PACKAGE_ID_SIZE];

    package_id(SOURCE, slice_from("{\"version\":1}"), id);
    cr_assert_str_eq(id, "d58d1ac396442132e24c1dcc40d54609");
    cr_assert(id_is_valid(slice_from(id)));
    package_id(SOURCE, slice_from("{\"version\":2}"), other);
    cr_assert_str_neq(id, other);
}

Test(package, freeing_nothing_is_fine)
{
    package_free(NULL);
}

Test(package, a_part_for_which_memory_is_short_changes_nothing)
{
    fill(add(p, &VIDEO), "v240.0000.mp4", TWO, TWO_SIZES);
    fill(add(part, &VIDEO), "v240.0001.mp4", TWO, TWO_SIZES);
    fill(add(part, &AUDIO), "a48.0000.mp4", TWO, TWO_SIZES);
    for (size_t n = 0; fail_alloc_again(&n);) {
        fail_alloc_start(n);
        const int err = package_append(p, part);
        if (!fail_alloc_stop()) {
            cr_assert_eq(err, 0);
            cr_assert_gt(n, 3, "the sweep has to reach the tables");
            break;
        }
        cr_assert_eq(err, ERR_NO_MEMORY, "allocation %zu", n);
        check_untouched();
    }
    cr_assert_eq(p->n_renditions, 2);
}
