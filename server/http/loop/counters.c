// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/loop/counters.h"

static const char *const NAMES[] = {
    [HTTP_COUNT_CONNECTIONS_OPEN] = "connections_open",
    [HTTP_COUNT_EXCHANGES_OPEN] = "exchanges_open",
    [HTTP_COUNT_CONNECTIONS] = "connections",
    [HTTP_COUNT_CONNECTIONS_TURNED_AWAY] = "connections_turned_away",
    [HTTP_COUNT_TLS_HANDSHAKES] = "tls_handshakes",
    [HTTP_COUNT_TLS_RESUMED] = "tls_resumed",
    [HTTP_COUNT_TLS_BY_KERNEL] = "tls_by_kernel",
    [HTTP_COUNT_TLS_FAILED] = "tls_failed",
    [HTTP_COUNT_REQUESTS] = "requests",
    [HTTP_COUNT_REQUESTS_H2] = "requests_h2",
    [HTTP_COUNT_REFUSED] = "refused",
    [HTTP_COUNT_ANSWERS_2XX] = "answers_2xx",
    [HTTP_COUNT_ANSWERS_3XX] = "answers_3xx",
    [HTTP_COUNT_ANSWERS_4XX] = "answers_4xx",
    [HTTP_COUNT_ANSWERS_5XX] = "answers_5xx",
    [HTTP_COUNT_ANSWERS_CUT_SHORT] = "answers_cut_short",
    [HTTP_COUNT_READ_AHEADS] = "read_aheads",
    [HTTP_COUNT_TIMEOUTS] = "timeouts",
    [HTTP_COUNT_BYTES_IN] = "bytes_in",
    [HTTP_COUNT_BYTES_OUT] = "bytes_out",
};

_Static_assert(sizeof NAMES / sizeof NAMES[0] == HTTP_N_COUNTERS, "each counter has a name");

const unsigned HTTP_LATENCIES_MS[HTTP_N_LATENCIES - 1] = {1,   2,   5,    10,   25,   50,
                                                          100, 250, 1000, 2500, 10000};

static void add_one(_Atomic uint64_t *value, uint64_t n)
{
    atomic_store_explicit(value, atomic_load_explicit(value, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

void counter_note_latency(struct loop_counters *counters, unsigned kind, int64_t ms)
{
    struct loop_latency *latency = &counters->latency[kind < HTTP_N_KINDS ? kind : 0];
    unsigned i = 0;

    while (i < HTTP_N_LATENCIES - 1 && ms > (int64_t)HTTP_LATENCIES_MS[i])
        i++;
    add_one(&latency->counts[i], 1);
    add_one(&latency->sum_ms, ms > 0 ? (uint64_t)ms : 0);
}

/* allow(dead_code): for tests, which print all counters */
const char *http_counter_name(enum http_counter counter)
{
    return NAMES[counter];
}

void counters_add_up(const struct loop_counters *counters, struct http_counters *sum)
{
    for (int i = 0; i < HTTP_N_COUNTERS; i++)
        sum->values[i] += atomic_load_explicit(&counters->values[i], memory_order_relaxed);
    for (int kind = 0; kind < HTTP_N_KINDS; kind++) {
        const struct loop_latency *from = &counters->latency[kind];
        struct http_latency *to = &sum->latency[kind];
        for (int i = 0; i < HTTP_N_LATENCIES; i++)
            to->counts[i] += atomic_load_explicit(&from->counts[i], memory_order_relaxed);
        to->sum_ms += atomic_load_explicit(&from->sum_ms, memory_order_relaxed);
    }
}
