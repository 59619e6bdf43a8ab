// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/stages/file_list.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/file.h"
#include "common/package/storyboard_files.h"

enum { BLOCK_BYTES = 64 << 10 };

/* Reads to the end. Stores how many bytes that were. */
static int digest_file(struct digest *digest, int fd, uint64_t *ret_bytes)
{
    char block[BLOCK_BYTES];
    uint64_t bytes = 0;

    for (;;) {
        const ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            break;
        digest_update(digest, block, (size_t)n);
        bytes += (uint64_t)n;
    }
    *ret_bytes = bytes;
    return 0;
}

static int add(struct link *link, struct package *package, const char *name)
{
    CLEANUP(close_fd) int fd = -1;
    struct package_entry entry = {0};
    struct digest *digest = NULL;

    int err = link_open(link, name, &fd);
    if (!err)
        err = digest_new(DIGEST_SHA256, &digest);
    if (!err)
        err = digest_file(digest, fd, &entry.bytes);
    if (!err) {
        uint8_t value[DIGEST_MAX_BYTES];
        digest_finish(digest, value);
        encode_hex(value, sizeof entry.sha256 / 2, entry.sha256);
        err = slice_to_cstr(slice_from(name), entry.name, sizeof entry.name);
    }
    digest_free(digest);
    link_alive(link);
    return err ? err : package_add_entry(package, &entry);
}

/* The same for a file that there need not be. */
static int add_if_there(struct link *link, struct package *package, const char *name)
{
    const int err = add(link, package, name);

    return err == ERR_NOT_FOUND ? 0 : err;
}

static int add_storyboard(struct link *link, struct package *package)
{
    char name[STORYBOARD_NAME_SIZE];
    int err = 0;

    if (package->n_sheets == 0)
        return 0;
    err = add(link, package, STORYBOARD_CUES_NAME);
    if (!err)
        err = add(link, package, STORYBOARD_SLIDES_NAME);
    for (uint32_t i = 0; i < package->n_sheets && !err; i++) {
        storyboard_sheet_name(i, name);
        err = add(link, package, name);
    }
    return err;
}

/* Each file once: they are numbered as they come first. */
static int add_slides(struct link *link, struct package *package)
{
    char name[SLIDE_NAME_SIZE];
    uint32_t last = 0;
    int err = 0;

    for (size_t i = 0; i < package->n_pictures && !err; i++) {
        if (package->pictures[i].file <= last)
            continue;
        last = package->pictures[i].file;
        slide_picture_name(last, name);
        err = add(link, package, name);
    }
    return err;
}

int file_list_make(struct link *link, struct package *package)
{
    static const char *const SINGLE[] = {"plan.json", POSTER_NAME, POSTER_SMALL_NAME};
    int err = 0;

    for (size_t i = 0; i < sizeof SINGLE / sizeof SINGLE[0] && !err; i++)
        err = add_if_there(link, package, SINGLE[i]);
    for (size_t i = 0; i < package->n_renditions && !err; i++) {
        for (size_t k = 0; k < package->renditions[i].n_files && !err; k++)
            err = add(link, package, package->renditions[i].files[k].name);
    }
    if (!err)
        err = add_storyboard(link, package);
    return err ? err : add_slides(link, package);
}
