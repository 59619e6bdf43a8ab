// SPDX-License-Identifier: GPL-3.0-or-later
/* job_files.h - what the dispatcher does to files: a planned job gets its package's folder, a
 * growing package gets its index, a complete one loses the parts it was joined from. The
 * dispatcher's thread only. */
#ifndef SERVER_ROLES_JOB_FILES_H
#define SERVER_ROLES_JOB_FILES_H

#include "common/package/package.h"

struct db;
struct job_files; /* opaque */
struct media_store;
struct task_report;
struct work_pool;

/* Borrows media. Returns 0 or ERR_NO_MEMORY. */
int job_files_new(struct media_store *media, struct job_files **ret_files);
void job_files_free(struct job_files *files);

/* After a start: every active job's package is to be looked at again, and every complete package is
 * to be tidied, one at a time. */
int job_files_restore(struct job_files *files, struct db *reader);

/* Derives the package's id from the job's source and plan.json, and gives the plan its place there.
 * Returns 0, ERR_NOT_FOUND when job or plan are gone, ERR_IO, ERR_NO_SPACE. */
int job_files_place_package(struct media_store *media, struct db *reader, const char *job_id,
                            char id[PACKAGE_ID_SIZE]);

/* Remembers what an applied report means for files. */
void job_files_note(struct job_files *files, const struct task_report *report);

/* Brings the indexes of growing packages up to date with what was noted, and tells the database
 * which can be played now. Failures are logged and tried again at the next call. */
void job_files_update(struct job_files *files, struct db *reader, struct work_pool *database);

/* Tidies at most one package whose time has come. */
void job_files_tidy(struct job_files *files, struct db *reader);

#endif
