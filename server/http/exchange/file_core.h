// SPDX-License-Identifier: GPL-3.0-or-later
/* file_core.h - the inside of a cached file, for the engine's own files. */
#ifndef SERVER_HTTP_EXCHANGE_FILE_CORE_H
#define SERVER_HTTP_EXCHANGE_FILE_CORE_H

#include "server/http/exchange/file.h"
#include "server/http/loop/list.h"

struct http_file {
    struct list_node node; /* in the cache's order of use; unlinked once evicted */
    struct http_file *next_in_bucket;
    uint64_t size;
    unsigned n_references; /* the cache's own included */
    int fd;                /* owned */
    int64_t *warm_ms; /* owned; of read_ahead.c: when its windows were last in the page cache */
    char key[];
};

#endif
