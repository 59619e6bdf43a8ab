// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai publish FILE --title T [--course C] [--wait]
 *
 * Uploads the file to the running server as any client does, resumably, over the control socket.
 * Without a running server one is started for as long as this takes, without a listener. The
 * lecture's id goes to standard output, everything else to standard error. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/id.h"
#include "common/json.h"
#include "server/cli/commands.h"
#include "server/cli/control_client.h"
#include "server/roles/child.h"
#include "server/roles/install.h"
#include "storage/jobs/title.h"

enum {
    FIELDS_LIMIT = 8192,
    POLL_MS = 500,
    SERVER_START_MS = 30000,
    SERVER_STOP_MS = 60000,
    PATIENCE_MS = 60000, /* without an answer of the server */
};

struct publishing {
    struct config config;
    const char *file;
    const char *title;
    const char *course;
    char socket[PATH_MAX];
    int fd;
    uint64_t size;
    char id[ID_SIZE];
    pid_t server;        /* ours; 0 when one ran already */
    bool shows_progress; /* standard error is a terminal */
    unsigned shown_percent;
    char shown_stage[16];
};

static void sleep_ms(unsigned ms)
{
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
                    NULL);
}

static int call(const struct publishing *p, const char *method, const char *target,
                const char *fields, struct control_reply *reply)
{
    const struct control_request request = {.method = method,
                                            .target = target,
                                            .fields = fields,
                                            .body_fd = -1};

    return control_call(p->socket, &request, reply);
}

static bool server_answers(const struct publishing *p)
{
    struct control_reply reply;
    const int err = call(p, "GET", "/healthz", NULL, &reply);

    control_reply_clear(&reply);
    return err == 0;
}

/* A server of our own, with our settings and without a listener. */
static int start_server(struct publishing *p)
{
    const char *const argv[] = {p->socket,     "serve", "--listen", "none",
                                "--log-level", "warn",  NULL};
    const char *arguments[8];
    char self[PATH_MAX];
    const struct child_spec spec = {
        .argv = arguments, .stdin_fd = -1, .stdout_fd = -1, .kept_fd = -1, .death_signal = SIGTERM};

    memcpy(arguments, argv, sizeof argv);
    arguments[0] = self;
    if (install_self(self) || config_export(&p->config) || child_start(&spec, &p->server))
        return fail("cannot start a server for this");
    const int64_t give_up_ms = clock_monotonic_ms() + SERVER_START_MS;
    while (!server_answers(p)) {
        if (kill(p->server, 0) < 0 || clock_monotonic_ms() > give_up_ms)
            return fail("the server that was started for this does not answer");
        sleep_ms(50);
    }
    return 0;
}

/* ---- showing ---- */

static void show(struct publishing *p, const char *stage, unsigned percent)
{
    const bool is_news =
        strcmp(stage, p->shown_stage) != 0 || percent / 10 != p->shown_percent / 10;

    if (p->shows_progress)
        (void)fprintf(stderr, "\r%-10s %3u %%", stage, percent);
    else if (is_news)
        (void)fprintf(stderr, "%s %u %%\n", stage, percent);
    (void)snprintf(p->shown_stage, sizeof p->shown_stage, "%s", stage);
    p->shown_percent = percent;
}

static void end_line(const struct publishing *p)
{
    if (p->shows_progress && p->shown_stage[0])
        (void)fputc('\n', stderr);
}

static void on_sent(void *arg, uint64_t n_bytes)
{
    struct publishing *p = arg;

    show(p, "upload", p->size ? (unsigned)(n_bytes * 100 / p->size) : 100);
}

/* ---- uploading ---- */

