// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/metadata_problem.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "server/http/exchange/problem.h"

enum { MAX_NAMES = 32 };

static const char *names[MAX_NAMES];
static size_t n_names;

static void is_of_its_own(const struct http_problem *problem)
{
    for (size_t i = 0; i < n_names; i++)
        cr_assert_str_neq(problem->name, names[i]);
    cr_assert_lt(n_names, MAX_NAMES);
    names[n_names++] = problem->name;
    cr_assert_not_null(problem->detail[HTTP_VIETNAMESE], "%s", problem->name);
}

Test(metadata_problem, each_way_to_be_wrong_once_had_a_sentence_about_base64)
{
    static const enum tus_fault_kind KINDS[] = {TUS_METADATA_TOO_LONG, TUS_METADATA_MALFORMED,
                                                TUS_METADATA_NOT_BASE64};

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        is_of_its_own(metadata_problem_of((struct tus_fault){.kind = KINDS[i]}));
    for (int text = TITLE_EMPTY; text <= TITLE_HAS_CONTROLS; text++) {
        const enum title_fault fault = (enum title_fault)text;
        is_of_its_own(metadata_problem_of((struct tus_fault){TUS_BAD_TITLE, fault}));
        is_of_its_own(metadata_problem_of((struct tus_fault){TUS_BAD_COURSE, fault}));
    }
    is_of_its_own(metadata_problem_of((struct tus_fault){TUS_BAD_FILENAME, TITLE_NOT_UTF8}));
    is_of_its_own(metadata_problem_of((struct tus_fault){TUS_BAD_FILENAME, TITLE_HAS_CONTROLS}));
    is_of_its_own(metadata_problem_of_course(ERR_NOT_FOUND));
    is_of_its_own(metadata_problem_of_course(ERR_DENIED));
}
