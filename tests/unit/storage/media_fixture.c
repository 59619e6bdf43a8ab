// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/storage/media_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/encode.h"
#include "common/file.h"
#include "storage/media/upload_file.h"

void media_fixture_open(struct media_fixture *f)
{
    *f = (struct media_fixture){.store = NULL};
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/banmai-media-XXXXXX");
    cr_assert_not_null(mkdtemp(f->directory));
    cr_assert_eq(media_store_open(f->directory, 0, &f->store), 0);
}

void media_fixture_close(struct media_fixture *f)
{
    media_store_free(f->store);
    cr_expect_eq(file_remove_tree(AT_FDCWD, f->directory), 0);
}

static void path_of(const struct media_fixture *f, const char *path, char full[256])
{
    (void)snprintf(full, 256, "%s/%s", f->directory, path);
}

bool media_fixture_has(const struct media_fixture *f, const char *path)
{
    char full[256];

    path_of(f, path, full);
    return access(full, F_OK) == 0;
}

void media_fixture_write(const struct media_fixture *f, const char *path, const char *text)
{
    char full[256];

    path_of(f, path, full);
    CLEANUP(close_fd) const int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert_geq(fd, 0, "%s", full);
    cr_assert_eq(file_write_all(fd, text, strlen(text)), 0);
}

void media_fixture_read(const struct media_fixture *f, const char *path, char *text, size_t size)
{
    char full[256];

    path_of(f, path, full);
    CLEANUP(close_fd) const int fd = open(full, O_RDONLY);
    cr_assert_geq(fd, 0, "%s", full);
    const ssize_t n = read(fd, text, size - 1);
    cr_assert_geq(n, 0);
    text[n] = '\0';
}

void media_fixture_upload(struct media_fixture *f, const char *text, char id[ID_SIZE],
                          char sha256_text[SHA256_HEX_SIZE])
{
    CLEANUP(upload_file_free) struct upload_file *file = NULL;
    uint8_t value[SHA256_BYTES];

    id_new(id);
    cr_assert_eq(upload_file_open(f->store, id, 0, &file), 0);
    cr_assert_eq(upload_file_append(file, text, strlen(text)), 0);
    cr_assert_eq(upload_file_sync(file), 0);
    sha256(text, strlen(text), value);
    encode_hex(value, sizeof value, sha256_text);
}