/* A value was checked to fit: titles by check_title, and no file of ours has a longer name. */
static void append_metadata(struct buf *fields, const char *key, const char *value)
{
    char encoded[BASE64_SIZE(TITLE_SIZE)];

    if (!value || strlen(value) >= TITLE_SIZE || !slice_is_plain_utf8(slice_from(value)))
        return;
    encode_base64(value, strlen(value), encoded);
    const bool is_first =
        !slice_starts_with(slice_of(fields->data + fields->length - 2, 2), "\r\n");
    buf_printf(fields, "%s%s %s", is_first ? "," : "Upload-Metadata: ", key, encoded);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int create(struct publishing *p)
{
    CLEANUP(buf_clear) struct buf fields = buf_with_limit(FIELDS_LIMIT);
    CLEANUP(buf_clear) struct buf text = buf_with_limit(FIELDS_LIMIT);
    struct control_reply reply;
    int status = EXIT_DONE;

    buf_printf(&fields, "Tus-Resumable: 1.0.0\r\nUpload-Length: %" PRIu64 "\r\n", p->size);
    append_metadata(&fields, "filename", base_name(p->file));
    append_metadata(&fields, "title", p->title);
    append_metadata(&fields, "course", p->course);
    buf_append_text(&fields, "\r\n");
    const int err =
        fields.err ? fields.err : call(p, "POST", "/api/v1/uploads", fields.data, &reply);
    if (err)
        return fail("the server does not answer: %s", err_text(err));
    struct slice id = control_reply_field(&reply, "location");
    id = slice_skip(id, id.length > ID_LENGTH ? id.length - ID_LENGTH : 0);
    if (reply.status != 201)
        status = fail("%s", control_reply_problem(&reply, &text));
    else if (!id_is_valid(id))
        status = fail("the server's answer cannot be read");
    else
        (void)slice_to_cstr(id, p->id, sizeof p->id);
    control_reply_clear(&reply);
    return status;
}

/* Where the upload stands. Returns 0, or ERR_UNAVAILABLE when the server does not answer now. */
static int ask_offset(const struct publishing *p, const char *target, uint64_t *ret_offset)
{
    struct control_reply reply;
    int err = call(p, "HEAD", target, "Tus-Resumable: 1.0.0\r\n", &reply);

    if (!err)
        err = slice_to_u64(control_reply_field(&reply, "upload-offset"), ret_offset);
    control_reply_clear(&reply);
    return err ? ERR_UNAVAILABLE : 0;
}

/* Whether asking again would get the same answer. A conflict is about the offset: it is asked for
 * again. */
static bool is_final(int status)
{
    return (status >= 400 && status < 500 && status != 409) || status == 507;
}

/* Sends what is missing. Returns 0, ERR_UNAVAILABLE to be tried again, or ERR_DENIED after having
 * told why. */
static int send_rest(struct publishing *p, const char *target, uint64_t offset)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(FIELDS_LIMIT);
    char fields[160];
    struct control_reply reply;

    (void)snprintf(fields, sizeof fields,
                   "Tus-Resumable: 1.0.0\r\nUpload-Offset: %" PRIu64
                   "\r\nContent-Type: application/offset+octet-stream\r\n",
                   offset);
    const struct control_request request = {
        .method = "PATCH",
        .target = target,
        .fields = fields,
        .body_fd = p->fd,
        .body_offset = offset,
        .body_length = p->size - offset,
        .on_sent = on_sent,
        .arg = p,
    };
    int err = control_call(p->socket, &request, &reply);
    if (!err && is_final(reply.status))
        err = ERR_DENIED;
    else if (err || reply.status != 204)
        err = ERR_UNAVAILABLE;
    if (err == ERR_DENIED)
        (void)fail("%s", control_reply_problem(&reply, &text));
    control_reply_clear(&reply);
    return err;
}

static int upload(struct publishing *p)
{
    int64_t give_up_ms = clock_monotonic_ms() + PATIENCE_MS;
    char target[64 + ID_SIZE];
    uint64_t offset = 0;

    (void)snprintf(target, sizeof target, "/api/v1/uploads/%s", p->id);
    int err = p->size > 0 ? send_rest(p, target, 0) : 0;
    while (err == ERR_UNAVAILABLE && clock_monotonic_ms() < give_up_ms) {
        const uint64_t before = offset;
        sleep_ms(POLL_MS);
        if (ask_offset(p, target, &offset))
            continue;
        if (offset > before)
            give_up_ms = clock_monotonic_ms() + PATIENCE_MS;
        err = offset == p->size ? 0 : send_rest(p, target, offset);
    }
    end_line(p);
    p->shown_stage[0] = '\0';
    if (err == ERR_UNAVAILABLE)
        return fail("the server does not answer; the upload %s can go on later", p->id);
    return err ? EXIT_FAILED : EXIT_DONE;
}

/* ---- waiting ---- */

enum look { LOOK_GO_ON, LOOK_READY, LOOK_FAILED, LOOK_NO_ANSWER };

static enum look judge(struct publishing *p, const json_t *lecture)
{
    const json_t *job = json_object_get(lecture, "job");
    const json_t *error = json_object_get(job, "error");
    const char *stage = json_string_value(json_object_get(job, "stage"));
    struct slice state;

