// SPDX-License-Identifier: GPL-3.0-or-later
/* package_listing.h - what a package lists beside its renditions: the pictures of its slides, and
 * all of its files. Pure; package.c has the functions. */
#ifndef COMMON_PACKAGE_PACKAGE_LISTING_H
#define COMMON_PACKAGE_PACKAGE_LISTING_H

#include <stdint.h>

enum {
    PACKAGE_MAX_PICTURES = 10000, /* of slides/: an hour has a hundred */
    PACKAGE_MAX_ENTRIES = 20000,
};

/* A file of a complete package, as whoever copies it can check it. */
struct package_entry {
    char name[40]; /* plain, or in the folder of the slides */
    uint64_t bytes;
    char sha256[65]; /* lower-case hex */
};

/* What slides/ shows from a time on, until the next one. A file may come again. */
struct package_picture {
    int64_t start_us;
    uint32_t slide; /* whose state it is, counted from 1 as in the slide list; 0: none's */
    uint32_t file;  /* the number in its name (storyboard_files.h), from 1 */
    uint32_t bytes; /* of the file */
};

struct package;

/* Adds a picture of slides/. ERR_INVALID when it does not start after the one before it, or has no
 * file or no bytes; ERR_NO_MEMORY. */
int package_add_picture(struct package *p, const struct package_picture *picture);

/* Adds a file. ERR_INVALID for a name with another path in it, or what is no SHA-256;
 * ERR_NO_MEMORY. */
int package_add_entry(struct package *p, const struct package_entry *entry);

#endif
