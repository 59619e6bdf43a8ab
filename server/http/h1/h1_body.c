// SPDX-License-Identifier: GPL-3.0-or-later
/* h1_body.c - the body of an HTTP/1.1 request on its way from the socket to the handler. */
#include "common/err.h"
#include "server/http/h1/h1_core.h"

enum {
    CHUNKED_READ_BYTES = 64 * 1024, /* what a pause can leave over must fit h->input */
    RATE_CHECK_MS = 5 * 1000,
};

void h1_body_begin(struct h1_session *h, const struct h1_head *head)
{
    h->chunked = (struct chunked){.state = CHUNKED_SIZE};
    h->rate = (struct body_rate){.since_ms = 0};
    h->rate_due_ms = 0;
    h->is_chunked = head->is_chunked;
    h->body_left = head->is_chunked ? 0 : head->content_length;
    h->has_body_end = !head->is_chunked && head->content_length == 0;
    h->discard_left = HTTP_MAX_DISCARD_BYTES;
    h->owes_continue = head->expects_continue;
}

bool h1_body_can_be_skipped(const struct h1_session *h)
{
    if (h->has_body_end)
        return true;
    /* A client that was not told to continue may send the body or not: nobody could tell. */
    if (h->owes_continue || h->is_broken || h->has_eof)
        return false;
    return h->is_chunked || h->body_left <= HTTP_MAX_DISCARD_BYTES;
}

/* Cuts the next run of body bytes off *input. */
static int decode(struct h1_session *h, struct slice *input, struct slice *ret_data)
{
    if (h->is_chunked) {
        const int err = chunked_next(&h->chunked, input, ret_data);
        h->has_body_end = h->chunked.state == CHUNKED_DONE;
        return err;
    }
    const size_t length = input->length < h->body_left ? input->length : (size_t)h->body_left;
    *ret_data = slice_of(input->data, length);
    *input = slice_skip(*input, length);
    h->body_left -= length;
    h->has_body_end = h->body_left == 0;
    return 0;
}

/* Hands over what the input holds of the body, as long as it is wanted. */
static void feed(struct h1_session *h, struct slice *input)
{
    struct slice data;

    while (input->length > 0 && !h->has_body_end && exchange_wants_body(h->x)) {
        if (decode(h, input, &data) < 0) {
            h->is_broken = true;
            exchange_end_body(h->x, ERR_INVALID);
            return;
        }
        if (data.length > 0)
            exchange_push_body(h->x, data);
    }
}

static enum h1_step feed_kept_input(struct h1_session *h)
{
    struct slice input = buf_slice(&h->input);
    const size_t before = input.length;

    h->owes_continue = false; /* it did not wait for us */
    feed(h, &input);
    buf_consume(&h->input, before - input.length);
    if (h->input.length == 0)
        buf_clear(&h->input);
    return H1_GO_ON;
}

static ssize_t read_body(struct h1_session *h)
{
    size_t size = h->is_chunked ? CHUNKED_READ_BYTES : LOOP_SCRATCH_BYTES;

    if (!h->is_chunked && size > h->body_left)
        size = (size_t)h->body_left; /* the next request stays in the socket */
    return connection_read(h->c, h->c->loop->read_scratch, size);
}

static enum h1_step feed_fresh_input(struct h1_session *h, size_t length)
{
    struct slice input = slice_of(h->c->loop->read_scratch, length);

    body_rate_add(&h->rate, h->c->loop->now_ms, length);
    feed(h, &input);
    buf_append_slice(&h->input, input);
    return h->input.err ? H1_CLOSE : H1_GO_ON;
}

static enum h1_step send_continue(struct h1_session *h)
{
    static const char LINE[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct iovec run = {.iov_base = (void *)(uintptr_t)LINE, .iov_len = sizeof LINE - 1};

    const ssize_t n = connection_write(h->c, &run, 1, false);
    if (n == ERR_AGAIN)
        return H1_WAIT;
    h->owes_continue = false;
    return n == (ssize_t)run.iov_len ? H1_GO_ON : H1_CLOSE;
}

/* Some more of the body, *budget bytes of reading at most. */
static enum h1_step move_some(struct h1_session *h, size_t *budget)
{
    if (h->input.length > 0)
        return feed_kept_input(h);
    if (h->owes_continue)
        return send_continue(h);
    if (*budget == 0) {
        connection_again(h->c);
        return H1_WAIT;
    }
    const ssize_t n = read_body(h);
    if (n == ERR_AGAIN)
        return H1_WAIT;
    if (n < 0)
        return H1_CLOSE;
    if (n == 0) {
        h->has_eof = true;
        exchange_end_body(h->x, ERR_IO);
        return H1_GO_ON;
    }
    *budget -= (size_t)n < *budget ? (size_t)n : *budget;
    return feed_fresh_input(h, (size_t)n);
}

enum h1_step h1_body_step(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;
    size_t budget = HTTP_BYTES_PER_TURN;
    enum h1_step step = H1_GO_ON;

    body_rate_run(&h->rate, loop->now_ms);
    while (step == H1_GO_ON && h->state == H1_BUSY && exchange_wants_body(h->x)) {
        if (h->has_body_end || h->x->body.has_end)
            exchange_end_body(h->x, 0);
        else
            step = move_some(h, &budget);
    }
    if (step == H1_WAIT) {
        if (h->rate_due_ms == 0)
            h->rate_due_ms = loop->now_ms + RATE_CHECK_MS;
        connection_set_deadline(h->c, h->rate_due_ms);
        return step;
    }
    body_rate_hold(&h->rate, loop->now_ms);
    if (h->state == H1_BUSY)
        connection_set_deadline(h->c, 0);
    return step;
}

enum h1_step h1_discard_step(struct h1_session *h)
{
    while (!h->has_body_end) {
        struct slice input = buf_slice(&h->input);
        if (input.length == 0) {
            const ssize_t n = read_body(h);
            if (n == ERR_AGAIN)
                return H1_WAIT;
            if (n <= 0)
                return H1_CLOSE;
            input = slice_of(h->c->loop->read_scratch, (size_t)n);
        }
        const size_t before = input.length;
        const bool is_kept = h->input.length > 0;
        struct slice data = input;
        while (input.length > 0 && !h->has_body_end) {
            if (decode(h, &input, &data) < 0)
                return H1_CLOSE;
        }
        if (is_kept)
            buf_consume(&h->input, before - input.length);
        else
            buf_append_slice(&h->input, input);
        if (before > h->discard_left || h->input.err)
            return H1_CLOSE;
        h->discard_left -= before;
    }
    return h1_next_request(h);
}
