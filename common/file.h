// SPDX-License-Identifier: GPL-3.0-or-later
/* file.h - whole-file helpers that keep the rule "an answer means durable".
 *
 * Paths are relative to a directory descriptor (AT_FDCWD for the working directory). They block:
 * never on an event loop, except for small files at start. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "common/buf.h"

/* Writes all bytes at the descriptor's position. On failure (ERR_NO_SPACE, ERR_IO, or what errno
 * says otherwise) some of them may have been written. */
int file_write_all(int fd, const void *data, size_t length);

/* Reads the whole file into *b, after what is there. ERR_TOO_LARGE when the buffer's cap is hit,
 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO; on failure a part of the file may stand in *b. */
int file_read_all(int dir_fd, const char *path, struct buf *b);

/* Makes `path` hold exactly these bytes, durably and at once: temporary file beside it, fsync,
 * rename, fsync of the directory. A crash leaves the old content or the new, and perhaps the
 * temporary file "PATH.tmp-N". ERR_NO_SPACE, ERR_IO, ERR_NOT_FOUND (no such directory),
 * ERR_DENIED, ERR_INVALID (a path that is too long); then the old content stands. */
int file_replace(int dir_fd, const char *path, const void *data, size_t length, mode_t mode);

/* Makes the names in a directory durable. */
int file_sync_dir(int dir_fd, const char *path);

/* Creates the directory and its parents; fine when they exist. */
int file_make_dirs(const char *path, mode_t mode);

/* Removes a file or a directory with all that is in it, following no links; fine when absent. */
int file_remove_tree(int dir_fd, const char *path);

#endif
