// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/tus_headers.h"

#include <stdbool.h>

#include "common/encode.h"
#include "common/err.h"

enum { MAX_KEYS = 32 };

/* Protocol: a key is not empty and contains neither spaces nor commas; we want printable ASCII. */
static bool is_key(struct slice key)
{
    for (size_t i = 0; i < key.length; i++) {
        if (key.data[i] <= 0x20 || key.data[i] >= 0x7f)
            return false;
    }
    return key.length > 0;
}

static struct slice base_name(struct slice path)
{
    for (size_t i = path.length; i > 0; i--) {
        if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
            return slice_skip(path, i);
    }
    return path;
}

/* Where the value of a key goes; NULL for a key that means nothing to us. */
static char *field_of(struct tus_metadata *metadata, struct slice key, size_t *ret_size)
{
    if (slice_is(key, "filename")) {
        *ret_size = sizeof metadata->filename;
        return metadata->filename;
    }
    if (slice_is(key, "title")) {
        *ret_size = sizeof metadata->title;
        return metadata->title;
    }
    if (slice_is(key, "course")) {
        *ret_size = sizeof metadata->course;
        return metadata->course;
    }
    return NULL;
}

static int store_value(struct tus_metadata *metadata, struct slice key, struct slice encoded)
{
    char value[TUS_METADATA_MAX_BYTES];
    size_t length = 0;
    size_t size = 0;

    if (decode_base64(encoded, value, sizeof value, &length))
        return ERR_INVALID;
    char *field = field_of(metadata, key, &size);
    if (!field)
        return 0;
    struct slice text = slice_trim(slice_of(value, length));
    if (!slice_is_plain_utf8(text))
        return ERR_INVALID;
    if (field == metadata->filename)
        text = base_name(text);
    return slice_to_cstr(text, field, size);
}

int tus_parse_metadata(struct slice value, struct tus_metadata *ret_metadata)
{
    struct tus_metadata metadata = {0};
    struct slice seen[MAX_KEYS];
    size_t n_seen = 0;
    struct slice rest = value;

    if (value.length > TUS_METADATA_MAX_BYTES)
        return ERR_TOO_LARGE;
    while (rest.data && value.length > 0) {
        struct slice encoded = slice_trim(slice_split(&rest, ','));
        const struct slice key = slice_split(&encoded, ' ');
        if (!is_key(key) || n_seen == MAX_KEYS)
            return ERR_INVALID;
        for (size_t i = 0; i < n_seen; i++) {
            if (slice_equals(seen[i], key))
                return ERR_INVALID;
        }
        seen[n_seen++] = key;
        const int err = store_value(&metadata, key, encoded);
        if (err)
            return err;
    }
    *ret_metadata = metadata;
    return 0;
}

void tus_choose_title(const struct tus_metadata *metadata, char title[TUS_TITLE_SIZE])
{
    struct slice text = slice_from(metadata->title);

    if (text.length == 0) {
        text = slice_from(metadata->filename);
        for (size_t i = text.length; i > 1; i--) {
            if (text.data[i - 1] == '.') {
                text.length = i - 1;
                break;
            }
        }
    }
    if (text.length == 0)
        text = slice_from("Bài giảng");
    (void)slice_to_cstr(text, title, TUS_TITLE_SIZE); /* both fields are no longer than a title */
}

int tus_parse_checksum(struct slice value, struct tus_checksum *ret_checksum)
{
    struct tus_checksum checksum = {0};
    struct slice encoded = value;
    const struct slice name = slice_split(&encoded, ' ');
    size_t expected;

    if (slice_is(name, "sha256")) {
        checksum.kind = DIGEST_SHA256;
        expected = SHA256_BYTES;
    } else if (slice_is(name, "sha1")) {
        checksum.kind = DIGEST_SHA1;
        expected = SHA1_BYTES;
    } else {
        return name.length > 0 && encoded.data ? ERR_UNSUPPORTED : ERR_INVALID;
    }
    if (decode_base64(encoded, checksum.value, sizeof checksum.value, &checksum.length) ||
        checksum.length != expected)
        return ERR_INVALID;
    *ret_checksum = checksum;
    return 0;
}
