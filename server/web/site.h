// SPDX-License-Identifier: GPL-3.0-or-later
/* site.h - the built web pages, read into memory once at start and never changed: a few hundred
 * kilobytes that every loop shares. */
#ifndef SERVER_WEB_SITE_H
#define SERVER_WEB_SITE_H

#include <stdbool.h>

#include "common/slice.h"

struct site; /* opaque, immutable after loading: any thread may read it */

struct site_file {
    char *path; /* URL path, "/assets/watch-Bk2x.js" */
    const char *content_type;
    char etag[20];         /* strong, with quotes: of the identity form */
    bool is_immutable;     /* its name holds a hash of its content */
    bool is_page;          /* HTML */
    struct slice identity; /* the bytes */
    struct slice gzip;     /* the same compressed at build time; empty when there is none */
    struct slice brotli;
};

enum { SITE_MAX_BYTES = 64 << 20, SITE_MAX_FILES = 1000 };

/* Reads all regular files below dir; "x.gz" and "x.br" become forms of "x".
 * Returns 0 and a site that site_free() ends; ERR_NOT_FOUND when dir is absent or holds no
 * index.html, ERR_TOO_LARGE, ERR_IO, ERR_NO_MEMORY. */
int site_load(const char *dir, struct site **ret_site);
void site_free(struct site *site);

/* The file for a URL path: the file itself, else the page, which is one for all screens. Paths
 * below /assets/ and paths whose last part has a ".", or any part begins with one, are never pages:
 * NULL when there is no such file. */
const struct site_file *site_find(const struct site *site, struct slice path);

#endif
