// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai check URL|DIR: is a package as players need it? One line for each finding.
 *
 * Nothing of the package is understood here. banmai-transcode looks at it in its box and says what
 * else it needs; this program fetches that into a folder of its own, and asks again. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"
#include "server/cli/commands.h"
#include "server/cli/fetched_list.h"
#include "server/roles/child.h"
#include "server/roles/install.h"

enum {
    OUTPUT_LIMIT = 64 << 20,
    FILE_LIMIT = 256 << 20,
    MAX_ROUNDS = 8, /* playlists of playlists are two deep */
    CONNECT_S = 10,
    STALLED_S = 60, /* at under a byte a second */
    READ_BYTES = 65536,
};

static const char TOP[] = "multivariant.m3u8"; /* what the check calls the URL that was given */

struct visit {
    const struct config *config;
    const char *url;
    char transcoder[PATH_MAX];
    char folder[PATH_MAX];
    int folder_fd; /* owned; -1: none */
    CURL *curl;    /* owned */
    struct fetched_list list;
};

static void visit_clear_cleanup(struct visit *v)
{
    fetched_list_clear(&v->list);
    if (v->curl)
        curl_easy_cleanup(v->curl);
    if (v->folder_fd < 0)
        return;
    (void)close(v->folder_fd);
    (void)file_remove_tree(AT_FDCWD, v->folder);
}

/* One file on its way in. */
struct incoming {
    FILE *file; /* owned */
    size_t n_bytes;
    bool is_gzip;
};

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct incoming *in = arg;

    in->n_bytes += size * n;
    return in->n_bytes <= FILE_LIMIT ? fwrite(data, size, n, in->file) : 0;
}

static size_t on_field(char *data, size_t size, size_t n, void *arg)
{
    struct incoming *in = arg;
    struct slice value = slice_of(data, size * n);
    const struct slice name = slice_split(&value, ':');
    const struct slice token = slice_trim(slice_split(&value, '\r'));

    if (slice_equals_nocase(name, slice_from("content-encoding")))
        in->is_gzip = slice_is(token, "gzip");
    return size * n;
}

/* The address of a path of the package: beside the playlist that was given. */
static int address_of(const struct visit *v, const char *path, struct buf *out)
{
    const char *slash = strrchr(v->url, '/');

    if (strcmp(path, TOP) == 0)
        buf_append_text(out, v->url);
    else
        buf_append_slice(out, slice_of(v->url, (size_t)(slash - v->url) + 1));
    if (strcmp(path, TOP) != 0)
        buf_append_text(out, path);
    return out->err;
}

static void note_answer(CURL *curl, const struct incoming *in, struct fetched *item)
{
    const char *type = NULL;
    long status = 0;

    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    item->status = (int)status;
    item->is_redirect = status >= 300 && status < 400;
    item->is_gzip = in->is_gzip;
    (void)snprintf(item->type, sizeof item->type, "%s", type ? type : "");
}

