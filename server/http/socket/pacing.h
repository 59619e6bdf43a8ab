// SPDX-License-Identifier: GPL-3.0-or-later
/* pacing.h - media leaves at a few times the rate at which it is played, not in one burst that
 * fills the queues of a shared uplink and of the cell: a neighbour's request then waits behind
 * less. A link that is slower than that does not notice. Pure.
 *
 * At first more is allowed, so that a player fills its buffer soon. */
#ifndef SERVER_HTTP_SOCKET_PACING_H
#define SERVER_HTTP_SOCKET_PACING_H

#include <stdint.h>

#define PACING_NONE UINT32_MAX /* as the kernel says it */

/* The rate in bytes/s for a connection whose first paced answer began age_ms ago; PACING_NONE for a
 * use of 0. */
uint32_t pacing_rate(uint32_t used_bytes_per_s, int64_t age_ms);

#endif
