// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/h2_reader.h"

#include "tests/fuzz/fuzz.h"

enum { HEAD_BYTES = 9, MAX_FRAME_BYTES = 16384, LIMIT_BYTES = 1 << 20 };

struct frame {
    unsigned char type, flags;
    uint32_t stream;
    struct slice payload;
};

/* There are more slots than an input has room for streams. */
static struct h2_answer_read *answer_of(struct h2_reader *reader, uint32_t stream)
{
    size_t at = stream * 2654435761U % H2_READER_SLOTS;

    MUST(stream % 2 == 1); /* we never open one */
    while (reader->answers[at].stream != 0 && reader->answers[at].stream != stream)
        at = (at + 1) % H2_READER_SLOTS;
    struct h2_answer_read *answer = &reader->answers[at];
    if (answer->stream == 0)
        *answer = (struct h2_answer_read){.stream = stream, .content_length = UINT64_MAX};
    return answer;
}

static void end_answer(struct h2_answer_read *answer)
{
    answer->is_over = true;
    MUST(answer->status != 0);
    MUST(answer->n_bytes == 0 || answer->content_length == UINT64_MAX ||
         answer->n_bytes == answer->content_length);
}

/* ---- Heads ---- */

static void take_field(struct h2_answer_read *answer, unsigned *status, const nghttp2_nv *field)
{
    const struct slice name = slice_of((const char *)field->name, field->namelen);
    const struct slice value = slice_of((const char *)field->value, field->valuelen);

    MUST(name.length > 0);
    for (size_t i = 0; i < name.length; i++)
        MUST(name.data[i] < 'A' || name.data[i] > 'Z');
    for (size_t i = 0; i < value.length; i++)
        MUST(value.data[i] != '\r' && value.data[i] != '\n' && value.data[i] != '\0');
    if (name.data[0] == ':') {
        uint64_t number = 0;
        MUST(slice_is(name, ":status") && *status == 0);
        MUST(value.length == 3 && slice_to_u64(value, &number) == 0 && number >= 100);
        *status = (unsigned)number;
        return;
    }
    MUST(*status != 0); /* pseudo-fields come first */
    MUST(!slice_is(name, "connection") && !slice_is(name, "transfer-encoding"));
    if (slice_is(name, "content-length"))
        MUST(slice_to_u64(value, &answer->content_length) == 0);
    if (slice_is(name, "content-type"))
        answer->is_counting = slice_is(value, H2_READER_COUNTING_TYPE);
}

static void take_block(struct h2_reader *reader, bool is_end)
{
    struct h2_answer_read *answer = answer_of(reader, reader->block_stream);
    const uint8_t *at = (const uint8_t *)reader->block.data;
    size_t left = reader->block.length;
    unsigned status = 0;
    int flags = 0;

    MUST(!answer->is_over && answer->status == 0); /* no trailers of ours */
    while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv field;
        const ssize_t n = nghttp2_hd_inflate_hd2(reader->inflater, &field, &flags, at, left, 1);
        MUST(n >= 0);
        at += n;
        left -= (size_t)n;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            take_field(answer, &status, &field);
    }
    MUST(left == 0 && status != 0);
    (void)nghttp2_hd_inflate_end_headers(reader->inflater);
    if (status >= 200) {
        answer->status = status;
        reader->n_answers++;
    }
    MUST(status >= 200 || !is_end);
    if (is_end)
        end_answer(answer);
}

static void take_head(struct h2_reader *reader, const struct frame *frame)
{
    if (frame->type == NGHTTP2_HEADERS) {
        MUST(!(frame->flags & (NGHTTP2_FLAG_PADDED | NGHTTP2_FLAG_PRIORITY)));
        reader->block_stream = frame->stream;
        reader->block_flags = frame->flags;
        buf_reset(&reader->block);
    }
    MUST(frame->stream == reader->block_stream);
    buf_append_slice(&reader->block, frame->payload);
    MUST(reader->block.err == 0);
    if (!(frame->flags & NGHTTP2_FLAG_END_HEADERS))
        return;
    take_block(reader, (reader->block_flags & NGHTTP2_FLAG_END_STREAM) != 0);
    reader->block_stream = 0;
}

