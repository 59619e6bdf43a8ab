// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdlib.h>

#include "common/err.h"
#include "transcoder/plan/av1_ladder.h"
#include "transcoder/plan/plan.h"

static struct plan *sample(void)
{
    struct plan *p = plan_new();

    p->source.size_bytes = 123456;
    p->source.fingerprint[0] = 'f';
    p->target_duration_s = 6;
    p->has_picture = true;
    p->n_sounds = 1;
    p->picture.orientation.is_transposed = true;
    p->picture.width = 640;
    p->picture.height = 360;
    p->picture.colour = (struct plan_colour){1, 1, 1};
    p->picture.grid = frame_grid_of(30000, 1001);
    p->picture.n_slots = 4361;
    p->duration_us = frame_grid_slot_us(&p->picture.grid, 4361);
    time_shifts_add(&p->picture.shifts, (struct time_shift){0, -33367, 0});
    time_shifts_add(&p->picture.shifts, (struct time_shift){9999, 77, 4});
    const struct ladder_frame frame = {.width = 640, .height = 360, .grid = p->picture.grid};
    p->picture.content = (struct ladder_content){.moving_permille = 300, .segment_ms = 6000};
    p->picture.n_trials = video_ladder_candidates(&frame, &p->picture.content, p->picture.trials);
    p->picture.n_rungs =
        video_ladder_choose(&frame, &p->picture.content, NULL, 0, p->picture.rungs);
    p->picture.n_chunks = chunk_list_make(&p->picture.grid, 4361, p->picture.chunks);
    slice_to_cstr(slice_from("vi"), p->sounds[0].language, sizeof p->sounds[0].language);
    p->sounds[0].stream = 1;
    p->sounds[0].n_channels = 2;
    p->sounds[0].mix = SOUND_MIX_DIFFERENCE;
    p->sounds[0].level = (struct sound_level){.centi_lufs = -2307, .peak_centi_dbfs = -5};
    p->sounds[0].gain_centi_db = 707;
    p->sounds[0].n_rungs = sound_ladder_make(44100, true, false, 0, p->sounds[0].rungs);
    p->n_captions = 1;
    p->captions[0] = (struct plan_caption){.stream = 3, .language = "hmn"};
    plan_warn(p, FAILURE_TRUNCATED);
    warning_list_add(&p->warnings, &(struct warning){.failure = FAILURE_NO_AUDIO,
                                                     .from_us = 1,
                                                     .until_us = 2,
                                                     .detail = "DTS"});
    return p;
}

Test(plan_json, what_is_written_is_read_back_and_written_the_same)
{
    CLEANUP(plan_free) struct plan *written = sample();
    CLEANUP(plan_free) struct plan *read = NULL;
    CLEANUP(buf_clear) struct buf first = buf_with_limit(PLAN_JSON_LIMIT);
    CLEANUP(buf_clear) struct buf second = buf_with_limit(PLAN_JSON_LIMIT);

    plan_write(written, &first);
    cr_assert_eq(plan_parse(buf_slice(&first), &read), 0);
    cr_assert_eq(read->picture.shifts.items[1].shift_us, 77);
    cr_assert_eq(read->picture.shifts.items[0].stream, 0);
    cr_assert_eq(read->picture.shifts.items[1].stream, 4);
    cr_assert_eq(read->warnings.items[0].failure, FAILURE_TRUNCATED);
    cr_assert_eq(read->warnings.items[1].until_us, 2);
    cr_assert_str_eq(read->warnings.items[1].detail, "DTS");
    cr_assert_eq(read->sounds[0].level.peak_centi_dbfs, -5, "between 0 and -1");
    cr_assert_str_eq(read->captions[0].language, "hmn");
    cr_assert_eq(read->sounds[0].mix, SOUND_MIX_DIFFERENCE);
    plan_write(read, &second);
    cr_assert(slice_equals(buf_slice(&first), buf_slice(&second)));
}

Test(plan_json, av1_rungs_are_kept_and_h264_needs_no_word)
{
    CLEANUP(plan_free) struct plan *written = sample();
    CLEANUP(plan_free) struct plan *read = NULL;
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PLAN_JSON_LIMIT);
    const size_t n = written->picture.n_rungs;

    plan_write(written, &json);
    cr_assert_null(strstr(json.data, "codec\":\"h264"));
    buf_reset(&json);
    av1_ladder_add(&written->picture, NULL, 0);
    plan_write(written, &json);
    cr_assert_eq(plan_parse(buf_slice(&json), &read), 0);
    cr_assert_eq(read->picture.n_rungs, 2 * n);
    for (size_t i = 0; i < 2 * n; i++)
        cr_assert_eq(read->picture.rungs[i].codec, i < n ? VIDEO_H264 : VIDEO_AV1);
}

