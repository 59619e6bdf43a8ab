// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/cli/control_client.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/json.h"

enum { REPLY_LIMIT = 1 << 20, HEAD_LIMIT = 16384, FILE_STEP_BYTES = 1 << 20 };

static int connect_to(const char *path, int *ret_fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (slice_to_cstr(slice_from(path), address.sun_path, sizeof address.sun_path))
        return ERR_INVALID;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_from_errno(errno);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        const int why = errno;
        (void)close(fd);
        return why == ECONNREFUSED ? ERR_NOT_FOUND : err_from_errno(why);
    }
    *ret_fd = fd;
    return 0;
}

static int send_all(int fd, struct slice bytes)
{
    while (bytes.length > 0) {
        const ssize_t n = send(fd, bytes.data, bytes.length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        bytes = slice_skip(bytes, (size_t)n);
    }
    return 0;
}

static int send_file(int fd, const struct control_request *request)
{
    off_t at = (off_t)request->body_offset;
    uint64_t left = request->body_length;

    while (left > 0) {
        const size_t step = left < FILE_STEP_BYTES ? (size_t)left : FILE_STEP_BYTES;
        const ssize_t n = sendfile(fd, request->body_fd, &at, step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_IO; /* 0: the file became shorter */
        left -= (uint64_t)n;
        if (request->on_sent)
            request->on_sent(request->arg, request->body_length - left);
    }
    return 0;
}

static int send_request(int fd, const struct control_request *request)
{
    CLEANUP(buf_clear) struct buf head = buf_with_limit(HEAD_LIMIT);
    const bool has_file = request->body_fd >= 0;
    const uint64_t length = has_file ? request->body_length : request->body.length;

    buf_printf(&head, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s",
               request->method, request->target, request->fields ? request->fields : "");
    if (length > 0 || has_file || strcmp(request->method, "POST") == 0)
        buf_printf(&head, "Content-Length: %" PRIu64 "\r\n", length);
    buf_append_text(&head, "\r\n");
    int err = head.err ? head.err : send_all(fd, buf_slice(&head));
    if (!err)
        err = has_file ? send_file(fd, request) : send_all(fd, request->body);
    return err;
}

/* Leaves the head, its last CRLF included, in reply->head and the rest in reply->body. */
static int split_reply(struct control_reply *reply, const struct buf *all)
{
    const char *end = all->length > 0 ? memmem(all->data, all->length, "\r\n\r\n", 4) : NULL;
    uint64_t status;

    if (!end || all->length < 12 || memcmp(all->data, "HTTP/1.1 ", 9) != 0 ||
        slice_to_u64(slice_of(all->data + 9, 3), &status))
        return ERR_IO;
    const size_t head_length = (size_t)(end - all->data) + 2;
    reply->status = (int)status;
    buf_append(&reply->head, all->data, head_length);
    buf_append(&reply->body, end + 4, all->length - head_length - 2);
    return reply->head.err ? reply->head.err : reply->body.err;
}

static int read_reply(int fd, struct control_reply *reply)
{
    CLEANUP(buf_clear) struct buf all = buf_with_limit(REPLY_LIMIT);

    for (;;) {
        char *room = buf_reserve(&all, 4096);
        if (!room)
            return all.err;
        const ssize_t n = recv(fd, room, 4096, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && all.length == 0)
            return ERR_IO;
        if (n <= 0)
            return split_reply(reply, &all);
        buf_commit(&all, (size_t)n);
    }
}

int control_call(const char *socket_path, const struct control_request *request,
                 struct control_reply *reply)
{
    CLEANUP(close_fd) int fd = -1;

    *reply = (struct control_reply){.head = buf_with_limit(HEAD_LIMIT),
                                    .body = buf_with_limit(REPLY_LIMIT)};
    int err = connect_to(socket_path, &fd);
    if (err)
        return err;
    err = send_request(fd, request);
    /* A server that refuses a body answers and closes before all of it was sent. */
    const int read_err = read_reply(fd, reply);
    return read_err == 0 ? 0 : err ? err : read_err;
}

void control_reply_clear(struct control_reply *reply)
{
    buf_clear(&reply->head);
    buf_clear(&reply->body);
}

struct slice control_reply_field(const struct control_reply *reply, const char *name)
{
    struct slice rest = buf_slice(&reply->head);

    while (rest.data) {
        struct slice value = slice_split(&rest, '\n');
        const struct slice field = slice_split(&value, ':');
        if (value.data && slice_equals_nocase(field, slice_from(name))) {
            if (value.length > 0 && value.data[value.length - 1] == '\r')
                value.length--;
            return slice_trim(value);
        }
    }
    return slice_of(NULL, 0);
}

/* ": role is not-one-of, login is required", the fields that were refused. Returns whether any was.
 */
static bool append_faults(const json_t *problem, struct buf *text)
{
    const json_t *errors = NULL;
    struct slice pointer, code;
    bool has_any = false;

    if (json_get_array(problem, "errors", &errors))
        return false;
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *fault = json_array_get(errors, i);
        if (json_get_string(fault, "pointer", &pointer) || json_get_string(fault, "code", &code))
            continue;
        pointer = slice_skip(pointer, 1);
        buf_printf(text, "%s %.*s is %.*s", has_any ? "," : ":", SLICE_ARGS(pointer),
                   SLICE_ARGS(code));
        has_any = true;
    }
    return has_any;
}

const char *control_reply_problem(const struct control_reply *reply, struct buf *text)
{
    CLEANUP(json_decref) json_t *problem = NULL;
    struct slice cause;
    struct slice advice;

    buf_reset(text);
    if (json_parse(buf_slice(&reply->body), &problem) == 0 &&
        json_get_string(problem, "title", &cause) == 0) {
        buf_append_slice(text, cause);
        if (!append_faults(problem, text) && json_get_string(problem, "detail", &advice) == 0)
            buf_printf(text, ". %.*s", SLICE_ARGS(advice));
    } else {
        buf_printf(text, "the server answered with status %d", reply->status);
    }
    return text->data ? text->data : "the server's answer cannot be read";
}
