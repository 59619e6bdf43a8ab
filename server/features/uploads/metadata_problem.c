// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/metadata_problem.h"

#include "common/err.h"
#include "server/http/exchange/problem.h"
#include "server/web/problem.h"

static const enum problem OF_TITLE[] = {
    [TITLE_EMPTY] = PROBLEM_TITLE_EMPTY,
    [TITLE_TOO_LONG] = PROBLEM_TITLE_TOO_LONG,
    [TITLE_NOT_UTF8] = PROBLEM_TITLE_NOT_UTF8,
    [TITLE_HAS_CONTROLS] = PROBLEM_TITLE_CONTROLS,
};

static const enum problem OF_COURSE[] = {
    [TITLE_EMPTY] = PROBLEM_COURSE_EMPTY,
    [TITLE_TOO_LONG] = PROBLEM_COURSE_TOO_LONG,
    [TITLE_NOT_UTF8] = PROBLEM_COURSE_NOT_UTF8,
    [TITLE_HAS_CONTROLS] = PROBLEM_COURSE_CONTROLS,
};

static enum problem of_kind(struct tus_fault fault)
{
    switch (fault.kind) {
    case TUS_BAD_FILENAME:
        return fault.text == TITLE_NOT_UTF8 ? PROBLEM_FILENAME_NOT_UTF8 : PROBLEM_FILENAME_CONTROLS;
    case TUS_BAD_TITLE:
        return OF_TITLE[fault.text];
    case TUS_BAD_COURSE:
        return OF_COURSE[fault.text];
    case TUS_METADATA_TOO_LONG:
        return PROBLEM_METADATA_TOO_LONG;
    case TUS_METADATA_NOT_BASE64:
        return PROBLEM_METADATA_NOT_BASE64;
    case TUS_METADATA_FINE:
    case TUS_METADATA_MALFORMED:
        break;
    }
    return PROBLEM_METADATA_MALFORMED;
}

const struct http_problem *metadata_problem_of(struct tus_fault fault)
{
    return problem_row(of_kind(fault));
}

const struct http_problem *metadata_problem_of_course(int err)
{
    return problem_row(err == ERR_DENIED ? PROBLEM_COURSE_NOT_YOURS : PROBLEM_COURSE_UNKNOWN);
}
