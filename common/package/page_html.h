// SPDX-License-Identifier: GPL-3.0-or-later
/* page_html.h - a lecture as one HTML page: a picture of each slide with what is said under it, to
 * read, to print and to keep. It needs no script, no other file and no network. Pure.
 *
 * Pictures are inside (data:), so that a page that was passed on by hand is whole: that takes a
 * third more than files beside it, 0.3 to 0.6 MB an hour. Of what does not fit into PAGE_HOUR_BYTES
 * the pictures go that were seen for the shortest time; their words stay. */
#ifndef COMMON_PACKAGE_PAGE_HTML_H
#define COMMON_PACKAGE_PAGE_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

enum {
    PAGE_HOUR_BYTES = 1800000, /* of pictures, as they stand in the page */
    PAGE_FEW_BYTES = 400000,   /* that any lecture may have */
};

struct page_slide {
    int64_t start_us;
    struct slice webp; /* the picture's file; empty: none */
};

struct page_html {
    const char *language;      /* BCP 47; "und": unknown */
    struct slice title;        /* UTF-8; empty: the word for a lecture */
    const char *link;          /* an address before the seconds: "multivariant.m3u8#t=" */
    int64_t duration_us;       /* of the lecture */
    uint32_t width, height;    /* of all pictures */
    struct page_slide *slides; /* in order of time */
    size_t n_slides;
    struct slice captions; /* WebVTT; empty: none. What cannot be understood of it is left out */
};

/* Takes pictures away until they fit; see above. */
void page_html_fit(struct page_html *page);

void page_html_write(const struct page_html *page, struct buf *out);

#endif
