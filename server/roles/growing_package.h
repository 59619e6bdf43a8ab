// SPDX-License-Identifier: GPL-3.0-or-later
/* growing_package.h - the index of a package whose job is still running.
 *
 * package.json is derived: it is what the finished parts say, in order, as far as they follow each
 * other without a gap. It can be made anew at any time from the parts' own indexes, and is: after
 * each new part, and after a restart. The final index is the join's; it is never touched again. */
#ifndef SERVER_ROLES_GROWING_PACKAGE_H
#define SERVER_ROLES_GROWING_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

struct media_store;

struct finished_parts {
    const int64_t *sound; /* numbers, ascending */
    size_t n_sound;
    const int64_t *chunks;
    size_t n_chunks;
};

/* Brings package.json up to date with the finished parts. Does nothing when it is complete, or when
 * there is no part 0 of anything yet. Blocks.
 * Returns 0, ERR_CORRUPT for a part's index that cannot be understood, ERR_NOT_FOUND for one that
 * is missing, ERR_IO, ERR_NO_SPACE, ERR_NO_MEMORY. */
int growing_package_update(const struct media_store *media, const char *package_id,
                           int64_t duration_us, const struct finished_parts *parts);

/* Removes from a complete package's folder what its index does not name: parts that were joined,
 * files of attempts that died. Does nothing while it grows. */
int growing_package_tidy(const struct media_store *media, const char *package_id);

#endif
