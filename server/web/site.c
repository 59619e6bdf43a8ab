// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/site.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/file.h"

struct site {
    struct site_file files[SITE_MAX_FILES];
    size_t n_files;
    size_t total_bytes;
};

static const struct {
    const char *ending;
    const char *content_type;
} TYPES[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".txt", "text/plain; charset=utf-8"},
    {".woff2", "font/woff2"},
};

static bool ends_with(const char *text, const char *ending)
{
    const size_t n = strlen(text);
    const size_t m = strlen(ending);

    return n >= m && strcmp(text + n - m, ending) == 0;
}

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (ends_with(path, TYPES[i].ending))
            return TYPES[i].content_type;
    }
    return "application/octet-stream";
}

static const struct site_file *find_exact(const struct site *site, struct slice path)
{
    for (size_t i = 0; i < site->n_files; i++) {
        if (slice_is(path, site->files[i].path))
            return &site->files[i];
    }
    return NULL;
}

static int read_bytes(struct site *site, int dir_fd, const char *name, struct slice *ret_bytes)
{
    struct buf content = buf_with_limit(SITE_MAX_BYTES - site->total_bytes);
    const int err = file_read_all(dir_fd, name, &content);

    if (err) {
        buf_clear(&content);
        return err;
    }
    site->total_bytes += content.length;
    *ret_bytes = buf_slice(&content); /* the site owns the bytes now */
    return 0;
}

static int add_file(struct site *site, int dir_fd, const char *name, const char *path)
{
    uint8_t digest[SHA256_BYTES];
    char hex[17];

    if (site->n_files == SITE_MAX_FILES)
        return ERR_TOO_LARGE;
    struct site_file file = {
        .path = strdup(path),
        .content_type = type_of(path),
        .is_immutable = strncmp(path, "/assets/", 8) == 0,
        .is_page = ends_with(path, ".html"),
    };
    if (!file.path)
        return ERR_NO_MEMORY;
    const int err = read_bytes(site, dir_fd, name, &file.identity);
    if (err) {
        free(file.path);
        return err;
    }
    sha256(file.identity.data, file.identity.length, digest);
    encode_hex(digest, 8, hex);
    (void)snprintf(file.etag, sizeof file.etag, "\"%s\"", hex);
    site->files[site->n_files++] = file;
    return 0;
}

static int load_dir(struct site *site, int dir_fd, const char *prefix);

static int load_entry(struct site *site, int dir_fd, const char *prefix, const char *name)
{
    char path[512];
    struct stat st;

    const int n = snprintf(path, sizeof path, "%s/%s", prefix, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_TOO_LARGE;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return ERR_IO;
    if (S_ISREG(st.st_mode) && !ends_with(name, ".gz") && !ends_with(name, ".br"))
        return add_file(site, dir_fd, name, path);
    if (!S_ISDIR(st.st_mode))
        return 0;
    CLEANUP(close_fd) const int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? ERR_IO : load_dir(site, fd, path);
}

static int load_entries(struct site *site, DIR *dir, const char *prefix)
{
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        const int err = load_entry(site, dirfd(dir), prefix, entry->d_name);
        if (err)
            return err;
    }
    return 0;
}

static int load_dir(struct site *site, int dir_fd, const char *prefix)
{
    const int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir)
        return ERR_NOT_FOUND;
    const int err = load_entries(site, dir, prefix);
    (void)closedir(dir);
    return err;
}

/* The compressed form beside a file, when the build made one. */
static int load_form(struct site *site, int dir_fd, const char *path, const char *ending,
                     struct slice *ret_form)
{
    char name[520];

    (void)snprintf(name, sizeof name, "%s%s", path + 1, ending);
    const int err = read_bytes(site, dir_fd, name, ret_form);
    return err == ERR_NOT_FOUND ? 0 : err;
}

static int load_forms(struct site *site, int dir_fd)
{
    for (size_t i = 0; i < site->n_files; i++) {
        struct site_file *file = &site->files[i];
        int err = load_form(site, dir_fd, file->path, ".gz", &file->gzip);
        if (!err)
            err = load_form(site, dir_fd, file->path, ".br", &file->brotli);
        if (err)
            return err;
    }
    return 0;
}

DEFINE_CLEANUP(site_free, struct site *)

int site_load(const char *dir, struct site **ret_site)
{
    CLEANUP(close_fd) const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CLEANUP(site_free) struct site *site = calloc(1, sizeof *site);

    if (fd < 0)
        return ERR_NOT_FOUND;
    if (!site)
        return ERR_NO_MEMORY;
    int err = load_dir(site, fd, "");
    if (!err)
        err = load_forms(site, fd);
    if (!err && !find_exact(site, slice_from("/index.html")))
        err = ERR_NOT_FOUND;
    if (err)
        return err;
    *ret_site = site;
    site = NULL;
    return 0;
}

static void free_bytes(struct slice bytes)
{
    free((void *)(uintptr_t)bytes.data); /* allocated by read_bytes */
}

void site_free(struct site *site)
{
    if (!site)
        return;
    for (size_t i = 0; i < site->n_files; i++) {
        free(site->files[i].path);
        free_bytes(site->files[i].identity);
        free_bytes(site->files[i].gzip);
        free_bytes(site->files[i].brotli);
    }
    free(site);
}

static bool has_dot_in_last_part(struct slice path)
{
    for (size_t i = path.length; i > 0 && path.data[i - 1] != '/'; i--) {
        if (path.data[i - 1] == '.')
            return true;
    }
    return false;
}

/* "/.git/config": what scanners look for is no page of ours. */
static bool has_hidden_part(struct slice path)
{
    return path.length > 1 && memmem(path.data, path.length, "/.", 2) != NULL;
}

static bool is_below(struct slice path, const char *part)
{
    return slice_starts_with(path, part) &&
           (path.length == strlen(part) || path.data[strlen(part)] == '/');
}

const struct site_file *site_find(const struct site *site, struct slice path)
{
    const struct site_file *file = find_exact(site, path);

    if (file)
        return file;
    if (is_below(path, "/assets") || has_dot_in_last_part(path) || has_hidden_part(path))
        return NULL;
    return find_exact(site, slice_from("/index.html"));
}
