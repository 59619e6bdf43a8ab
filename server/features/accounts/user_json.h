// SPDX-License-Identifier: GPL-3.0-or-later
/* user_json.h - an account as the API shows it. */
#ifndef SERVER_FEATURES_ACCOUNTS_USER_JSON_H
#define SERVER_FEATURES_ACCOUNTS_USER_JSON_H

#include <jansson.h>

struct user;

/* A new reference; NULL when memory is exhausted. */
json_t *user_json(const struct user *user);

#endif
