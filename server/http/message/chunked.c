// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/chunked.h"

#include "common/err.h"
#include "server/http/message/chars.h"
#include "server/http/message/limits.h"

enum { MAX_SIZE_DIGITS = 15 }; /* 2^60 bytes; a 16th digit could overflow */

static int on_size(struct chunked *c, char byte)
{
    const int digit = char_hex_value(byte);

    if (digit >= 0) {
        if (++c->n_digits > MAX_SIZE_DIGITS)
            return ERR_INVALID;
        c->size = c->size << 4 | (unsigned)digit;
        return 0;
    }
    if (c->n_digits == 0 || (byte != '\r' && byte != ';'))
        return ERR_INVALID;
    c->state = byte == '\r' ? CHUNKED_SIZE_LF : CHUNKED_EXTENSION;
    return 0;
}

static int on_extension(struct chunked *c, char byte)
{
    if (byte == '\r') {
        c->state = CHUNKED_SIZE_LF;
        return 0;
    }
    if (!char_is_field_value(byte) || ++c->extension_bytes > HTTP_MAX_CHUNK_EXTENSION_BYTES)
        return ERR_INVALID;
    return 0;
}

static int on_size_lf(struct chunked *c, char byte)
{
    if (byte != '\n')
        return ERR_INVALID;
    c->state = c->size > 0 ? CHUNKED_DATA : CHUNKED_TRAILER;
    c->n_digits = 0;
    return 0;
}

static int on_data_end(struct chunked *c, char byte)
{
    if (byte != (c->state == CHUNKED_DATA_CR ? '\r' : '\n'))
        return ERR_INVALID;
    c->state = c->state == CHUNKED_DATA_CR ? CHUNKED_DATA_LF : CHUNKED_SIZE;
    return 0;
}

static int end_trailer_line(struct chunked *c)
{
    if (c->line_bytes == 0) {
        c->state = CHUNKED_DONE;
        return 0;
    }
    if (!c->has_colon)
        return ERR_INVALID;
    c->line_bytes = 0;
    c->has_colon = false;
    c->has_cr = false;
    return 0;
}

/* Field lines up to an empty line: a name that is a token, a colon, a value without controls. */
static int on_trailer(struct chunked *c, char byte)
{
    if (++c->trailer_bytes > HTTP_MAX_TRAILER_BYTES)
        return ERR_INVALID;
    if (c->has_cr)
        return byte == '\n' ? end_trailer_line(c) : ERR_INVALID;
    if (byte == '\r') {
        c->has_cr = true;
        return 0;
    }
    if (byte == ':' && c->line_bytes > 0)
        c->has_colon = true;
    else if (c->has_colon ? !char_is_field_value(byte) : !char_in(&CHARS_TOKEN, byte))
        return ERR_INVALID;
    c->line_bytes++;
    return 0;
}

static int on_byte(struct chunked *c, char byte)
{
    switch (c->state) {
    case CHUNKED_SIZE:
        return on_size(c, byte);
    case CHUNKED_EXTENSION:
        return on_extension(c, byte);
    case CHUNKED_SIZE_LF:
        return on_size_lf(c, byte);
    case CHUNKED_DATA_CR:
    case CHUNKED_DATA_LF:
        return on_data_end(c, byte);
    default:
        return on_trailer(c, byte);
    }
}

static struct slice take_data(struct chunked *c, struct slice *input)
{
    const size_t length = input->length < c->size ? input->length : (size_t)c->size;
    const struct slice data = slice_of(input->data, length);

    *input = slice_skip(*input, length);
    c->size -= length;
    if (c->size == 0)
        c->state = CHUNKED_DATA_CR;
    return data;
}

int chunked_next(struct chunked *c, struct slice *input, struct slice *ret_data)
{
    while (input->length > 0 && c->state != CHUNKED_DONE) {
        if (c->state == CHUNKED_DATA) {
            *ret_data = take_data(c, input);
            return 0;
        }
        const int err = on_byte(c, input->data[0]);
        if (err < 0)
            return err;
        *input = slice_skip(*input, 1);
    }
    *ret_data = slice_of(input->data, 0);
    return 0;
}
