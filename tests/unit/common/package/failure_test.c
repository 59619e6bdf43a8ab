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

static void check_says(enum failure failure, const char *detail, const char *wanted)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(1024);

    failure_say_en(failure, detail, &text);
    cr_assert(slice_is(buf_slice(&text), wanted), "%.*s", SLICE_ARGS(buf_slice(&text)));
}

Test(failure, a_sentence_says_what_it_is_about)
{
    check_says(FAILURE_SOUND_CODEC, "DTS",
               "The sound is in DTS, which is not accepted. Export it with AAC, or publish it "
               "without sound.");
    check_says(FAILURE_CONTAINER, "MXF",
               "This is a recording of the kind MXF, which is not accepted. Export it as MP4 "
               "(H.264/AAC).");
    check_says(FAILURE_CONTAINER, "{}",
               "This is a recording of the kind {}, which is not accepted. Export it as MP4 "
               "(H.264/AAC).");
    check_says(FAILURE_CONTAINER, "", failure_text_en(FAILURE_CONTAINER));
    check_says(FAILURE_EMPTY, "DTS", failure_text_en(FAILURE_EMPTY));
}

Test(failure, with_what_it_is_about_it_is_still_a_sentence_in_both_languages)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(1024);

    for (int i = FAILURE_NONE; i < N_FAILURES; i++) {
        buf_reset(&text);
        failure_say_vi((enum failure)i, "«X»", &text);
        const bool says_it = memmem(text.data, text.length, "«X»", strlen("«X»")) != NULL;
        cr_assert_eq(says_it, failure_names_detail((enum failure)i), "%s",
                     failure_code((enum failure)i));
        buf_reset(&text);
        failure_say_en((enum failure)i, "«X»", &text);
        cr_assert_eq(memmem(text.data, text.length, "«X»", strlen("«X»")) != NULL, says_it);
    }
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
