// SPDX-License-Identifier: GPL-3.0-or-later
/* user_store.h - accounts. db.h says what all stores have in common. */
#ifndef SERVER_AUTH_USER_STORE_H
#define SERVER_AUTH_USER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/id.h"
#include "common/slice.h"

struct db;
struct list_page;

/* The account that owns what the machine's administrator publishes; nobody can sign in with it. */
#define SYSTEM_USER_ID "00000000000070008000000000000001"

enum role {
    ROLE_LEARNER,
    ROLE_AMBASSADOR, /* a learner who helps a group */
    ROLE_INSTRUCTOR,
    ROLE_ADMIN,
    N_ROLES
};

enum {
    USER_LOGIN_SIZE = 65,
    USER_NAME_SIZE = 201,
    PASSWORD_HASH_SIZE = 129,
};

struct user {
    char id[ID_SIZE];
    char login[USER_LOGIN_SIZE]; /* as it was typed; unique without regard to case */
    char name[USER_NAME_SIZE];
    enum role role;
    int64_t created_at_ms;
};

/* "learner", "ambassador", "instructor", "admin": in the API, on the command line, in the table.
 * By role; NULL ends them. */
extern const char *const ROLE_NAMES[];
const char *role_name(enum role role);

/* Returns 0 or ERR_INVALID. */
int role_from_name(struct slice name, enum role *ret_role);

/* Whether s may be a login: 1 to 64 of the letters a-z and A-Z, digits, and ". _ - @ +". */
bool user_login_is_valid(struct slice s);

/* A valid login in lower case: the same for all spellings of one. */
void user_login_lower(struct slice login, char lower[USER_LOGIN_SIZE]);

/* Adds an account. user->login as above; name 1 to 200 bytes of plain UTF-8; id a new one;
 * password_hash a PHC string of 1 to 128 bytes. Returns 0, or ERR_EXISTS when the login is taken.
 */
int user_store_add(struct db *db, const struct user *user, const char *password_hash);

/* Returns 0 or ERR_NOT_FOUND. password_hash may be NULL when it is not wanted. */
int user_store_find_by_login(struct db *db, struct slice login, struct user *ret_user,
                             char password_hash[PASSWORD_HASH_SIZE]);
int user_store_find(struct db *db, const char *id, struct user *ret_user);

/* Each ends all sessions of the user, who signs in anew; a new password also forgets the devices
 * that knew the old one: one of them may be a thief's. Returns 0 or ERR_NOT_FOUND. */
int user_store_set_password(struct db *db, const char *id, const char *password_hash);
int user_store_set_role(struct db *db, const char *id, enum role role);

/* The accounts of people by login, without the system's. Key: text (the login). The array is in the
 * arena. */
int user_store_list(struct db *db, const struct list_page *page, struct arena *arena,
                    struct user **ret_users, size_t *ret_n);

int user_store_count(struct db *db, int64_t *ret_n);

#endif
