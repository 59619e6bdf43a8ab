// SPDX-License-Identifier: GPL-3.0-or-later
/* accept_encoding.h - the Accept-Encoding field (RFC 9110 §12.5.3). Pure. */
#ifndef SERVER_HTTP_MESSAGE_ACCEPT_ENCODING_H
#define SERVER_HTTP_MESSAGE_ACCEPT_ENCODING_H

#include <stdbool.h>

#include "common/slice.h"

/* Whether the field allows the coding ("gzip") and does not prefer the body as it is.
 * A field that was not sent (NULL pointer) allows nothing: old clients cannot decode. */
bool accepts_encoding(struct slice value, const char *coding);

#endif
