// SPDX-License-Identifier: GPL-3.0-or-later
/* Prints what the server was built with, a row a line: "route METHOD PATTERN POLICY" for each row
 * of the route table, "problem STATUS NAME" for each row of a table of problems.
 * tests/rules/openapi holds docs/openapi.yaml against it. */
#include <stdio.h>

#include "server/features/table.h"
#include "server/http/exchange/problem.h"
#include "server/http/message/request.h"
#include "server/web/problem.h"

static void print_problem(const struct http_problem *problem)
{
    printf("problem %d %s\n", problem->status, problem->name);
}

/* The engine's own. */
static void print_engine_problems(void)
{
    static const int OF_HEADS[] = {400, 408, 414, 417, 421, 431, 501, 503, 505};

    print_problem(&HTTP_BODY_TOO_LARGE);
    print_problem(&HTTP_BODY_TOO_SLOW);
    print_problem(&HTTP_BODY_BROKEN);
    print_problem(&HTTP_NO_MEMORY);
    print_problem(&HTTP_PRECONDITION_FAILED);
    for (size_t i = 0; i < sizeof OF_HEADS / sizeof OF_HEADS[0]; i++)
        print_problem(http_problem_of_head(OF_HEADS[i]));
}

/* The policy as x-policy says it. */
static void print_table(const struct route_table *table)
{
    for (size_t i = 0; i < table->n_routes; i++)
        printf("route %s %s %s\n", http_method_name(table->routes[i].method),
               table->routes[i].pattern, policy_name(table->routes[i].policy));
    for (size_t i = 0; i < table->n_problems; i++)
        print_problem(&table->problems[i]);
}

int main(void)
{
    for (size_t t = 0; t < N_ROUTE_TABLES; t++)
        print_table(ROUTE_TABLES[t]);
    for (unsigned i = 0; i < N_PROBLEMS; i++)
        print_problem(problem_row((enum problem)i));
    print_engine_problems();
    return 0;
}
