// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "common/err.h"
#include "transcoder/plan/plan_json.h"

static const char RUNG[] =
    "{\"name\":\"a48\",\"group\":\"high\",\"codec\":\"aac\",\"sample_rate\":48000,"
    "\"channels\":1,\"packet_samples\":1024,\"kbps\":48}";

/* Parses a document with one sound whose members are given. */
static int parse_members(const char *members, struct plan *plan)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(4096);
    CLEANUP(json_decref) json_t *document = NULL;

    buf_printf(&json,
               "{\"sounds\":[{\"stream\":1,\"language\":\"vi\",\"shifts\":[],\"rungs\":[%s],%s}]}",
               RUNG, members);
    cr_assert_eq(json_parse(buf_slice(&json), &document), 0, "%s", json.data);
    return plan_json_parse_sounds(document, plan);
}

Test(sound_json, levels_are_decimals_for_people)
{
    CLEANUP(plan_free) struct plan *plan = plan_new();
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);

    cr_assert_eq(parse_members("\"channels\":2,\"mono\":\"sum\",\"loudness_lufs\":-23.07,"
                               "\"peak_dbfs\":-0.05,\"gain_db\":7",
                               plan),
                 0);
    cr_assert_eq(plan->n_sounds, 1);
    cr_assert_eq(plan->sounds[0].level.centi_lufs, -2307);
    cr_assert_eq(plan->sounds[0].level.peak_centi_dbfs, -5);
    cr_assert_eq(plan->sounds[0].gain_centi_db, 700);
    plan_json_write_sounds(plan, &out);
    cr_assert_not_null(strstr(out.data, "\"peak_dbfs\":-0.05,\"gain_db\":7.00"));
}

#define LEVELS \
    "\"channels\":1,\"mono\":\"sum\",\"loudness_lufs\":-23,\"peak_dbfs\":-1,\"gain_db\":7"

Test(sound_json, a_title_goes_there_and_back)
{
    CLEANUP(plan_free) struct plan *plan = plan_new();
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);

    cr_assert_eq(parse_members(LEVELS, plan), 0);
    cr_assert_str_eq(plan->sounds[0].title, "");
    cr_assert_eq(parse_members(LEVELS ",\"title\":\"Tiếng giảng\"", plan), 0);
    cr_assert_str_eq(plan->sounds[0].title, "Tiếng giảng");
    plan_json_write_sounds(plan, &out);
    cr_assert_not_null(strstr(out.data, "\"title\":\"Tiếng giảng\""));
    cr_assert_eq(parse_members(LEVELS ",\"title\":\"a\\\"b\"", plan), ERR_INVALID);
    cr_assert_eq(parse_members(LEVELS ",\"title\":1", plan), ERR_INVALID);
}

Test(sound_json, what_makes_no_sense_is_refused)
{
    static const char *const BAD[] = {
        "\"channels\":3,\"mono\":\"sum\",\"loudness_lufs\":-23,\"peak_dbfs\":-1,\"gain_db\":7",
        "\"channels\":1,\"mono\":\"both\",\"loudness_lufs\":-23,\"peak_dbfs\":-1,\"gain_db\":"
        "7",
        "\"channels\":1,\"mono\":\"sum\",\"loudness_lufs\":-230,\"peak_dbfs\":-1,\"gain_db\":"
        "7",
        "\"channels\":1,\"mono\":\"sum\",\"loudness_lufs\":\"-23\",\"peak_dbfs\":-1,\"gain_"
        "db\":7",
        "\"channels\":1,\"mono\":\"sum\",\"loudness_lufs\":-23,\"peak_dbfs\":-1"};

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CLEANUP(plan_free) struct plan *plan = plan_new();
        cr_assert_eq(parse_members(BAD[i], plan), ERR_INVALID, "%s", BAD[i]);
    }
}