/* Replaces one text in the sample's JSON and says what parsing makes of it. */
static int parse_with(const char *from, const char *to)
{
    CLEANUP(plan_free) struct plan *written = sample();
    CLEANUP(plan_free) struct plan *read = NULL;
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PLAN_JSON_LIMIT);
    CLEANUP(buf_clear) struct buf changed = buf_with_limit(PLAN_JSON_LIMIT);

    plan_write(written, &json);
    const char *at = strstr(json.data, from);
    cr_assert_not_null(at, "no %s", from);
    buf_append(&changed, json.data, (size_t)(at - json.data));
    buf_append_text(&changed, to);
    buf_append_text(&changed, at + strlen(from));
    return plan_parse(buf_slice(&changed), &read);
}

Test(plan_json, what_makes_no_sense_is_refused)
{
    cr_assert_eq(parse_with("\"version\":1", "\"version\":2"), ERR_INVALID);
    cr_assert_eq(parse_with("\"slots\":4361", "\"slots\":4362"), ERR_INVALID, "chunks end early");
    cr_assert_eq(parse_with("[[0,300]", "[[1,299]"), ERR_INVALID);
    cr_assert_eq(parse_with("[30000,1001]", "[30000,0]"), ERR_INVALID);
    cr_assert_eq(parse_with("\"slot_step\":2", "\"slot_step\":0"), ERR_INVALID);
    cr_assert_eq(parse_with("\"channels\":1", "\"channels\":3"), ERR_INVALID);
    cr_assert_eq(parse_with("\"name\":\"v110\"", "\"name\":\"a-name-far-too-long\""), ERR_INVALID);
    cr_assert_eq(parse_with("\"width\":426", "\"width\":425"), ERR_INVALID, "odd");
    cr_assert_eq(parse_with("\"quality_mdb\":0", "\"quality_mdb\":-1"), ERR_INVALID);
    cr_assert_eq(parse_with("[320,180,2,", "[320,"), ERR_INVALID, "a trial of five");
    cr_assert_eq(parse_with("[320,180,2,", "[320,180,-2,"), ERR_INVALID);
    cr_assert_eq(parse_with("\"stream\":0", "\"stream\":-1"), ERR_INVALID);
    cr_assert_eq(parse_with("\"quality_mdb\":0}", "\"quality_mdb\":0,\"codec\":\"av2\"}"),
                 ERR_INVALID);
    cr_assert_eq(parse_with("\"quality_mdb\":0}", "\"quality_mdb\":0,\"codec\":\"av1\"}"),
                 ERR_INVALID, "H.264 comes first");
}

/* A part of each kind that is absent, of another type, too long or out of range. */
Test(plan_json, every_part_is_checked)
{
    static const char *const CHANGES[][2] = {
        {"\"shifts\":[[0,", "\"shift\":[[0,"},
        {"\"shifts\":[[0,", "\"shifts\":[[0.5,"},
        {"\"rungs\":[", "\"rungs\":[],\"others\":["},
        {"\"rungs\":[", "\"rungs\":7,\"others\":["},
        {"\"chunks\":[", "\"chunks\":[],\"others\":["},
        {"\"chunks\":[[0,", "\"chunks\":[[0,0],[0,"},
        {"\"colour\":[1,1,1]", "\"colour\":[1,1]"},
        {"\"colour\":[1,1,1]", "\"colour\":[1,1,256]"},
        {"\"orientation\":[1,0,0]", "\"orientation\":true"},
        {"\"orientation\":[1,0,0]", "\"orientation\":[1,0,2]"},
        {"\"frame_rate\":[30000,1001]", "\"frame_rate\":[30000]"},
        {"\"language\":\"vi\"", "\"language\":null"},
        {"\"sample_rate\":", "\"sample_rates\":"},
        {"\"group\":", "\"groups\":"},
        {"\"fingerprint\":\"f\"", "\"fingerprint\":[]"},
        {"\"source\":", "\"sources\":"},
        {"\"warnings\":[", "\"warnings\":[1,"},
        {"\"warnings\":[", "\"warning\":["},
        {"\"duration_us\":", "\"duration_us\":-"},
        {"\"target_duration_s\":6", "\"target_duration_s\":61"},
        {"{\"version\"", "[\"version\""},
    };

    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++)
        cr_assert_eq(parse_with(CHANGES[i][0], CHANGES[i][1]), ERR_INVALID, "%s", CHANGES[i][1]);
}

Test(plan_json, a_sound_without_rungs_is_refused)
{
    static const char TEXT[] =
        "{\"version\":1,\"source\":{\"size_bytes\":1,\"fingerprint\":\"f\"},\"duration_us\":1,"
        "\"target_duration_s\":6,\"warnings\":[],\"sound\":{\"stream\":0,\"language\":\"vi\","
        "\"shifts\":[],\"rungs\":[]}}";
    struct plan *plan = NULL;

    cr_assert_eq(plan_parse(slice_from(TEXT), &plan), ERR_INVALID);
}
