// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/findings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct rule_text {
    const char *name;
    const char *clause;
    bool is_warning;
};

static const struct rule_text RULES[N_RULES] = {
    [RULE_MISSING] = {"missing", "RFC 8216 6.3.3", false},
    [RULE_OUTSIDE] = {"outside", "RFC 8216 6.3.1", false},
    [RULE_SYNTAX] = {"syntax", "RFC 8216 4.1", false},
    [RULE_VERSION] = {"version", "RFC 8216 7", false},
    [RULE_INDEPENDENT] = {"independent-segments", "9.11", false},
    [RULE_ATTRIBUTE] = {"attribute", "9.1, 9.2, 9.14, 9.15, 8.10", false},
    [RULE_GROUP] = {"group", "RFC 8216 4.3.4.1.1", false},
    [RULE_CODECS] = {"codecs", "9.1", false},
    [RULE_RESOLUTION] = {"resolution", "9.2", false},
    [RULE_ASPECT] = {"aspect-ratio", "1.33", false},
    [RULE_FRAME_RATE] = {"frame-rate", "9.15", false},
    [RULE_PROFILE] = {"profile", "1.3, 1.10", false},
    [RULE_BANDWIDTH] = {"bandwidth", "1.27, 9.13", false},
    [RULE_AVERAGE_BANDWIDTH] = {"average-bandwidth", "1.26", false},
    [RULE_LADDER] = {"ladder", "monotone", false},
    [RULE_LOW_RATE] = {"low-rate", "9.21", true},
    [RULE_PLAYLIST_TYPE] = {"playlist-type", "8.6", false},
    [RULE_END] = {"endlist", "8.6", false},
    [RULE_MAP] = {"map", "8.20", false},
    [RULE_TARGET] = {"target-duration", "7.7", false},
    [RULE_SAME_TARGET] = {"same-target", "8.2", false},
    [RULE_INIT] = {"init", "RFC 8216 3.3", false},
    [RULE_INIT_SIZE] = {"init-size", "under 1 KiB", true},
    [RULE_FRAGMENT] = {"fragment", "RFC 8216 3.3", false},
    [RULE_IDR_START] = {"idr-start", "7.4", false},
    [RULE_TFDT] = {"tfdt", "7.3", false},
    [RULE_START] = {"start", "0 in all renditions", false},
    [RULE_EXTINF] = {"extinf", "8.1", false},
    [RULE_DURATION] = {"duration", "8.3", false},
    [RULE_ALIGNED] = {"aligned", "8.22", false},
    [RULE_HEAD] = {"first-segments", "2 s", true},
    [RULE_IFRAMES] = {"i-frames", "6.1, 6.10", false},
    [RULE_DISCONTINUITY] = {"discontinuity", "8.15", false},
    [RULE_CAPTIONS] = {"captions", "RFC 8216 3.5", false},
    [RULE_POSTER] = {"poster", "what is seen before it plays", true},
    [RULE_JPEG] = {"jpeg", "ITU-T T.81 B", false},
    [RULE_STORYBOARD] = {"storyboard", "a tile for all times", false},
    [RULE_TILE] = {"tile", "Media Fragments 4.2.2", false},
    [RULE_SLIDES] = {"slides", "ascending, in the lecture", false},
    [RULE_STATUS] = {"status", "HTTP 200", false},
    [RULE_REDIRECT] = {"redirect", "8.18", false},
    [RULE_MIME] = {"mime-type", "10.4", false},
    [RULE_GZIP] = {"gzip", "10.1", false},
};

/* What is in two multivariant playlists is looked at twice: a line that was written at `from`, and
 * stands before that as well, is taken back. */
static bool is_told_already(struct buf *out, size_t from)
{
    const size_t length = out->length - from;

    if (out->err || length == 0)
        return false;
    for (const char *at = out->data;
         (at = memmem(at, (size_t)(out->data + from - at), out->data + from, length)); at++) {
        if (at == out->data || at[-1] == '\n') {
            out->length = from;
            return true;
        }
    }
    return false;
}

void findings_add(struct findings *f, enum rule rule, const char *where, const char *format, ...)
{
    const struct rule_text *text = &RULES[rule];
    char what[256];
    va_list args;

    if (f->n_errors + f->n_warnings >= FINDINGS_MAX) {
        *(text->is_warning ? &f->n_warnings : &f->n_errors) += 1;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const size_t from = f->out->length;
    buf_printf(f->out, "%s %s %s: %s (%s)\n", text->is_warning ? "warning" : "error", text->name,
               where, what, text->clause);
    for (size_t i = from; i + 1 < f->out->length; i++) {
        if ((unsigned char)f->out->data[i] < ' ' || f->out->data[i] == 127)
            f->out->data[i] = '?';
    }
    if (!is_told_already(f->out, from))
        *(text->is_warning ? &f->n_warnings : &f->n_errors) += 1;
}
