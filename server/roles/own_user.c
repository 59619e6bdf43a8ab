// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/own_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"

enum { FOLDER_MODE = 0750 };

/* An entry of the user database with the room for its texts. */
struct entry {
    struct passwd passwd;
    char texts[4096];
};

static bool find_by_id(uid_t uid, struct entry *entry)
{
    struct passwd *found = NULL;

    return getpwuid_r(uid, &entry->passwd, entry->texts, sizeof entry->texts, &found) == 0 && found;
}

static bool find_by_name(const char *name, struct entry *entry)
{
    struct passwd *found = NULL;

    return getpwnam_r(name, &entry->passwd, entry->texts, sizeof entry->texts, &found) == 0 &&
           found;
}

static void take(const struct passwd *entry, struct own_user *user)
{
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    (void)snprintf(user->name, sizeof user->name, "%s", entry->pw_name);
}

/* Owners need no name: files of another machine may be theirs. */
static void take_owner(const struct stat *st, struct own_user *user)
{
    struct entry entry;

    user->uid = st->st_uid;
    user->gid = st->st_gid;
    (void)snprintf(user->name, sizeof user->name, "%u", (unsigned)st->st_uid);
    if (find_by_id(st->st_uid, &entry))
        take(&entry.passwd, user);
}

int own_user_find(const char *name, const char *folder, struct own_user *ret_user,
                  struct buf *message)
{
    struct own_user user = {.is_needed = false};
    struct entry entry;
    struct stat st;

    if (geteuid() == 0 && name[0]) {
        if (!find_by_name(name, &entry)) {
            buf_printf(message,
                       "there is no user \"%s\": make it with adduser --system --group %s, or name "
                       "another one with --user",
                       name, name);
            return ERR_NOT_FOUND;
        }
        take(&entry.passwd, &user);
    } else if (geteuid() == 0 && stat(folder, &st) == 0) {
        take_owner(&st, &user);
    }
    user.is_needed = user.uid != 0;
    *ret_user = user;
    return 0;
}

static int make_folder(const struct own_user *user, const char *folder)
{
    struct stat st;

    if (stat(folder, &st) == 0 || errno != ENOENT)
        return 0;
    const int err = file_make_dirs(folder, FOLDER_MODE);
    if (err)
        return err;
    return chown(folder, user->uid, user->gid) < 0 ? err_from_errno(errno) : 0;
}

/* With the last user id the kernel takes all capabilities away. Groups first: afterwards nobody may
 * change them. */
static int change_ids(const struct own_user *user)
{
    struct entry entry;
    const bool has_groups = find_by_id(user->uid, &entry) ? initgroups(user->name, user->gid) == 0
                                                          : setgroups(1, &user->gid) == 0;

    if (!has_groups || setresgid(user->gid, user->gid, user->gid) < 0 ||
        setresuid(user->uid, user->uid, user->uid) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_from_errno(errno);
    return setuid(0) == 0 ? ERR_DENIED : 0;
}

/* The kernel forgets with whom we wanted to die when ids change. */
static int change(const struct own_user *user)
{
    int death_signal = 0;

    if (prctl(PR_GET_PDEATHSIG, &death_signal) < 0)
        return err_from_errno(errno);
    const int err = change_ids(user);
    if (!err && prctl(PR_SET_PDEATHSIG, death_signal) < 0)
        return err_from_errno(errno);
    return err;
}

int own_user_become(const struct own_user *user, const char *folder, struct buf *message)
{
    if (!user->is_needed)
        return 0;
    int err = make_folder(user, folder);
    if (!err)
        err = change(user);
    if (err) {
        buf_printf(message, "cannot become the user %s: %s", user->name, err_text(err));
        return err;
    }
    if (access(folder, R_OK | W_OK | X_OK) < 0) {
        buf_printf(message,
                   "the user %s cannot write the folder %s: give it to that user with chown -R %s "
                   "%s, and let that user pass through the folders above it",
                   user->name, folder, user->name, folder);
        return ERR_DENIED;
    }
    return 0;
}
