// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/accounts/user_json.h"

#include "server/auth/user_store.h"

json_t *user_json(const struct user *user)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "id", user->id, "login", user->login, "name",
                     user->name, "role", role_name(user->role));
}
