// SPDX-License-Identifier: GPL-3.0-or-later
/* status.h - status codes (RFC 9110 §15). Pure. */
#ifndef SERVER_HTTP_MESSAGE_STATUS_H
#define SERVER_HTTP_MESSAGE_STATUS_H

#include <stdbool.h>

/* "Not Found" and so on; "Status" for a code that has no name here. Static. */
const char *http_status_reason(int status);

/* 1xx, 204 and 304 never have a body nor a Content-Length of their own. */
bool http_status_has_body(int status);

#endif
