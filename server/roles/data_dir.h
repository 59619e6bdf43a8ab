// SPDX-License-Identifier: GPL-3.0-or-later
/* data_dir.h - the folder that holds all state, and the lock that makes us its only writer.
 *
 *     lock                   held by the one process that writes the database
 *     control.sock           command-line tools reach a running server here
 *     banmai.sqlite3         accounts, catalogue, uploads, jobs, progress
 *     playback.key           secret: signs playback URLs
 *     uploads/               files being received
 *     media/                 sources and packages: what workers on other hosts mount
 *     redis/                 the private redis-server's socket and append-only file
 */
#ifndef SERVER_ROLES_DATA_DIR_H
#define SERVER_ROLES_DATA_DIR_H

#include <limits.h>

#include "common/buf.h"
#include "server/auth/playback_token.h"

struct data_dir {
    char path[PATH_MAX]; /* absolute */
    int lock_fd;         /* owned */
};

/* Creates what is missing and takes the lock.
 * Returns 0 and a folder that data_dir_close() lets go, or, with one line for people in *message:
 * ERR_CONFLICT another process holds it (the line names it), ERR_CORRUPT it has recordings and no
 * database, ERR_DENIED, ERR_NO_SPACE, ERR_IO. */
int data_dir_open(const char *path, struct data_dir *ret_dir, struct buf *message);
void data_dir_close(struct data_dir *dir);

/* dir->path + "/" + name. Aborts when it does not fit: data_dir_open made sure that it does. */
void data_dir_path(const struct data_dir *dir, const char *name, char path[PATH_MAX]);

/* Reads playback.key, or makes it on the first start. */
int data_dir_playback_key(const struct data_dir *dir, struct playback_key *ret_key);

#endif
