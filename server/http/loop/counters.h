// SPDX-License-Identifier: GPL-3.0-or-later
/* counters.h - what the engine has done, for load views and metrics. Each loop writes its own
 * counters; any thread may read them at any time without a lock, so the values of one snapshot are
 * each true but not of the very same instant. */
#ifndef SERVER_HTTP_LOOP_COUNTERS_H
#define SERVER_HTTP_LOOP_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

enum http_counter {
    HTTP_COUNT_CONNECTIONS_OPEN,        /* now */
    HTTP_COUNT_EXCHANGES_OPEN,          /* requests being handled or answered now */
    HTTP_COUNT_CONNECTIONS,             /* accepted, ever */
    HTTP_COUNT_CONNECTIONS_TURNED_AWAY, /* closed at once: no descriptor or too many */
    HTTP_COUNT_TLS_HANDSHAKES,
    HTTP_COUNT_TLS_RESUMED,   /* of those */
    HTTP_COUNT_TLS_BY_KERNEL, /* of those: it encrypts what is sent */
    HTTP_COUNT_TLS_FAILED,
    HTTP_COUNT_REQUESTS,
    HTTP_COUNT_REQUESTS_H2, /* of those */
    HTTP_COUNT_REFUSED,     /* by the engine, for their form */
    HTTP_COUNT_ANSWERS_2XX,
    HTTP_COUNT_ANSWERS_3XX,
    HTTP_COUNT_ANSWERS_4XX,
    HTTP_COUNT_ANSWERS_5XX,
    HTTP_COUNT_ANSWERS_CUT_SHORT, /* the peer went away before the last byte */
    HTTP_COUNT_READ_AHEADS,       /* parts of files that had to come from a disk */
    HTTP_COUNT_TIMEOUTS,          /* connections closed by a deadline other than the idle one */
    HTTP_COUNT_BYTES_IN,          /* as seen above TLS */
    HTTP_COUNT_BYTES_OUT,
    HTTP_N_COUNTERS,
};

/* snake_case, as metrics spell them; static. */
const char *http_counter_name(enum http_counter counter);

/* How long answers took to begin, by the kind that http_exchange_set_kind() said. */
enum { HTTP_N_KINDS = 5, HTTP_N_LATENCIES = 12 };

/* Upper ends in ms; the last is open. */
extern const unsigned HTTP_LATENCIES_MS[HTTP_N_LATENCIES - 1];

struct http_latency {
    uint64_t counts[HTTP_N_LATENCIES]; /* answers up to that end, and beyond the one before it */
    uint64_t sum_ms;
};

struct http_counters {
    uint64_t values[HTTP_N_COUNTERS];
    struct http_latency latency[HTTP_N_KINDS];
};

/* What a loop writes to; one writer, so a plain load and store suffice. */
struct loop_counters {
    _Atomic uint64_t values[HTTP_N_COUNTERS];
    struct loop_latency {
        _Atomic uint64_t counts[HTTP_N_LATENCIES];
        _Atomic uint64_t sum_ms;
    } latency[HTTP_N_KINDS];
};

void counter_note_latency(struct loop_counters *counters, unsigned kind, int64_t ms);

static inline void counter_add(struct loop_counters *counters, enum http_counter counter,
                               uint64_t n)
{
    _Atomic uint64_t *value = &counters->values[counter];

    atomic_store_explicit(value, atomic_load_explicit(value, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

static inline void counter_subtract(struct loop_counters *counters, enum http_counter counter,
                                    uint64_t n)
{
    counter_add(counters, counter, (uint64_t)0 - n);
}

/* Adds what the loop has counted so far. */
void counters_add_up(const struct loop_counters *counters, struct http_counters *sum);

#endif