static int fetch(struct visit *v, size_t number)
{
    CLEANUP(buf_clear) struct buf address = buf_with_limit(8192);
    struct fetched *item = &v->list.items[number];
    struct incoming in = {0};
    char name[32];

    (void)snprintf(name, sizeof name, "f-%zu", number);
    const int err = address_of(v, item->path, &address);
    const int fd =
        err ? -1 : openat(v->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err ? err : err_from_errno(errno);
    in.file = fdopen(fd, "wb");
    if (!in.file) {
        (void)close(fd);
        return ERR_NO_MEMORY;
    }
    (void)curl_easy_setopt(v->curl, CURLOPT_URL, address.data);
    (void)curl_easy_setopt(v->curl, CURLOPT_WRITEDATA, &in);
    (void)curl_easy_setopt(v->curl, CURLOPT_HEADERDATA, &in);
    const CURLcode code = curl_easy_perform(v->curl);
    const bool is_written = fclose(in.file) == 0;
    if (code == CURLE_OK)
        note_answer(v->curl, &in, item);
    return is_written ? 0 : ERR_NO_SPACE;
}

static int set_up_curl(struct visit *v)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ERR_NO_MEMORY;
    v->curl = curl_easy_init();
    if (!v->curl || curl_easy_setopt(v->curl, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
        curl_easy_setopt(v->curl, CURLOPT_ACCEPT_ENCODING, "gzip") != CURLE_OK)
        return ERR_NO_MEMORY;
    (void)curl_easy_setopt(v->curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(v->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    (void)curl_easy_setopt(v->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(v->curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED_S);
    (void)curl_easy_setopt(v->curl, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(v->curl, CURLOPT_HEADERFUNCTION, on_field);
    (void)curl_easy_setopt(v->curl, CURLOPT_USERAGENT, "banmai-check/" BANMAI_VERSION);
    return 0;
}

static int read_all(int fd, struct buf *out)
{
    for (;;) {
        char *room = buf_reserve(out, READ_BYTES);
        const ssize_t n = room ? read(fd, room, READ_BYTES) : 0;
        if (!room)
            return out->err;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return 0;
        buf_commit(out, (size_t)n);
    }
}

/* Runs banmai-transcode check on a folder. Appends what it prints; *ret_status is its exit status.
 */
static int run_check(const struct visit *v, const char *folder, struct buf *out, int *ret_status)
{
    const char *argv[5] = {v->transcoder};
    size_t n = 1;
    int pipe_fds[2];
    int status = 0;
    pid_t pid;

    if (v->config->unsafe_no_sandbox)
        argv[n++] = "--unsafe-no-sandbox";
    argv[n++] = "check";
    argv[n] = folder;
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return err_from_errno(errno);
    const struct child_spec spec = {.argv = argv,
                                    .stdin_fd = -1,
                                    .stdout_fd = pipe_fds[1],
                                    .kept_fd = -1};
    int err = child_start(&spec, &pid);
    (void)close(pipe_fds[1]);
    if (!err) {
        err = read_all(pipe_fds[0], out);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    (void)close(pipe_fds[0]);
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
    return err;
}

static int write_list(const struct visit *v)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(OUTPUT_LIMIT);

    fetched_list_write(&v->list, &json);
    if (json.err)
        return json.err;
    return file_replace(v->folder_fd, "fetched.json", json.data, json.length, 0600);
}

/* One question: what is wrong, or what else is needed? Fetches that and says whether there was any.
 */
static int ask(struct visit *v, struct buf *findings, int *ret_status, bool *ret_is_done)
{
    const size_t n_before = v->list.n;

    buf_reset(findings);
    int err = write_list(v);
    if (!err)
        err = run_check(v, v->folder, findings, ret_status);
    if (!err)
        err = fetched_list_add_needed(&v->list, buf_slice(findings));
    for (size_t i = n_before; i < v->list.n && !err; i++)
        err = fetch(v, i);
    *ret_is_done = v->list.n == n_before;
    return err;
}

static int check_url(struct visit *v, struct buf *findings, int *ret_status)
{
    const char *tmp = getenv("TMPDIR");
    bool is_done = false;

    const int n =
        snprintf(v->folder, sizeof v->folder, "%s/banmai-check-XXXXXX", tmp ? tmp : "/tmp");
    if (n < 0 || (size_t)n >= sizeof v->folder || !mkdtemp(v->folder))
        return ERR_IO;
    v->folder_fd = open(v->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = v->folder_fd < 0 ? ERR_IO : set_up_curl(v);
    for (int round = 0; round < MAX_ROUNDS && !err && !is_done; round++)
        err = ask(v, findings, ret_status, &is_done);
    return err || is_done ? err : ERR_TOO_LARGE;
}

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

int command_check(int argc, char **argv)
{
    CLEANUP(visit_clear) struct visit visit = {.folder_fd = -1};
    CLEANUP(buf_clear) struct buf findings = buf_with_limit(OUTPUT_LIMIT);
    struct config config;
    int n = 0;
    int status = load_settings(&config, argc, argv, &n);

    if (status)
        return status;
    if (n != 1 || argv[0][0] == '-' || (is_url(argv[0]) && !strchr(argv[0] + 8, '/')))
        return fail_usage(
            "check needs the URL of a multivariant playlist, or the DIR of a package");
    if (install_transcoder(config.transcoder, visit.transcoder))
        return fail("there is no banmai-transcode: give its path with --transcoder");
    visit.config = &config;
    visit.url = argv[0];
    const int err = is_url(argv[0]) ? check_url(&visit, &findings, &status)
                                    : run_check(&visit, argv[0], &findings, &status);
    if (err)
        return fail("cannot check %s: %s", argv[0], err_text(err));
    (void)fputs(findings.data ? findings.data : "", stdout);
    return status;
}
