// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/counters.h"

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

/* allow(dead_code): for tests, which print all counters */
const char *http_counter_name(enum http_counter counter)
{
    return NAMES[counter];
}

void counters_add_up(const struct loop_counters *counters, struct http_counters *sum)
{
    for (int i = 0; i < HTTP_N_COUNTERS; i++)
        sum->values[i] += atomic_load_explicit(&counters->values[i], memory_order_relaxed);
}
