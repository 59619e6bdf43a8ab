// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/warning.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"

static struct warning gap(int64_t from_us, int64_t until_us)
{
    return (struct warning){.failure = FAILURE_TRUNCATED, .from_us = from_us, .until_us = until_us};
}

static void add(struct warning_list *list, struct warning warning)
{
    warning_list_add(list, &warning);
}

Test(warning, what_is_said_is_not_said_again_and_times_that_touch_become_one)
{
    struct warning_list list = {0};

    add(&list, (struct warning){.failure = FAILURE_NO_AUDIO});
    add(&list, (struct warning){.failure = FAILURE_NO_AUDIO});
    add(&list, (struct warning){.failure = FAILURE_NO_AUDIO, .detail = "DTS"});
    add(&list, gap(100, 200));
    add(&list, gap(200, 300));
    add(&list, gap(400, 500));
    cr_assert_eq(list.n, 4);
    cr_assert_eq(list.items[2].until_us, 300);
    cr_assert_eq(list.items[3].from_us, 400);
}

Test(warning, more_than_a_kind_may_have_widens_its_last_so_that_no_second_goes_unnamed)
{
    struct warning_list list = {0};

    for (int64_t i = 0; i < 100; i++)
        add(&list, gap(10 * i, 10 * i + 5));
    cr_assert_eq(list.n, WARNING_MAX_OF_A_KIND);
    cr_assert_eq(list.items[list.n - 1].from_us, 30);
    cr_assert_eq(list.items[list.n - 1].until_us, 995);
    for (int i = FAILURE_NOT_MEDIA; i < 4 * N_FAILURES; i++)
        add(&list, (struct warning){.failure = 1 + i % (N_FAILURES - 1),
                                    .from_us = 5000 + 10 * i,
                                    .until_us = 5001 + 10 * i});
    cr_assert_leq(list.n, (size_t)WARNING_LIST_MAX);
}

static void expect_back(const struct warning *warning, const char *text)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(4096);
    CLEANUP(json_decref) json_t *object = NULL;
    struct warning read;

    warning_write(warning, &json);
    cr_assert(slice_is(buf_slice(&json), text), "%.*s", SLICE_ARGS(buf_slice(&json)));
    cr_assert_eq(json_parse(buf_slice(&json), &object), 0);
    cr_assert_eq(warning_parse(object, &read), 0);
    cr_assert_eq(read.failure, warning->failure);
    cr_assert_eq(read.from_us, warning->from_us);
    cr_assert_eq(read.until_us, warning->until_us);
    cr_assert_str_eq(read.detail, warning->detail);
}

Test(warning, what_is_written_is_read_back)
{
    struct warning named = {.failure = FAILURE_NO_AUDIO, .detail = "\"Phòng 2\""};
    struct warning timed = gap(0, 7);

    expect_back(&named, "{\"code\":\"E_NO_AUDIO\",\"detail\":\"\\\"Phòng 2\\\"\"}");
    expect_back(&timed, "{\"code\":\"E_TRUNCATED\",\"from_us\":0,\"until_us\":7}");
}

Test(warning, what_a_taken_over_program_says_is_refused_or_left_out)
{
    static const char *const WRONG[] = {
        "7",
        "{}",
        "{\"code\":\"\"}",
        "{\"code\":\"E_GAP\",\"from_us\":1}",
        "{\"code\":\"E_GAP\",\"from_us\":-1,\"until_us\":1}",
        "{\"code\":\"E_GAP\",\"from_us\":2,\"until_us\":1}",
        "{\"code\":\"E_GAP\",\"from_us\":0,\"until_us\":9223372036854775807}",
    };
    struct warning warning;

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        CLEANUP(json_decref) json_t *value = json_loads(WRONG[i], JSON_DECODE_ANY, NULL);
        cr_assert_eq(warning_parse(value, &warning), ERR_INVALID, "%s", WRONG[i]);
    }
    CLEANUP(json_decref)
    json_t *value = json_loads("{\"code\":\"E_DRM\",\"detail\":\"a\\u001b[2J\"}", 0, NULL);
    cr_assert_eq(warning_parse(value, &warning), 0);
    cr_assert_str_eq(warning.detail, "", "a control character is not for a page");
}

Test(warning, a_long_detail_is_cut_to_whole_characters)
{
    struct warning warning = {.failure = FAILURE_NO_AUDIO};
    char text[200] = "";

    for (size_t i = 0; i < 40; i++)
        memcpy(text + 3 * i, "ế", 4); /* 3 bytes */
    warning_set_detail(&warning, text);
    cr_assert_eq(strlen(warning.detail), 63);
    warning_set_detail(&warning, "\xff");
    cr_assert_str_eq(warning.detail, "");
}
