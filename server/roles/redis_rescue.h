// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_rescue.h - what becomes of a private Redis' files that Redis does not take.
 *
 *     set aside ──▶ redis/damaged-DATE/ ──▶ a new Redis gets its commands ──▶ report.txt in it
 *
 * What is set aside is never deleted. A folder without a report has not been saved from: it is
 * tried again at each start, so a crash, a full disk or a file that could not be read lose nothing.
 * Commands are given to the new Redis one by one, those behind a damaged place too: watch progress
 * merges by union. The task stream is not: the dispatcher issues tasks again. Every pair that is
 * found is marked dirty, and nothing expires before the drain has seen it.
 * Main thread: it blocks. */
#ifndef SERVER_ROLES_REDIS_RESCUE_H
#define SERVER_ROLES_REDIS_RESCUE_H

#include <stdbool.h>

#include "common/buf.h"

struct data_dir;
struct redis_sync;

/* Gives us back the right to read and write our own files in redis/, where somebody took it. */
void redis_rescue_mend_modes(const struct data_dir *dir);

/* Whether there are files with data in them. */
bool redis_rescue_has_data(const struct data_dir *dir);

/* Whether Redis would start without some of the data there, and not say so: a file with commands in
 * it is not in the manifest, or there is none. */
bool redis_rescue_is_unlisted(const struct data_dir *dir);

/* Moves them out of Redis' way. Returns 0, or ERR_IO, ERR_DENIED, ERR_NO_SPACE. */
int redis_rescue_set_aside(const struct data_dir *dir);

/* A base in Redis' binary form can be read by Redis alone: puts a link to that of the folder set
 * aside last where a Redis will load it. Returns 0, or ERR_NOT_FOUND when it has none. */
int redis_rescue_place_base(const struct data_dir *dir);

/* That base is damaged, too. */
void redis_rescue_remove_base(const struct data_dir *dir);

/* Gives a Redis that runs what was set aside and not yet reported. is_base_loaded: it has the
 * binary base. Returns 0, or as redis_sync_call does; then it is tried again at the next start. */
int redis_rescue_replay(const struct data_dir *dir, struct redis_sync *redis, bool is_base_loaded);

/* Appends what is known of all folders set aside, one sentence each; nothing when there are none.
 */
void redis_rescue_tell(const struct data_dir *dir, struct buf *text);

#endif
