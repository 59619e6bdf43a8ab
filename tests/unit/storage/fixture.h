// SPDX-License-Identifier: GPL-3.0-or-later
/* fixture.h - a database in a directory of its own, in memory where there is a RAM disk (nothing
 * here tests the disk itself), and shortcuts to rows that tests start from. */
#ifndef TESTS_UNIT_STORAGE_FIXTURE_H
#define TESTS_UNIT_STORAGE_FIXTURE_H

#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/id.h"
#include "server/auth/user_store.h"
#include "storage/jobs/job_task.h"
#include "storage/jobs/job_turn.h"
#include "storage/sqlite/db.h"

struct fixture {
    char directory[64];
    char path[96]; /* of the database */
    struct db *db; /* the writer */
    struct arena arena;
    struct job_turn turn; /* of fixture_start_task */
};

/* Abort the test when they cannot. */
void fixture_open(struct fixture *f);
void fixture_reopen(struct fixture *f); /* as after a restart */

/* As a database of the first version, with the rows that it could have: the next reopening brings
 * it up to date. */
void fixture_go_back(struct fixture *f);

/* Another database in the place of this one, made by SQL alone; not opened. */
void fixture_load(struct fixture *f, const char *sql);

void fixture_close(struct fixture *f);

/* Keeps the database as it is in a buffer, and makes one of that again, opened, with all that the
 * caller keeps of it beside: making and filling one takes ten times as long. */
void fixture_keep(struct fixture *f, struct buf *kept);
void fixture_put_back(struct fixture *f, const struct buf *kept);

/* Commits without waiting for the disk, for tests of thousands of steps. */
void fixture_hurry(struct fixture *f);

/* Runs SQL behind the stores' back, and reads one number. */
void fixture_execute(struct fixture *f, const char *sql);
int fixture_try(struct fixture *f, const char *sql); /* SQLite's code, 0 for success */
int64_t fixture_number(struct fixture *f, const char *sql);

/* As id_new, and larger than all before it, also within one millisecond. */
void fixture_new_id(char id[ID_SIZE]);

void fixture_add_user(struct fixture *f, const char *login, enum role role, char id[ID_SIZE]);

/* An upload of length bytes with its lecture, nothing received yet. */
void fixture_add_upload(struct fixture *f, const char *owner_id, int64_t length, int64_t now_ms,
                        char id[ID_SIZE]);

/* A lecture whose job waits for its plan. */
void fixture_add_job(struct fixture *f, const char *owner_id, int64_t now_ms,
                     char lecture_id[ID_SIZE], char job_id[ID_SIZE]);

/* Issues one task and has a worker start it. */
struct task_ref fixture_start_task(struct fixture *f, int64_t now_ms);

/* Plans the job whose plan is next. */
void fixture_plan(struct fixture *f, int64_t n_chunks, int64_t n_sounds, int64_t now_ms);

/* A moment by both clocks of a job. */
#define AT(ms) (&(struct job_now){.wall_ms = (ms), .steady_ms = (ms)})

#define PACKAGE_OF_TESTS "00112233445566778899aabbccddeeff"
#define SOURCE_OF_TESTS  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#endif
