// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/h2_session.h"

#include <stdlib.h>

#include "common/err.h"
#include "server/http/h2/h2_core.h"
#include "server/http/h2/h2_frames.h"
#include "server/http/h2/h2_memory.h"

enum {
    /* nghttp2 counts each read that brings a part of a frame's head as a frame. We count right; its
     * limit is for blocks that it does not tell us of. */
    NGHTTP2_CONTINUATIONS = HTTP_MAX_CONTINUATIONS * H2_FRAME_HEAD_BYTES,
};

/* What a request means is judged by h2_head.c alone: two judges could disagree. */
static void set_options(nghttp2_option *option)
{
    nghttp2_option_set_no_http_messaging(option, 1);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_max_outbound_ack(option, HTTP_MAX_WAITING_ACKS);
    nghttp2_option_set_max_continuations(option, NGHTTP2_CONTINUATIONS);
    nghttp2_option_set_max_deflate_dynamic_table_size(option, HTTP_HPACK_TABLE_BYTES);
    nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_PRIORITY_UPDATE);
}

static int new_nghttp2(struct h2_session *h)
{
    struct http_loop *loop = h->c->loop;
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    int err = loop->h2_memory ? 0 : h2_memory_new(&loop->h2_memory);

    if (err == 0 && nghttp2_session_callbacks_new(&callbacks) == 0 &&
        nghttp2_option_new(&option) == 0) {
        h2_frames_set_callbacks(callbacks);
        set_options(option);
        err = h2_memory_new_session(loop->h2_memory, callbacks, h, option, &h->ng);
    } else {
        err = ERR_NO_MEMORY;
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return err;
}

static int greet(struct h2_session *h)
{
    static const nghttp2_settings_entry SETTINGS[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, HTTP_MAX_STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, HTTP_STREAM_WINDOW_BYTES},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_MAX_HEAD_BYTES},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };

    if (nghttp2_submit_settings(h->ng, NGHTTP2_FLAG_NONE, SETTINGS,
                                sizeof SETTINGS / sizeof SETTINGS[0]) != 0 ||
        nghttp2_session_set_local_window_size(h->ng, NGHTTP2_FLAG_NONE, 0,
                                              HTTP_CONNECTION_WINDOW_BYTES) != 0)
        return ERR_NO_MEMORY;
    return 0;
}

int h2_session_start(struct connection *c)
{
    struct h2_session *h = calloc(1, sizeof *h);

    if (!h)
        return ERR_NO_MEMORY;
    frame_count_init(&h->incoming);
    h->c = c;
    h->output = buf_with_limit((size_t)2 * LOOP_SCRATCH_BYTES);
    h->window_credit = HTTP_FREE_WINDOW_UPDATES;
    h->idle_since_ms = c->loop->now_ms;
    list_init(&h->streams);
    list_init(&h->work);
    if (new_nghttp2(h) < 0 || greet(h) < 0) {
        nghttp2_session_del(h->ng);
        free(h);
        return ERR_NO_MEMORY;
    }
    h2_begin(h);
    return 0;
}

void h2_session_clear_spare(struct http_loop *loop)
{
    free(loop->spare_draft);
    h2_memory_free(loop->h2_memory);
}
