// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/findings.h"

#include <criterion/criterion.h>

Test(findings, a_finding_is_a_line_with_its_rule_and_its_clause)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);
    struct findings findings = {.out = &out};

    findings_add(&findings, RULE_IDR_START, "v240.m3u8", "segment %d", 3);
    findings_add(&findings, RULE_LOW_RATE, "m.m3u8", "none");
    cr_assert_eq(findings.n_errors, 1);
    cr_assert_eq(findings.n_warnings, 1);
    cr_assert_str_eq(out.data, "error idr-start v240.m3u8: segment 3 (7.4)\n"
                               "warning low-rate m.m3u8: none (9.21)\n");
}

Test(findings, terminals_are_not_written_to_by_playlists)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);
    struct findings findings = {.out = &out};

    findings_add(&findings, RULE_GROUP, "m.m3u8", "%s", "a\033[2Jb\nc");
    cr_assert_not_null(strstr(out.data, "a?[2Jb?c"));
}

Test(findings, an_endless_list_ends)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(1 << 20);
    struct findings findings = {.out = &out};

    for (int i = 0; i < 100000; i++)
        findings_add(&findings, RULE_TFDT, "m", "x %d", i);
    cr_assert_eq(findings.n_errors, 100000);
    cr_assert_eq(out.err, 0);
}

Test(findings, what_two_playlists_share_is_told_once)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);
    struct findings findings = {.out = &out};

    for (int i = 0; i < 2; i++) {
        findings_add(&findings, RULE_TFDT, "v240.m3u8", "x");
        findings_add(&findings, RULE_TFDT, "v240.m3u8", "xx");
    }
    findings_add(&findings, RULE_TFDT, "240.m3u8", "x");
    cr_assert_eq(findings.n_errors, 3);
    cr_assert_str_eq(out.data, "error tfdt v240.m3u8: x (7.3)\n"
                               "error tfdt v240.m3u8: xx (7.3)\n"
                               "error tfdt 240.m3u8: x (7.3)\n");
}

Test(findings, every_rule_has_a_name)
{
    for (int rule = 0; rule < N_RULES; rule++) {
        CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);
        struct findings findings = {.out = &out};
        findings_add(&findings, (enum rule)rule, "m", "x");
        cr_assert_null(strstr(out.data, "(null)"));
    }
}