/* ---- Bodies ---- */

static void take_data(struct h2_reader *reader, const struct frame *frame)
{
    struct h2_answer_read *answer = answer_of(reader, frame->stream);

    MUST(!answer->is_over && answer->status != 0 && !(frame->flags & NGHTTP2_FLAG_PADDED));
    for (size_t i = 0; answer->is_counting && i < frame->payload.length; i++) {
        const unsigned char byte = (unsigned char)frame->payload.data[i];
        MUST(byte < H2_READER_MODULUS);
        MUST((answer->n_bytes == 0 && i == 0) ||
             byte == (answer->last_byte + 1) % H2_READER_MODULUS);
        answer->last_byte = byte;
    }
    answer->n_bytes += frame->payload.length;
    reader->n_body_bytes += frame->payload.length;
    MUST(answer->content_length == UINT64_MAX || answer->n_bytes <= answer->content_length);
    if (frame->flags & NGHTTP2_FLAG_END_STREAM)
        end_answer(answer);
}

/* ---- Frames ---- */

static void take_frame(struct h2_reader *reader, const struct frame *frame)
{
    const size_t length = frame->payload.length;

    MUST(reader->n_frames++ > 0 || frame->type == NGHTTP2_SETTINGS ||
         frame->type == NGHTTP2_GOAWAY);
    MUST((reader->block_stream != 0) == (frame->type == NGHTTP2_CONTINUATION));
    switch (frame->type) {
    case NGHTTP2_DATA:
        take_data(reader, frame);
        break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_CONTINUATION:
        take_head(reader, frame);
        break;
    case NGHTTP2_RST_STREAM:
        MUST(length == 4);
        answer_of(reader, frame->stream)->is_over = true;
        break;
    case NGHTTP2_SETTINGS:
        MUST(frame->stream == 0 && length % 6 == 0);
        MUST(length == 0 || !(frame->flags & NGHTTP2_FLAG_ACK));
        break;
    case NGHTTP2_PING:
        MUST(frame->stream == 0 && length == 8 && (frame->flags & NGHTTP2_FLAG_ACK));
        break;
    case NGHTTP2_GOAWAY:
        MUST(frame->stream == 0 && length >= 8);
        break;
    default: /* a server sends no other */
        MUST(frame->type == NGHTTP2_WINDOW_UPDATE && length == 4);
        MUST(frame->stream == 0 || frame->stream % 2 == 1);
    }
}

static uint32_t number_at(const char *at, size_t n_bytes)
{
    uint32_t number = 0;

    for (size_t i = 0; i < n_bytes; i++)
        number = number << 8 | (unsigned char)at[i];
    return number;
}

void h2_reader_begin(struct h2_reader *reader)
{
    memset(reader, 0, sizeof *reader);
    reader->input = buf_with_limit(LIMIT_BYTES);
    reader->block = buf_with_limit(LIMIT_BYTES);
    MUST(nghttp2_hd_inflate_new(&reader->inflater) == 0);
}

void h2_reader_take(struct h2_reader *reader, struct slice bytes)
{
    buf_append_slice(&reader->input, bytes);
    MUST(reader->input.err == 0);
    struct slice rest = buf_slice(&reader->input);
    while (rest.length >= HEAD_BYTES) {
        const size_t length = number_at(rest.data, 3);
        MUST(length <= MAX_FRAME_BYTES);
        if (rest.length < HEAD_BYTES + length)
            break;
        const struct frame frame = {.type = (unsigned char)rest.data[3],
                                    .flags = (unsigned char)rest.data[4],
                                    .stream = number_at(rest.data + 5, 4),
                                    .payload = slice_of(rest.data + HEAD_BYTES, length)};
        take_frame(reader, &frame);
        rest = slice_skip(rest, HEAD_BYTES + length);
    }
    buf_consume(&reader->input, reader->input.length - rest.length);
}

void h2_reader_end(struct h2_reader *reader)
{
    buf_clear(&reader->input);
    buf_clear(&reader->block);
    nghttp2_hd_inflate_del(reader->inflater);
    reader->inflater = NULL;
}
