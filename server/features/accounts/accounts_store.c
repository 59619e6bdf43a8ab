// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "server/auth/policy.h"
#include "server/auth/user_row.h"
#include "server/features/accounts/accounts.h"
#include "server/features/accounts/user_json.h"

static void write_row(const struct call *call, struct query *q, struct buf *json,
                      struct list_key *key)
{
    struct user user = {.id = ""};

    (void)call;
    user_row_read(q, &user);
    user_members_json(json, &user);
    (void)snprintf(key->text, sizeof key->text, "%s", user.login);
}

const struct list USER_LIST = {"users", LIST_BY_LOGIN,
                               "SELECT " USER_COLUMNS " FROM users WHERE login > :text"
                               " AND id <> '" SYSTEM_USER_ID "' ORDER BY login LIMIT :limit",
                               write_row};
