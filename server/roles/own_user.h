// SPDX-License-Identifier: GPL-3.0-or-later
/* own_user.h - who we are when root starts us: a user of our own, so that a hole in the server is
 * not one in the machine. Whoever is not root stays who they are. Before any thread is started. */
#ifndef SERVER_ROLES_OWN_USER_H
#define SERVER_ROLES_OWN_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/buf.h"

struct own_user {
    bool is_needed; /* we are root, and are to become somebody else */
    uid_t uid;
    gid_t gid;
    char name[64];
};

/* Whom to become: the user of that name, or with "" the owner of the folder. Not needed when we are
 * not root, or when the owner is root (or there is no folder yet) and no name was given. Returns 0,
 * or ERR_NOT_FOUND with a line for people. */
int own_user_find(const char *name, const char *folder, struct own_user *ret_user,
                  struct buf *message);

/* Becomes the user, for good: no capabilities, no way to new rights. A folder that is not there yet
 * is made first, and is the user's. Returns 0, also when nothing is needed, or why not, with a line
 * for people: ERR_DENIED when the folder is not the user's to write. */
int own_user_become(const struct own_user *user, const char *folder, struct buf *message);

#endif
