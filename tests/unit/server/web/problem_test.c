// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/problem.h"

#include <criterion/criterion.h>
#include <string.h>

#include "server/http/exchange/problem.h"

static int n_subjects(const char *words)
{
    int n = 0;

    for (const char *at = words ? strchr(words, '%') : NULL; at; at = strchr(at + 1, '%')) {
        cr_assert_eq(at[1], 's', "%s", words);
        n++;
    }
    return n;
}

Test(problem, every_row_speaks_both_languages)
{
    for (int i = 0; i < N_PROBLEMS; i++) {
        const struct http_problem *row = problem_row((enum problem)i);
        cr_assert(row->status >= 400 && row->status < 600, "row %d", i);
        cr_assert(row->name &&
                  strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(row->name));
        for (int l = 0; l < HTTP_N_LANGUAGES; l++)
            cr_assert(row->title[l] && row->title[l][0], "%s", row->name);
        cr_assert_eq(!row->detail[HTTP_ENGLISH], !row->detail[HTTP_VIETNAMESE], "%s", row->name);
        cr_assert_str_neq(row->title[HTTP_ENGLISH], row->title[HTTP_VIETNAMESE]);
    }
}

Test(problem, a_subject_stands_in_both_languages_once)
{
    for (int i = 0; i < N_PROBLEMS; i++) {
        const struct http_problem *row = problem_row((enum problem)i);
        const int n = n_subjects(row->detail[HTTP_ENGLISH]);
        cr_assert(n <= 1, "%s", row->name);
        cr_assert_eq(n, n_subjects(row->detail[HTTP_VIETNAMESE]), "%s", row->name);
        cr_assert_eq(n_subjects(row->title[HTTP_ENGLISH]), 0);
    }
}
