// SPDX-License-Identifier: GPL-3.0-or-later
/* json_writer.h - JSON, written member by member to the end of a buffer: no tree, no copy.
 *
 *     json_begin_object(b, NULL);                {
 *     json_put_text(b, "title", title);            "title":"…",
 *     json_put_seconds(b, "duration_s", us);       "duration_s":12.345
 *     json_end_object(b);                        }
 *
 * `name` is NULL for elements of arrays and for the outermost value; it is ours and is not escaped.
 * Commas come by themselves. The buffer's error sticks as usual; text that is not UTF-8 or holds
 * NUL is ERR_CORRUPT, never a poorer document. */
#ifndef COMMON_JSON_WRITER_H
#define COMMON_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

void json_begin_object(struct buf *b, const char *name);
void json_end_object(struct buf *b);
void json_begin_array(struct buf *b, const char *name);
void json_end_array(struct buf *b);

void json_put_text(struct buf *b, const char *name, const char *text);
void json_put_slice(struct buf *b, const char *name, struct slice text);
void json_put_text_or_null(struct buf *b, const char *name, const char *text); /* null for "" */
void json_put_int(struct buf *b, const char *name, int64_t value);
void json_put_bool(struct buf *b, const char *name, bool value);
void json_put_null(struct buf *b, const char *name);

/* Thousandths as a decimal fraction, without needless zeros: 1500 is 1.5. */
void json_put_milli(struct buf *b, const char *name, int64_t thousandths);

/* Microseconds as seconds, cut to three places. */
void json_put_seconds(struct buf *b, const char *name, int64_t us);

/* A wall clock time as RFC 3339, in UTC. */
void json_put_time(struct buf *b, const char *name, int64_t wall_ms);

#endif
