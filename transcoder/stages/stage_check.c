// SPDX-License-Identifier: GPL-3.0-or-later
/* A package in a folder, or what was fetched of one from a server. Then the folder has the file
 * "fetched.json", which says under which names the files are and how the server answered:
 *
 *   {"files":{"v240/media.m3u8":{"file":"f-7","status":200,"type":"application/…",
 *                                "gzip":true,"redirect":false},…}} */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/json.h"
#include "transcoder/check/package_check.h"
#include "transcoder/stages/stage.h"

enum { OUTPUT_LIMIT = 64 << 20, INDEX_LIMIT = 64 << 20 };

struct folder {
    struct link *link;            /* borrowed */
    json_t *fetched;              /* owned; NULL: the files are there under their names */
    int fd;                       /* owned: the file that was read last */
    char name[PACKAGE_PATH_SIZE]; /* of that file */
};

static void folder_clear_cleanup(struct folder *f)
{
    json_decref(f->fetched);
    if (f->fd >= 0)
        (void)close(f->fd);
}

static const json_t *entry_of(const struct folder *f, const char *path)
{
    return json_object_get(json_object_get(f->fetched, "files"), path);
}

/* Opens the file unless it is open already. */
static int open_file(struct folder *f, const char *name)
{
    int fd;

    if (f->fd >= 0 && strcmp(f->name, name) == 0)
        return 0;
    const int err = link_open(f->link, name, &fd);
    if (err)
        return err;
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = fd;
    return slice_to_cstr(slice_from(name), f->name, sizeof f->name);
}

static int read_part(int fd, uint64_t offset, uint64_t size, struct buf *out)
{
    while (size > 0) {
        const size_t n = size < 65536 ? (size_t)size : 65536;
        char *room = buf_reserve(out, n);
        const ssize_t got = room ? pread(fd, room, n, (off_t)offset) : 0;
        if (!room)
            return out->err;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? err_from_errno(errno) : ERR_INVALID;
        buf_commit(out, (size_t)got);
        offset += (uint64_t)got;
        size -= (uint64_t)got;
    }
    return 0;
}

static int read_file(void *arg, const char *path, uint64_t offset, uint64_t size, struct buf *out)
{
    struct folder *f = arg;
    const json_t *entry = entry_of(f, path);
    const char *name = f->fetched ? json_string_value(json_object_get(entry, "file")) : path;

    if (f->fetched && !entry)
        return ERR_AGAIN;
    int err = name ? open_file(f, name) : ERR_NOT_FOUND;
    if (err)
        return err;
    const off_t end = lseek(f->fd, 0, SEEK_END);
    if (end < 0)
        return err_from_errno(errno);
    const uint64_t file_size = (uint64_t)end;
    if (offset > file_size || size > file_size - offset)
        return ERR_INVALID;
    err = read_part(f->fd, offset, size ? size : file_size - offset, out);
    link_progress(f->link, STAGE_CHECK, 0, 0);
    return err;
}

static void ask_server(void *arg, const char *path, struct package_reply *ret_reply)
{
    const struct folder *f = arg;
    const json_t *entry = entry_of(f, path);
    int64_t status = 0;

    (void)json_get_int(entry, "status", 0, 999, &status);
    ret_reply->status = (int)status;
    (void)json_get_text(entry, "type", ret_reply->type, sizeof ret_reply->type);
    ret_reply->is_gzip = json_is_true(json_object_get(entry, "gzip"));
    ret_reply->is_redirect = json_is_true(json_object_get(entry, "redirect"));
}

static int load_fetched(struct folder *f)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(INDEX_LIMIT);
    const int err = link_read_file(f->link, "fetched.json", &json);

    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    return json_parse(buf_slice(&json), &f->fetched);
}

int stage_check(const struct stage_context *context)
{
    CLEANUP(folder_clear) struct folder folder = {.link = context->link, .fd = -1};
    CLEANUP(buf_clear) struct buf lines = buf_with_limit(OUTPUT_LIMIT);
    CLEANUP(buf_clear) struct buf needed = buf_with_limit(OUTPUT_LIMIT);

    int err = load_fetched(&folder);
    struct package_files files = {.arg = &folder,
                                  .is_http = folder.fetched != NULL,
                                  .read = read_file,
                                  .ask = ask_server};
    struct check check = {.files = &files, .findings = {.out = &lines}, .needed = &needed};
    if (!err)
        err = package_check(&check, "multivariant.m3u8");
    if (!err)
        err = lines.err ? lines.err : needed.err;
    if (err)
        return fault_set(context->fault, FAILURE_INTERNAL, err, "the check was not finished: %s",
                         err_text(err));
    link_output(context->link, buf_slice(&needed));
    link_output(context->link, buf_slice(&lines));
    link_verdict(context->link, (int64_t)check.findings.n_errors,
                 (int64_t)check.findings.n_warnings);
    return 0;
}
