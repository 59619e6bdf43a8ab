// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_list.h"

#include <stdlib.h>

#include "common/err.h"

enum { LONGEST_OPEN_MS = 8000 }; /* of a caption that nothing ends */

struct cue {
    int64_t start_ms, duration_ms;
    size_t at, length; /* of its text */
    size_t number;     /* in the order in which they came */
};

struct caption_list {
    struct cue *cues; /* owned */
    size_t n;
    struct buf text; /* of all cues */
};

struct caption_list *caption_list_new(void)
{
    struct caption_list *list = calloc(1, sizeof *list);

    if (list)
        list->text = buf_with_limit(CAPTION_FILE_LIMIT);
    return list;
}

void caption_list_free(struct caption_list *list)
{
    if (!list)
        return;
    free(list->cues);
    buf_clear(&list->text);
    free(list);
}

int caption_list_add(struct caption_list *list, enum caption_form form, int64_t start_ms,
                     int64_t duration_ms, struct slice payload)
{
    const size_t at = list->text.length;

    if (list->n >= CAPTION_MAX_CUES || at + CAPTION_MAX_BYTES + 8 > CAPTION_FILE_LIMIT)
        return ERR_TOO_LARGE;
    if (list->n == 0 || (list->n & (list->n - 1)) == 0) {
        struct cue *cues = reallocarray(list->cues, list->n ? 2 * list->n : 1, sizeof *cues);
        if (!cues)
            return ERR_NO_MEMORY;
        list->cues = cues;
    }
    caption_text_append(form, payload, &list->text);
    if (list->text.err)
        return list->text.err;
    list->cues[list->n] = (struct cue){.start_ms = start_ms,
                                       .duration_ms = duration_ms > 0 ? duration_ms : 0,
                                       .at = at,
                                       .length = list->text.length - at,
                                       .number = list->n};
    list->n++;
    return 0;
}

static int compare_cues(const void *a, const void *b)
{
    const struct cue *left = a;
    const struct cue *right = b;

    if (left->start_ms != right->start_ms)
        return left->start_ms < right->start_ms ? -1 : 1;
    return left->number < right->number ? -1 : 1;
}

static int64_t end_of(const struct caption_list *list, size_t i)
{
    const struct cue *cue = &list->cues[i];

    if (cue->duration_ms > 0)
        return cue->start_ms + cue->duration_ms;
    const int64_t longest = cue->start_ms + LONGEST_OPEN_MS;
    return i + 1 < list->n && list->cues[i + 1].start_ms < longest ? list->cues[i + 1].start_ms
                                                                   : longest;
}

size_t caption_list_write(struct caption_list *list, int64_t end_ms, struct buf *out)
{
    size_t n = 0;

    if (list->n > 0)
        qsort(list->cues, list->n, sizeof *list->cues, compare_cues);
    for (size_t i = 0; i < list->n; i++) {
        const struct cue *cue = &list->cues[i];
        const int64_t start = cue->start_ms < 0 ? 0 : cue->start_ms;
        const int64_t end = end_of(list, i) < end_ms ? end_of(list, i) : end_ms;
        if (cue->length == 0 || start >= end)
            continue;
        buf_append_text(out, n++ == 0 ? "WEBVTT\n\n" : "\n");
        caption_time_append(start, out);
        buf_append_text(out, " --> ");
        caption_time_append(end, out);
        buf_append_char(out, '\n');
        buf_append_slice(out, slice_of(list->text.data + cue->at, cue->length));
        buf_append_char(out, '\n');
    }
    return n;
}