    if (json_get_string(lecture, "state", &state))
        return LOOK_NO_ANSWER;
    if (slice_is(state, "ready")) {
        show(p, "ready", 100);
        return LOOK_READY;
    }
    if (slice_is(state, "failed")) {
        end_line(p);
        (void)fail("%s: %s (%s)", json_string_value(json_object_get(error, "code")),
                   json_string_value(json_object_get(error, "message")),
                   json_string_value(json_object_get(error, "message_en")));
        return LOOK_FAILED;
    }
    show(p, stage ? stage : "queued",
         (unsigned)(json_number_value(json_object_get(job, "progress")) * 100));
    return LOOK_GO_ON;
}

static enum look look(struct publishing *p, const char *target)
{
    CLEANUP(json_decref) json_t *lecture = NULL;
    enum look result = LOOK_NO_ANSWER;
    struct control_reply reply;

    if (call(p, "GET", target, NULL, &reply) == 0) {
        if (reply.status == 200 && json_parse(buf_slice(&reply.body), &lecture) == 0)
            result = judge(p, lecture);
        else if (reply.status == 404) {
            (void)fail("the lecture was deleted");
            result = LOOK_FAILED;
        }
    }
    control_reply_clear(&reply);
    return result;
}

static int wait_until_ready(struct publishing *p)
{
    int64_t give_up_ms = clock_monotonic_ms() + PATIENCE_MS;
    char target[64 + ID_SIZE];

    (void)snprintf(target, sizeof target, "/api/v1/lectures/%s", p->id);
    for (;;) {
        const enum look result = look(p, target);
        if (result == LOOK_READY) {
            end_line(p);
            return EXIT_DONE;
        }
        if (result == LOOK_FAILED)
            return EXIT_FAILED;
        if (result == LOOK_GO_ON)
            give_up_ms = clock_monotonic_ms() + PATIENCE_MS;
        else if (clock_monotonic_ms() > give_up_ms)
            return fail("the server does not answer; the lecture %s is made when it runs again",
                        p->id);
        sleep_ms(POLL_MS);
    }
}

/* ---- the subcommand ---- */

static int open_source(struct publishing *p)
{
    struct stat st;

    p->fd = open(p->file, O_RDONLY | O_CLOEXEC);
    if (p->fd < 0)
        return fail("cannot open %s: %s", p->file, strerrordesc_np(errno));
    if (fstat(p->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return fail("%s is not a file", p->file);
    p->size = (uint64_t)st.st_size;
    return 0;
}

static int publish(struct publishing *p, bool waits)
{
    int status = open_source(p);

    if (!status && !server_answers(p))
        status = start_server(p);
    if (!status)
        status = create(p);
    if (!status)
        status = upload(p);
    if (!status) {
        (void)printf("%s\n", p->id);
        (void)fflush(stdout);
    }
    if (!status && waits)
        status = wait_until_ready(p);
    if (p->server > 0)
        (void)child_stop(p->server, SIGTERM, SERVER_STOP_MS);
    return status;
}

/* Said here, where the option's name is known. */
static int check_title(const char *option, const char *title)
{
    static const char *const FAULTS[] = {
        [TITLE_EMPTY] = "is empty",
        [TITLE_TOO_LONG] = "is too long: at most 200 characters are kept",
        [TITLE_NOT_UTF8] = "is not UTF-8",
        [TITLE_HAS_CONTROLS] = "holds line ends, tabs or other control characters",
    };
    const enum title_fault fault = title ? title_check(slice_from(title)) : TITLE_FINE;

    return fault ? fail_usage("--%s %s", option, FAULTS[fault]) : 0;
}

int command_publish(int argc, char **argv)
{
    struct publishing p = {.fd = -1};
    int n = 0;

    int status = load_settings(&p.config, argc, argv, &n);
    if (status)
        return status;
    if (take_option(&n, argv, "title", &p.title) || take_option(&n, argv, "course", &p.course))
        return fail_usage("--title and --course need a value");
    const bool waits = take_switch(&n, argv, "wait");
    if (n != 1 || argv[0][0] == '-')
        return fail_usage("publish needs the name of one FILE");
    if (check_title("title", p.title) || check_title("course", p.course))
        return EXIT_USAGE;
    if (control_path(&p.config, p.socket))
        return fail("the path of the data folder is too long");
    p.file = argv[0];
    p.shows_progress = isatty(STDERR_FILENO) == 1;
    status = publish(&p, waits);
    if (p.fd >= 0)
        (void)close(p.fd);
    return status;
}
