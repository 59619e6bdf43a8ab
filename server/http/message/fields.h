// SPDX-License-Identifier: GPL-3.0-or-later
/* fields.h - the header fields that the engine itself understands, the same in HTTP/1.1 and HTTP/2,
 * and the rules on repeating them. Pure. */
#ifndef SERVER_HTTP_MESSAGE_FIELDS_H
#define SERVER_HTTP_MESSAGE_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

enum field_kind {
    FIELD_OTHER, /* may repeat as far as we are concerned */
    FIELD_CONNECTION,
    FIELD_CONTENT_LENGTH,
    FIELD_EXPECT,
    FIELD_HOST,
    FIELD_TRANSFER_ENCODING,
    FIELD_SINGLE, /* the first of those that the engine does not read, but that may not repeat */
};

/* Which fields have been seen; zero at first. */
struct field_memory {
    uint32_t seen;
};

/* The kind of the field (FIELD_SINGLE for every later one), or ERR_INVALID when it may appear only
 * once and has been seen: two values that programs choose from differently are an attack. */
int field_note(struct field_memory *memory, struct slice name);

/* One field line without its line end: "name: value". Strict: a token, a colon at once, a value
 * without controls. Returns 0 or ERR_INVALID. */
int field_parse_line(struct slice line, struct slice *ret_name, struct slice *ret_value);

/* Content-Length: digits only, less than 2^63. Returns 0 or ERR_INVALID. */
int field_parse_length(struct slice value, uint64_t *ret_length);

/* Transfer-Encoding. Returns 0 for "chunked", ERR_UNSUPPORTED for a known coding that we do not
 * take, ERR_INVALID when the end of the body could not be told. */
int field_parse_transfer_encoding(struct slice value);

/* What a Connection field asks for. */
struct field_connection {
    bool has_close;
    bool has_keep_alive;
};

/* Adds what the value says. ERR_INVALID when it names a field that decides on framing or routing:
 * a proxy would remove that field, and we would read another request than it did. */
int field_parse_connection(struct slice value, struct field_connection *options);

#endif
