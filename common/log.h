// SPDX-License-Identifier: GPL-3.0-or-later
/* log.h - structured log lines on standard error: one event, one line, typed fields.
 *
 *     log_info("upload finished", log_str("upload", id), log_int("size_bytes", size));
 *
 * JSON by default ({"ts":…,"level":…,"msg":…,…}), or text for people. Lines are written with one
 * write(2) of at most PIPE_BUF bytes, so threads and processes do not mix them; a field that does
 * not fit is left out and "truncated" says so. errno is left alone. Control characters are escaped
 * in both forms: nobody forges a line. Libraries return codes; programs, roles and routes log.
 * Never logged: passwords, tokens, cookies, query strings. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_JSON, LOG_TEXT };

enum log_kind { LOG_FIELD_END, LOG_FIELD_TEXT, LOG_FIELD_INT, LOG_FIELD_BOOL };

struct log_field {
    const char *name; /* snake_case */
    enum log_kind kind;
    struct slice text;
    int64_t number;
};

/* Lines below `level` are dropped. May be called again while other threads log: each of their lines
 * has one form. */
void log_configure(enum log_format format, enum log_level level);

static inline struct log_field log_slice(const char *name, struct slice value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_TEXT, .text = value};
}

static inline struct log_field log_str(const char *name, const char *value)
{
    return log_slice(name, slice_from(value));
}

static inline struct log_field log_int(const char *name, int64_t value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_INT, .number = value};
}

static inline struct log_field log_bool(const char *name, bool value)
{
    return (struct log_field){.name = name, .kind = LOG_FIELD_BOOL, .number = value};
}

/* Field "error" with the text of an ERR_ value. */
struct log_field log_err(int err);

#define LOG_END ((struct log_field){.kind = LOG_FIELD_END})

/* A message (lower case, no full stop) and any number of fields. */
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__, LOG_END)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__, LOG_END)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__, LOG_END)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__, LOG_END)

/* Takes struct log_field arguments up to one of kind LOG_FIELD_END. */
void log_write(enum log_level level, const char *message, ...);

/* Appends s as a JSON string with its quotes: control characters are escaped, and each byte that
 * belongs to no character is as if it were Latin-1, so the result is valid JSON whatever s holds.
 */
void log_append_json_string(struct buf *b, struct slice s);

/* A whole line of another form, which ends with a line feed: written as it is, at any level. The
 * caller keeps it below PIPE_BUF and has escaped what others sent. */
void log_line(struct slice line);

#endif
