// SPDX-License-Identifier: GPL-3.0-or-later
/* broker.h - opens and names files for a boxed task, in one folder and nowhere else.
 *
 * A created file has a random temporary name until it is published by rename, so that a name is
 * either absent or whole, whoever is killed when. Names are plain: no path can be expressed but of
 * files in the folder SLIDE_FOLDER. How many files there are and how large is bounded here, by the
 * side that is trusted. */
#ifndef TRANSCODER_BROKER_H
#define TRANSCODER_BROKER_H

#include <stddef.h>
#include <stdint.h>

#include "common/package/package.h"
#include "common/slice.h"
#include "transcoder/output_budget.h"

enum {
    BROKER_MAX_PENDING = 64,
    BROKER_MAX_WATCHED = 64, /* as many as a boxed process can have open */
    BROKER_TEMPORARY_SIZE = 40,
};

struct broker_file {
    struct package_file name;
    char temporary[BROKER_TEMPORARY_SIZE];
};

struct broker {
    int dir_fd; /* borrowed; -1: there is no folder, and every request is refused */
    struct broker_file pending[BROKER_MAX_PENDING];
    size_t n_pending;
    struct output_budget budget;
    uint32_t n_created;
    struct package_file published[BROKER_MAX_WATCHED]; /* the last ones, in a ring: the task may
                                                          still have them open for writing */
    uint64_t published_bytes[BROKER_MAX_WATCHED];      /* when they were last looked at */
    uint32_t n_published;
    uint64_t older_bytes; /* of all published before those */
};

/* Stores a descriptor for writing a new file, which the caller closes. ERR_DENIED for a name that
 * is not plain, ERR_TOO_LARGE for too many at once or more than the budget allows, or what the
 * system says. */
int broker_create(struct broker *broker, struct slice name, int *ret_fd);

/* Stores a descriptor for reading a published file. ERR_DENIED, ERR_NOT_FOUND, … */
int broker_open(struct broker *broker, struct slice name, int *ret_fd);

/* Gives the file that was created last under this name its name, durably. ERR_TOO_LARGE when all
 * that was written is more than the budget allows. */
int broker_publish(struct broker *broker, struct slice name);

/* Looks at what was written so far: the task writes without asking. 0, or ERR_TOO_LARGE when it is
 * more than the budget allows: the task is to be ended. */
int broker_measure(struct broker *broker);

/* The bytes of all files in a folder. */
uint64_t broker_folder_bytes(int dir_fd);

/* Removes what was created and not published. */
void broker_abandon(struct broker *broker);

/* Removes temporary files that killed processes left in a folder. */
void broker_sweep(int dir_fd);

/* Removes the parts of a package that was joined. */
void broker_remove_parts(int dir_fd);

#endif
