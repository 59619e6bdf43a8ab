// SPDX-License-Identifier: GPL-3.0-or-later
/* control_client.h - how command-line tools talk to a running server: HTTP/1.1 over the Unix socket
 * in its data folder, one request per connection. Blocking. */
#ifndef SERVER_CLI_CONTROL_CLIENT_H
#define SERVER_CLI_CONTROL_CLIENT_H

#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

struct control_request {
    const char *method;
    const char *target; /* path and query */
    const char *fields; /* header lines, each ended by CRLF; may be NULL */
    struct slice body;  /* sent when body_fd < 0 */
    int body_fd;        /* file whose bytes from body_offset on are the body; -1: none */
    uint64_t body_offset;
    uint64_t body_length;                         /* of the file part */
    void (*on_sent)(void *arg, uint64_t n_bytes); /* progress of the file part; may be NULL */
    void *arg;
};

struct control_reply {
    int status;
    struct buf head; /* status line and fields */
    struct buf body;
};

/* Sends the request and reads the whole reply (1 MiB at most).
 * Returns 0 whatever the status is; ERR_NOT_FOUND when no server listens there, ERR_DENIED,
 * ERR_IO when the connection broke. The reply is cleared with control_reply_clear() in each case.
 */
int control_call(const char *socket_path, const struct control_request *request,
                 struct control_reply *reply);

void control_reply_clear(struct control_reply *reply);

/* The value of a header field of the reply, or a slice with a NULL pointer. */
struct slice control_reply_field(const struct control_reply *reply, const char *name);

/* The cause ("title") of a problem reply and what to do ("detail"), or a general sentence; borrowed
 * from the buffer given. For the one line that a failed tool prints. */
const char *control_reply_problem(const struct control_reply *reply, struct buf *text);

#endif
