// SPDX-License-Identifier: GPL-3.0-or-later
/* fetched_list.h - what `banmai check URL` has fetched so far, for banmai-transcode to look at. */
#ifndef SERVER_CLI_FETCHED_LIST_H
#define SERVER_CLI_FETCHED_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"

enum { FETCHED_PATH_SIZE = 512, FETCHED_MAX = 200000 };

/* How the server answered for one path below the package's address. */
struct fetched {
    char path[FETCHED_PATH_SIZE];
    int status; /* of HTTP; 0: there was no answer */
    char type[80];
    bool is_gzip;
    bool is_redirect;
};

struct fetched_list {
    struct fetched *items; /* owned; item n is in the file "f-n" */
    size_t n;
};

void fetched_list_clear(struct fetched_list *list);

static inline void fetched_list_clear_cleanup(struct fetched_list *list)
{
    fetched_list_clear(list);
}

/* Takes "need PATH" lines out of what the check printed and adds an item, to be filled in, for each
 * path that is new. Returns 0, ERR_NO_MEMORY, or ERR_TOO_LARGE for more than a package can have. */
int fetched_list_add_needed(struct fetched_list *list, struct slice lines);

/* Appends fetched.json, which names the files of what was answered with 200. */
void fetched_list_write(const struct fetched_list *list, struct buf *out);

#endif
