// SPDX-License-Identifier: GPL-3.0-or-later
/* media_fixture.h - a media store in a directory of its own. */
#ifndef TESTS_UNIT_STORAGE_MEDIA_FIXTURE_H
#define TESTS_UNIT_STORAGE_MEDIA_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/id.h"
#include "storage/jobs/lecture_store.h"
#include "storage/media/media_store.h"

struct media_fixture {
    char directory[64];
    struct media_store *store;
};

/* Abort the test when they cannot. */
void media_fixture_open(struct media_fixture *f);
void media_fixture_close(struct media_fixture *f);

/* Paths below the directory. */
bool media_fixture_has(const struct media_fixture *f, const char *path);
void media_fixture_write(const struct media_fixture *f, const char *path, const char *text);
void media_fixture_read(const struct media_fixture *f, const char *path, char *text, size_t size);

/* A complete upload file with this text, and its hash. */
void media_fixture_upload(struct media_fixture *f, const char *text, char id[ID_SIZE],
                          char sha256[SHA256_HEX_SIZE]);

#endif
