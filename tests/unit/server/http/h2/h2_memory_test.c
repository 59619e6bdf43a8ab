// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <malloc.h>
#include <string.h>

#include "server/http/h2/h2_memory.h"

/* Sessions that answer a request each with a head of two frames, and clients that read it. */

enum { N_SESSIONS = 3, VALUE_BYTES = 8000, N_VALUES = 4, OUTPUT_BYTES = 64 * 1024 };

struct talk {
    nghttp2_session *server, *client;
    char value[VALUE_BYTES + 1];
    char output[OUTPUT_BYTES]; /* of the server */
    size_t n_output;
    unsigned n_good_values, n_ends;
};

static struct h2_memory *memory;
static struct talk talks[N_SESSIONS];
static nghttp2_session_callbacks *callbacks;

static int on_header(nghttp2_session *ng, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *user)
{
    struct talk *talk = user;

    (void)ng, (void)frame, (void)flags, (void)name, (void)name_length;
    if (value_length == VALUE_BYTES && memcmp(value, talk->value, value_length) == 0)
        talk->n_good_values++;
    return 0;
}

static int on_stream_close(nghttp2_session *ng, int32_t id, uint32_t error_code, void *user)
{
    struct talk *talk = user;

    (void)ng, (void)id;
    talk->n_ends += error_code == 0;
    return 0;
}

static nghttp2_nv nv_of(const char *name, const char *value)
{
    return (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
                        .value = (uint8_t *)(uintptr_t)value,
                        .namelen = strlen(name),
                        .valuelen = strlen(value)};
}

static void hand_over(nghttp2_session *from, nghttp2_session *to)
{
    const uint8_t *bytes = NULL;
    ssize_t n;

    while ((n = nghttp2_session_mem_send(from, &bytes)) > 0)
        cr_assert_eq(nghttp2_session_mem_recv(to, bytes, (size_t)n), n);
    cr_assert_eq(n, 0);
}

static void start(struct talk *talk, char letter)
{
    const nghttp2_nv request[] = {nv_of(":method", "GET"), nv_of(":scheme", "https"),
                                  nv_of(":authority", "h"), nv_of(":path", "/")};

    memset(talk->value, letter, VALUE_BYTES);
    cr_assert_eq(h2_memory_new_session(memory, callbacks, talk, NULL, &talk->server), 0);
    cr_assert_eq(nghttp2_session_client_new(&talk->client, callbacks, talk), 0);
    cr_assert_eq(nghttp2_submit_settings(talk->server, 0, NULL, 0), 0);
    cr_assert_eq(nghttp2_submit_settings(talk->client, 0, NULL, 0), 0);
    cr_assert_eq(nghttp2_submit_request(talk->client, NULL, request, 4, NULL, NULL), 1);
    hand_over(talk->client, talk->server);
    hand_over(talk->server, talk->client);
}

static void set_up(void)
{
    cr_assert_eq(h2_memory_new(&memory), 0);
    cr_assert_eq(nghttp2_session_callbacks_new(&callbacks), 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    for (int i = 0; i < N_SESSIONS; i++)
        start(&talks[i], (char)('a' + i));
}

static void tear_down(void)
{
    for (int i = 0; i < N_SESSIONS; i++) {
        nghttp2_session_del(talks[i].server);
        nghttp2_session_del(talks[i].client);
    }
    nghttp2_session_callbacks_del(callbacks);
    h2_memory_free(memory);
}

TestSuite(h2_memory, .init = set_up, .fini = tear_down);

static void answer(struct talk *talk)
{
    const nghttp2_nv head[1 + N_VALUES] = {nv_of(":status", "200"), nv_of("a", talk->value),
                                           nv_of("b", talk->value), nv_of("c", talk->value),
                                           nv_of("d", talk->value)};

    cr_assert_eq(nghttp2_submit_response(talk->server, 1, head, 1 + N_VALUES, NULL), 0);
}

/* Copies one piece of output, as a session's turn does. */
static bool take_piece(struct talk *talk)
{
    const uint8_t *bytes = NULL;
    const ssize_t n = nghttp2_session_mem_send(talk->server, &bytes);

    cr_assert_geq(n, 0);
    cr_assert_leq(talk->n_output + (size_t)n, OUTPUT_BYTES);
    if (n > 0)
        memcpy(talk->output + talk->n_output, bytes, (size_t)n);
    talk->n_output += (size_t)n;
    return n > 0;
}

Test(h2_memory, sessions_that_take_turns_in_the_middle_of_a_head_do_not_mix)
{
    bool is_more = true;

    for (int i = 0; i < N_SESSIONS; i++)
        answer(&talks[i]);
    while (is_more) {
        is_more = false;
        for (int i = 0; i < N_SESSIONS; i++)
            is_more |= take_piece(&talks[i]);
    }
    for (int i = 0; i < N_SESSIONS; i++) {
        const uint8_t *output = (const uint8_t *)talks[i].output;
        cr_assert_gt(talks[i].n_output, 16384, "a second frame was needed");
        cr_assert_eq(nghttp2_session_mem_recv(talks[i].client, output, talks[i].n_output),
                     (ssize_t)talks[i].n_output);
        cr_assert_eq(talks[i].n_good_values, N_VALUES);
        cr_assert_eq(talks[i].n_ends, 2, "the server's and the client's");
    }
}

Test(h2_memory, a_session_outlives_others)
{
    nghttp2_session_del(talks[0].server);
    talks[0].server = NULL;
    answer(&talks[1]);
    hand_over(talks[1].server, talks[1].client);
    cr_assert_eq(talks[1].n_good_values, N_VALUES);
}

Test(h2_memory, a_session_has_no_frame_buffer_of_its_own)
{
    nghttp2_session *own = NULL, *lent = NULL;
    const size_t at_first = mallinfo2().uordblks;

    cr_assert_eq(nghttp2_session_server_new(&own, callbacks, NULL), 0);
    const size_t with_own = mallinfo2().uordblks;
    cr_assert_eq(h2_memory_new_session(memory, callbacks, NULL, NULL, &lent), 0);
    const size_t with_lent = mallinfo2().uordblks;
    if (with_own > at_first) /* a sanitizer's malloc() does not say */
        cr_assert_geq((with_own - at_first) - (with_lent - with_own), 16 * 1024);
    nghttp2_session_del(own);
    nghttp2_session_del(lent);
}
