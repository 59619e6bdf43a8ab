// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/fingerprint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"

enum { SAMPLE_BYTES = 64 << 10 };

/* Reads up to `length` bytes; fewer at the end of the file. */
static int read_at(int fd, int64_t offset, char *data, size_t length, size_t *ret_length)
{
    size_t have = 0;

    while (have < length) {
        const ssize_t n = pread(fd, data + have, length - have, offset + (int64_t)have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            break;
        have += (size_t)n;
    }
    *ret_length = have;
    return 0;
}

int fingerprint_of(int fd, int64_t size_bytes, char text[FINGERPRINT_SIZE])
{
    const int64_t last = size_bytes > SAMPLE_BYTES ? size_bytes - SAMPLE_BYTES : 0;
    const int64_t offsets[3] = {0, size_bytes / 2, last};
    CLEANUP(digest_free) struct digest *digest = NULL;
    CLEANUP(free_ptr) char *data = malloc(SAMPLE_BYTES);
    char size_text[32];
    uint8_t value[DIGEST_MAX_BYTES];

    int err = data ? digest_new(DIGEST_SHA256, &digest) : ERR_NO_MEMORY;
    if (err)
        return err;
    const int n = snprintf(size_text, sizeof size_text, "%" PRId64 "\n", size_bytes);
    digest_update(digest, size_text, (size_t)n);
    for (size_t i = 0; i < 3; i++) {
        size_t length = 0;
        err = read_at(fd, offsets[i], data, SAMPLE_BYTES, &length);
        if (err)
            return err;
        digest_update(digest, data, length);
    }
    digest_finish(digest, value);
    encode_hex(value, SHA256_BYTES, text);
    return 0;
}
