// SPDX-License-Identifier: GPL-3.0-or-later
/* link.h - a boxed task's only way out: it asks the coordinator for files and tells it how far it
 * is. Used by one thread. */
#ifndef TRANSCODER_LINK_H
#define TRANSCODER_LINK_H

#include <stdint.h>

#include "common/buf.h"
#include "common/package/failure.h"
#include "common/package/warning.h"
#include "common/slice.h"
#include "transcoder/message.h"

struct link {
    int socket;               /* borrowed */
    int64_t last_progress_ms; /* on the monotonic clock; 0 when none was sent */
    struct message last_progress;
};

/* A link over that socket. */
struct link link_over(int socket);

/* Says how far the task is: `done_us` of media time in this stage. Sends at most two a second, so
 * it may be called for every frame; silence for two minutes is taken for a hang. */
void link_progress(struct link *link, enum stage stage, int64_t permille, int64_t done_us);

/* The same with what was said last: for steps that take long and do not show. */
void link_alive(struct link *link);

void link_planned(struct link *link, int64_t n_chunks, int64_t n_sounds, int64_t duration_us,
                  int64_t n_passes);
void link_part(struct link *link, enum part_kind kind, int64_t number);
void link_warning(struct link *link, const struct warning *warning);
void link_output(struct link *link, struct slice bytes);
void link_verdict(struct link *link, int64_t n_errors, int64_t n_warnings);
void link_failed(struct link *link, enum failure failure, const char *detail);
void link_done(struct link *link);

/* Files in the package's folder. Names are plain. A created file is not visible under its name
 * until it is published; what is never published is removed when the task ends. The caller closes
 * *ret_fd and syncs before it publishes. Return 0 or what the coordinator's system call failed
 * with. */
int link_create(struct link *link, const char *name, int *ret_fd);
int link_open(struct link *link, const char *name, int *ret_fd);
int link_publish(struct link *link, const char *name);

/* Reads a whole file into *b; creates, writes, syncs and publishes one. */
int link_read_file(struct link *link, const char *name, struct buf *b);
int link_write_file(struct link *link, const char *name, struct slice bytes);

#endif
