// SPDX-License-Identifier: GPL-3.0-or-later
/* caption_list.h - the captions of one stream as a WebVTT file. Pure. */
#ifndef TRANSCODER_CAPTIONS_CAPTION_LIST_H
#define TRANSCODER_CAPTIONS_CAPTION_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/slice.h"
#include "transcoder/captions/caption_charset.h"
#include "transcoder/captions/caption_text.h"

enum {
    CAPTION_MAX_CUES = 100000,
    CAPTION_FILE_LIMIT = 8 << 20, /* bytes of a file; twelve hours of talk are two million */
};

struct caption_list; /* opaque */

/* NULL when memory is exhausted. */
struct caption_list *caption_list_new(void);
void caption_list_free(struct caption_list *list);
DEFINE_CLEANUP(caption_list_free, struct caption_list *)

/* Takes a caption that is shown from start_ms on, for duration_ms (0: until the next one, which may
 * be an empty one). In any order. Returns 0, ERR_NO_MEMORY, or ERR_TOO_LARGE when there is no room
 * for more. */
int caption_list_add(struct caption_list *list, enum caption_form form, int64_t start_ms,
                     int64_t duration_ms, struct slice payload);

/* In which characters they are, all together. */
enum caption_charset caption_list_charset(const struct caption_list *list);

/* Appends the file: cues in order of time, none outside of 0 to end_ms, none backwards. Returns how
 * many there are; 0: nothing is appended. */
size_t caption_list_write(struct caption_list *list, int64_t end_ms, struct buf *out);

#endif
