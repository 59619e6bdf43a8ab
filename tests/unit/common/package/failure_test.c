// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/failure.h"

#include <criterion/criterion.h>
#include <string.h>

static void check_sentence(const char *text)
{
    cr_assert(slice_is_plain_utf8(slice_from(text)), "%s", text);
    cr_assert_gt(strlen(text), 20, "%s", text);
    cr_assert_eq(text[strlen(text) - 1], '.', "%s", text);
}

Test(failure, every_failure_has_a_code_and_a_sentence_in_both_languages)
{
    for (int i = FAILURE_NONE + 1; i < N_FAILURES; i++) {
        const enum failure failure = (enum failure)i;
        cr_assert(slice_starts_with(slice_from(failure_code(failure)), "E_"));
        check_sentence(failure_text_vi(failure));
        check_sentence(failure_text_en(failure));
        cr_assert_str_neq(failure_text_vi(failure), failure_text_en(failure));
    }
}

Test(failure, codes_lead_back_to_their_failure)
{
    for (int i = FAILURE_NONE; i < N_FAILURES; i++) {
        const enum failure failure = (enum failure)i;
        cr_assert_eq(failure_from_code(slice_from(failure_code(failure))), failure);
    }
    cr_assert_str_eq(failure_code(FAILURE_NONE), "");
}

Test(failure, what_is_not_known_is_an_internal_failure)
{
    cr_assert_eq(failure_from_code(slice_from("E_NEW_IN_A_LATER_VERSION")), FAILURE_INTERNAL);
    cr_assert_eq(failure_from_code(slice_from("e_not_media")), FAILURE_INTERNAL);
    cr_assert_str_eq(failure_code((enum failure)N_FAILURES), "E_INTERNAL");
    cr_assert_str_eq(failure_code((enum failure)1000), "E_INTERNAL");
}

Test(failure, only_what_another_attempt_may_mend_is_retried)
{
    cr_assert(failure_is_retryable(FAILURE_DISK_FULL));
    cr_assert(failure_is_retryable(FAILURE_WORKER_LOST));
    cr_assert(failure_is_retryable(FAILURE_TIMEOUT));
    cr_assert_not(failure_is_retryable(FAILURE_NONE));
    cr_assert_not(failure_is_retryable(FAILURE_NOT_MEDIA));
    cr_assert_not(failure_is_retryable(FAILURE_SOURCE_CRASHES));
    cr_assert_not(failure_is_retryable(FAILURE_TRUNCATED));
}
