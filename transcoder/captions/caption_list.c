// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_list.h"

#include <stdlib.h>

#include "common/err.h"

enum {
    LONGEST_OPEN_MS = 8000,                      /* of a caption that nothing ends */
    PAYLOAD_MAX_BYTES = CAPTION_MAX_BYTES + 512, /* with fields and tags */
};

struct cue {
    int64_t start_ms, duration_ms;
    enum caption_form form;
    size_t at, length; /* of what it is made of */
    size_t number;     /* in the order in which they came */
};

struct caption_list {
    struct cue *cues; /* owned */
    size_t n;
    struct buf payloads; /* of all cues */
    struct caption_census census;
};

struct caption_list *caption_list_new(void)
{
    struct caption_list *list = calloc(1, sizeof *list);

    if (list)
        list->payloads = buf_with_limit(CAPTION_FILE_LIMIT);
    return list;
}

void caption_list_free(struct caption_list *list)
{
    if (!list)
        return;
    free(list->cues);
    buf_clear(&list->payloads);
    free(list);
}

int caption_list_add(struct caption_list *list, enum caption_form form, int64_t start_ms,
                     int64_t duration_ms, struct slice payload)
{
    const size_t at = list->payloads.length;

    payload.length = payload.length < PAYLOAD_MAX_BYTES ? payload.length : PAYLOAD_MAX_BYTES;
    if (list->n >= CAPTION_MAX_CUES || at + PAYLOAD_MAX_BYTES > CAPTION_FILE_LIMIT)
        return ERR_TOO_LARGE;
    if (list->n == 0 || (list->n & (list->n - 1)) == 0) {
        struct cue *cues = reallocarray(list->cues, list->n ? 2 * list->n : 1, sizeof *cues);
        if (!cues)
            return ERR_NO_MEMORY;
        list->cues = cues;
    }
    buf_append_slice(&list->payloads, payload);
    if (form != CAPTION_MOV_TEXT) /* which says itself */
        caption_census_add(&list->census, payload);
    if (list->payloads.err)
        return list->payloads.err;
    list->cues[list->n] = (struct cue){.start_ms = start_ms,
                                       .duration_ms = duration_ms > 0 ? duration_ms : 0,
                                       .form = form,
                                       .at = at,
                                       .length = list->payloads.length - at,
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

enum caption_charset caption_list_charset(const struct caption_list *list)
{
    return caption_census_judge(&list->census);
}

/* Replaces `text` by what the cue says. */
static void read_cue(const struct caption_list *list, const struct cue *cue,
                     enum caption_charset charset, struct buf *text)
{
    CLEANUP(buf_clear) struct buf utf8 = buf_with_limit((size_t)4 * PAYLOAD_MAX_BYTES);
    struct slice payload = slice_of(list->payloads.data + cue->at, cue->length);

    if (charset == CHARSET_WINDOWS_1258 && cue->form != CAPTION_MOV_TEXT) {
        caption_append_1258(payload, &utf8);
        payload = buf_slice(&utf8);
    }
    buf_reset(text);
    caption_text_append(cue->form, payload, text);
}

size_t caption_list_write(struct caption_list *list, int64_t end_ms, struct buf *out)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit((size_t)2 * CAPTION_MAX_BYTES);
    const enum caption_charset charset = caption_list_charset(list);
    size_t n = 0;

    if (list->n > 0)
        qsort(list->cues, list->n, sizeof *list->cues, compare_cues);
    for (size_t i = 0; i < list->n; i++) {
        const struct cue *cue = &list->cues[i];
        const int64_t start = cue->start_ms < 0 ? 0 : cue->start_ms;
        const int64_t end = end_of(list, i) < end_ms ? end_of(list, i) : end_ms;
        if (cue->length == 0 || start >= end)
            continue;
        read_cue(list, cue, charset, &text);
        if (text.length == 0)
            continue;
        buf_append_text(out, n++ == 0 ? "WEBVTT\n\n" : "\n");
        caption_time_append(start, out);
        buf_append_text(out, " --> ");
        caption_time_append(end, out);
        buf_append_char(out, '\n');
        buf_append_slice(out, buf_slice(&text));
        buf_append_char(out, '\n');
    }
    return n;
}
