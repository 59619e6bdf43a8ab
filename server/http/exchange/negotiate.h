// SPDX-License-Identifier: GPL-3.0-or-later
/* negotiate.h - what the ways of answering share. */
#ifndef SERVER_HTTP_EXCHANGE_NEGOTIATE_H
#define SERVER_HTTP_EXCHANGE_NEGOTIATE_H

#include "common/slice.h"

struct http_exchange;

/* Replaces the body by its Brotli or gzip form in the exchange's arena when the client accepts that
 * and it pays. Returns the coding's name for Content-Encoding, or NULL when the body stays. */
const char *compress_body(struct http_exchange *x, struct slice *body);

#endif
