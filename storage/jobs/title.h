// SPDX-License-Identifier: GPL-3.0-or-later
/* title.h - what people may call a lecture or a course. Pure. */
#ifndef STORAGE_JOBS_TITLE_H
#define STORAGE_JOBS_TITLE_H

#include <stddef.h>

#include "common/slice.h"

/* A title is counted in characters as people see them: an accent that was typed as a character of
 * its own belongs to its letter. TITLE_SIZE has room for TITLE_MAX_CHARS letters with two such
 * accents each, as Vietnamese has them, and for as many characters of four bytes. */
enum { TITLE_MAX_CHARS = 200, TITLE_SIZE = TITLE_MAX_CHARS * 5 + 1 };

enum title_fault {
    TITLE_FINE = 0,
    TITLE_EMPTY,        /* of blanks alone, too */
    TITLE_TOO_LONG,     /* more than TITLE_MAX_CHARS, or does not fit TITLE_SIZE */
    TITLE_NOT_UTF8,     /* RFC 3629 */
    TITLE_HAS_CONTROLS, /* C0, DEL, C1: line ends, tabs */
};

enum title_fault title_check(struct slice text);

/* The beginning of plain UTF-8: at most so many characters and bytes, and no letter is parted from
 * its accents. */
struct slice title_cut(struct slice text, size_t max_chars, size_t max_bytes);

#endif
