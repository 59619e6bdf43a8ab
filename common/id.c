// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/id.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

#include "common/clock.h"
#include "common/encode.h"

void random_bytes(void *data, size_t length)
{
    unsigned char *at = data;

    while (length > 0) {
        const ssize_t n = getrandom(at, length, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            abort();
        at += n;
        length -= (size_t)n;
    }
}

void id_new(char text[ID_SIZE])
{
    unsigned char bytes[16];
    const uint64_t now_ms = (uint64_t)clock_wall_ms();

    random_bytes(bytes, sizeof bytes);
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(now_ms >> (8 * (5 - i)));
    bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0f)); /* version 7 */
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f)); /* variant of RFC 9562 */
    encode_hex(bytes, sizeof bytes, text);
}

bool id_is_valid(struct slice s)
{
    if (s.length != ID_LENGTH)
        return false;
    for (size_t i = 0; i < s.length; i++) {
        const char c = s.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}
