// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/h2_frames.h"

#include "server/http/h2/h2_core.h"

/* A request behind our GOAWAY. Some are on their way when it is sent; nghttp2 reads and forgets
 * them. */
static bool is_late(const struct h2_session *h, const nghttp2_frame_hd *frame)
{
    return h->is_leaving && frame->type == NGHTTP2_HEADERS &&
           frame->stream_id > nghttp2_session_get_last_proc_stream_id(h->ng);
}

/* A header block may be cut into frames, but neither into many nor into a long one. */
static int note_block(struct h2_session *h, const nghttp2_frame_hd *frame)
{
    if (frame->type == NGHTTP2_HEADERS) {
        h->block_bytes = 0;
        h->n_block_frames = 0;
    }
    h->block_bytes += frame->length;
    if (h->block_bytes > HTTP_MAX_HEADER_BLOCK_BYTES ||
        ++h->n_block_frames > 1 + HTTP_MAX_CONTINUATIONS)
        return h2_fail(h, NGHTTP2_ENHANCE_YOUR_CALM);
    if (is_late(h, frame))
        return h2_note(h, MISDEED_PROVOKED_RESET);
    return frame->length == 0 ? h2_note(h, MISDEED_EMPTY_FRAME) : 0;
}

/* Data that we sent explains it. */
static int note_window_update(struct h2_session *h)
{
    if (h->window_credit == 0)
        return h2_note(h, MISDEED_CONTROL_FRAME);
    h->window_credit--;
    return 0;
}

static int on_begin_frame(nghttp2_session *ng, const nghttp2_frame_hd *frame, void *user)
{
    struct h2_session *h = user;

    (void)ng;
    h->incoming.n_told++;
    switch (frame->type) {
    case NGHTTP2_DATA:
        if (frame->length > 0 || (frame->flags & NGHTTP2_FLAG_END_STREAM))
            return 0;
        return h2_note(h, MISDEED_EMPTY_FRAME);
    case NGHTTP2_HEADERS:
    case NGHTTP2_CONTINUATION:
        return note_block(h, frame);
    case NGHTTP2_WINDOW_UPDATE:
        return note_window_update(h);
    case NGHTTP2_RST_STREAM:
        return 0; /* noted when it is known whose */
    case NGHTTP2_PRIORITY:
        if (frame->stream_id == 0) /* nghttp2 does not look at the frame (RFC 9113 §6.3) */
            return h2_fail(h, NGHTTP2_PROTOCOL_ERROR);
        return h2_note(h, MISDEED_CONTROL_FRAME);
    default:
        return h2_note(h, MISDEED_CONTROL_FRAME);
    }
}

/* The peer takes a request back. */
static int note_reset(struct h2_session *h, int32_t id)
{
    const struct h2_stream *s = nghttp2_session_get_stream_user_data(h->ng, id);

    if (!s)
        return h2_note(h, MISDEED_CONTROL_FRAME);
    const bool is_early = !s->has_answer || h->c->loop->now_ms - s->opened_ms < HTTP_EARLY_RESET_MS;
    return h2_note(h, is_early ? MISDEED_EARLY_RESET : MISDEED_LATE_RESET);
}

/* nghttp2 heeds it for what is being sent; an answer that begins later goes by our notes. */
static void take_priority_update(struct h2_session *h, const nghttp2_ext_priority_update *update)
{
    const struct priority p =
        priority_parse(slice_of((const char *)update->field_value, update->field_value_len));
    struct h2_stream *s = nghttp2_session_get_stream_user_data(h->ng, update->stream_id);

    if (s) {
        s->priority = p;
        return;
    }
    h->early_priority_id = update->stream_id;
    h->early_priority = p;
}

/* A frame of padding alone is as empty as one of no bytes. */
static bool is_padding(const nghttp2_frame *frame)
{
    return frame->hd.length > 0 && frame->data.padlen == frame->hd.length &&
           !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM);
}

static int on_frame(nghttp2_session *ng, const nghttp2_frame *frame, void *user)
{
    struct h2_session *h = user;
    int result = 0;

    (void)ng;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
        result = h2_take_headers(h, frame);
        break;
    case NGHTTP2_RST_STREAM:
        return note_reset(h, frame->hd.stream_id);
    case NGHTTP2_SETTINGS:
        h->is_greeted = true;
        return 0;
    case NGHTTP2_PRIORITY_UPDATE:
        take_priority_update(h, frame->ext.payload);
        return 0;
    case NGHTTP2_DATA:
        if (is_padding(frame))
            result = h2_note(h, MISDEED_EMPTY_FRAME);
        break;
    default:
        return 0;
    }
    if (result == 0 && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        result = h2_take_end(h, frame->hd.stream_id);
    return result;
}

/* nghttp2 resets the stream, or ends the connection. */
static int on_invalid_frame(nghttp2_session *ng, const nghttp2_frame *frame, int error, void *user)
{
    (void)ng;
    (void)frame;
    (void)error;
    return h2_note(user, MISDEED_PROVOKED_RESET);
}

static int on_frame_sent(nghttp2_session *ng, const nghttp2_frame *frame, void *user)
{
    const bool is_answer = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;

    /* A window beyond its limit, by SETTINGS perhaps: nghttp2 alone resets for that. */
    if (frame->hd.type == NGHTTP2_RST_STREAM &&
        frame->rst_stream.error_code == NGHTTP2_FLOW_CONTROL_ERROR)
        return h2_note(user, MISDEED_PROVOKED_RESET);
    if (is_answer && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
        struct h2_stream *s = nghttp2_session_get_stream_user_data(ng, frame->hd.stream_id);
        if (s)
            h2_answer_sent(s);
    }
    return 0;
}

void h2_frames_set_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, h2_on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, h2_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, h2_on_data_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, h2_on_stream_close);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, h2_on_send_data);
}
