// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/accounts/user_json.h"

#include "common/json_writer.h"
#include "server/auth/user_store.h"

void user_members_json(struct buf *json, const struct user *user)
{
    json_put_text(json, "id", user->id);
    json_put_text(json, "login", user->login);
    json_put_text(json, "name", user->name);
    json_put_text(json, "role", role_name(user->role));
}

void user_json(struct buf *json, const char *name, const struct user *user)
{
    json_begin_object(json, name);
    user_members_json(json, user);
    json_end_object(json);
}
