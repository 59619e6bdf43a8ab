// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/tus_headers.h"

#include <stdbool.h>
#include <stdint.h>

#include "common/encode.h"
#include "common/err.h"

enum { MAX_KEYS = 32, MAX_ENDING_BYTES = 16 };

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

/* The name with its middle left out when it is too long: people look at its beginning, programs at
 * its ending. */
static void keep_filename(struct slice name, char filename[TUS_FILENAME_SIZE])
{
    const size_t room = TUS_FILENAME_SIZE - 1;
    size_t ending = 0;

    if (name.length > room) {
        while (ending < name.length && name.data[name.length - 1 - ending] != '.')
            ending++;
        ending = ending < MAX_ENDING_BYTES ? ending + 1 : 0;
    }
    const struct slice stem = slice_of(name.data, name.length - ending);
    const struct slice kept = title_cut(stem, SIZE_MAX, room - ending);
    (void)slice_to_cstr(kept, filename, TUS_FILENAME_SIZE); /* both parts fit */
    (void)slice_to_cstr(slice_skip(name, stem.length), filename + kept.length, ending + 1);
}

static struct tus_fault fault_of(enum tus_fault_kind kind, enum title_fault text)
{
    return (struct tus_fault){.kind = text ? kind : TUS_METADATA_FINE, .text = text};
}

static struct tus_fault store_filename(struct slice text, char filename[TUS_FILENAME_SIZE])
{
    const enum title_fault fault = title_check(text);

    if (fault == TITLE_NOT_UTF8 || fault == TITLE_HAS_CONTROLS)
        return fault_of(TUS_BAD_FILENAME, fault);
    keep_filename(base_name(text), filename);
    return fault_of(TUS_BAD_FILENAME, TITLE_FINE);
}

static struct tus_fault store_title(struct slice text, enum tus_fault_kind kind,
                                    char title[TITLE_SIZE])
{
    const enum title_fault fault = text.length == 0 ? TITLE_FINE : title_check(text);

    if (!fault)
        (void)slice_to_cstr(text, title, TITLE_SIZE); /* what was checked fits */
    return fault_of(kind, fault);
}

static struct tus_fault store_flag(struct slice text, bool *flag)
{
    *flag = text.length == 0 || slice_is(text, "true");
    if (!*flag && !slice_is(text, "false"))
        return (struct tus_fault){.kind = TUS_METADATA_MALFORMED};
    return (struct tus_fault){.kind = TUS_METADATA_FINE};
}

static struct tus_fault store_value(struct tus_metadata *metadata, struct slice key,
                                    struct slice encoded)
{
    char value[TUS_METADATA_MAX_BYTES];
    size_t length = 0;

    if (decode_base64(encoded, value, sizeof value, &length))
        return (struct tus_fault){.kind = TUS_METADATA_NOT_BASE64};
    const struct slice text = slice_trim(slice_of(value, length));
    if (slice_is(key, "filename"))
        return store_filename(text, metadata->filename);
    if (slice_is(key, "title"))
        return store_title(text, TUS_BAD_TITLE, metadata->title);
    if (slice_is(key, "course"))
        return store_title(text, TUS_BAD_COURSE, metadata->course);
    if (slice_is(key, "without_sound"))
        return store_flag(text, &metadata->without_sound);
    return (struct tus_fault){.kind = TUS_METADATA_FINE};
}

struct tus_fault tus_parse_metadata(struct slice value, struct tus_metadata *ret_metadata)
{
    struct tus_metadata metadata = {0};
    struct slice seen[MAX_KEYS];
    size_t n_seen = 0;
    struct slice rest = value;

    if (value.length > TUS_METADATA_MAX_BYTES)
        return (struct tus_fault){.kind = TUS_METADATA_TOO_LONG};
    while (rest.data && value.length > 0) {
        struct slice encoded = slice_trim(slice_split(&rest, ','));
        const struct slice key = slice_split(&encoded, ' ');
        if (!is_key(key) || n_seen == MAX_KEYS)
            return (struct tus_fault){.kind = TUS_METADATA_MALFORMED};
        for (size_t i = 0; i < n_seen; i++) {
            if (slice_equals(seen[i], key))
                return (struct tus_fault){.kind = TUS_METADATA_MALFORMED};
        }
        seen[n_seen++] = key;
        const struct tus_fault fault = store_value(&metadata, key, encoded);
        if (fault.kind)
            return fault;
    }
    *ret_metadata = metadata;
    return (struct tus_fault){.kind = TUS_METADATA_FINE};
}

void tus_choose_title(const struct tus_metadata *metadata, char title[TITLE_SIZE])
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
        text = slice_trim(title_cut(text, TITLE_MAX_CHARS, TITLE_SIZE - 1));
    }
    if (text.length == 0)
        text = slice_from("Bài giảng");
    (void)slice_to_cstr(text, title, TITLE_SIZE);
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
