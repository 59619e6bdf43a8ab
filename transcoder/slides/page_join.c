// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/page_join.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/package/page_html.h"
#include "common/package/storyboard_files.h"

enum { PAGE_LIMIT = 64 << 20, CAPTIONS_LIMIT = 8 << 20, PICTURE_LIMIT = 1 << 20 };

struct work {
    struct link *link;             /* borrowed */
    const struct package *package; /* borrowed */
    struct page_slide *slides;     /* owned; their pictures, too */
    size_t n;
    struct buf captions;
};

static void work_clear_cleanup(struct work *w)
{
    for (size_t i = 0; i < w->n; i++)
        free((void *)(uintptr_t)w->slides[i].webp.data);
    free(w->slides);
    buf_clear(&w->captions);
}

/* The page starts with what it is about. */
static const char *language_of(const struct package *package, enum rendition_kind kind)
{
    for (size_t i = 0; i < package->n_renditions; i++) {
        if (package->renditions[i].kind == kind)
            return package->renditions[i].language;
    }
    return NULL;
}

static int read_captions(struct work *w)
{
    for (size_t i = 0; i < w->package->n_renditions; i++) {
        const struct rendition *r = &w->package->renditions[i];
        if (r->kind == RENDITION_CAPTIONS && r->n_files == 1)
            return link_read_file(w->link, r->files[0].name, &w->captions);
    }
    return 0;
}

static int read_picture(struct work *w, uint32_t file, struct slice *ret_webp)
{
    struct buf webp = buf_with_limit(PICTURE_LIMIT);
    char name[SLIDE_NAME_SIZE];

    slide_picture_name(file, name);
    const int err = link_read_file(w->link, name, &webp);
    if (err) {
        buf_clear(&webp);
        return err;
    }
    *ret_webp = buf_slice(&webp); /* the buffer's bytes are the slide's now */
    return 0;
}

/* One picture a slide: its last state, from its first state's time on. */
static int read_slides(struct work *w)
{
    const struct package_picture *pictures = w->package->pictures;
    const size_t n = w->package->n_pictures;
    int64_t start_us = 0;
    int err = 0;

    w->slides = calloc(n ? n : 1, sizeof *w->slides);
    if (!w->slides)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n && !err; i++) {
        if (i == 0 || pictures[i].slide != pictures[i - 1].slide)
            start_us = pictures[i].start_us;
        if (i + 1 < n && pictures[i + 1].slide == pictures[i].slide)
            continue;
        w->slides[w->n].start_us = start_us;
        err = read_picture(w, pictures[i].file, &w->slides[w->n].webp);
        w->n += !err;
    }
    return err;
}

static int write_page(struct work *w)
{
    CLEANUP(buf_clear) struct buf html = buf_with_limit(PAGE_LIMIT);
    struct page_slide *shown = calloc(w->n ? w->n : 1, sizeof *shown);
    const char *language = language_of(w->package, RENDITION_CAPTIONS);
    struct page_html page = {.link = "multivariant.m3u8#t=",
                             .duration_us = w->package->duration_us,
                             .width = w->package->picture_width,
                             .height = w->package->picture_height,
                             .slides = shown,
                             .n_slides = w->n,
                             .captions = buf_slice(&w->captions)};

    if (!shown)
        return ERR_NO_MEMORY;
    if (!language)
        language = language_of(w->package, RENDITION_AUDIO);
    page.language = language ? language : "und";
    memcpy(shown, w->slides, w->n * sizeof *shown);
    page_html_fit(&page);
    page_html_write(&page, &html);
    free(shown);
    return html.err ? html.err : link_write_file(w->link, "page.html", buf_slice(&html));
}

int page_join(struct link *link, const struct package *package)
{
    CLEANUP(work_clear)
    struct work w = {.link = link, .package = package, .captions = buf_with_limit(CAPTIONS_LIMIT)};

    int err = read_captions(&w);
    if (!err)
        err = read_slides(&w);
    if (err || (w.n == 0 && w.captions.length == 0))
        return err;
    return write_page(&w);
}
