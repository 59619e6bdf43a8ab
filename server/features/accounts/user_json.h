// SPDX-License-Identifier: GPL-3.0-or-later
/* user_json.h - an account as the API shows it. */
#ifndef SERVER_FEATURES_ACCOUNTS_USER_JSON_H
#define SERVER_FEATURES_ACCOUNTS_USER_JSON_H

struct buf;
struct user;

/* The members without braces, and a whole object. */
void user_members_json(struct buf *json, const struct user *user);
void user_json(struct buf *json, const char *name, const struct user *user);

#endif
