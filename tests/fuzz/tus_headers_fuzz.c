// SPDX-License-Identifier: GPL-3.0-or-later
/* The fields of the tus protocol: what is taken is text, without a path in it. */
#include "server/features/uploads/tus_headers.h"
#include "tests/fuzz/fuzz.h"

static void check_metadata(const struct tus_metadata *metadata)
{
    char title[TITLE_SIZE];

    MUST(slice_is_plain_utf8(slice_from(metadata->filename)));
    MUST(slice_is_plain_utf8(slice_from(metadata->title)));
    MUST(slice_is_plain_utf8(slice_from(metadata->course)));
    MUST(!strpbrk(metadata->filename, "/\\"));
    tus_choose_title(metadata, title);
    MUST(title[0] && title_check(slice_from(title)) == TITLE_FINE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(fuzz_slice(data, size));
    const struct slice value = slice_of(copy, size);
    struct tus_metadata metadata;
    struct tus_checksum checksum;

    if (tus_parse_metadata(value, &metadata).kind == TUS_METADATA_FINE)
        check_metadata(&metadata);
    if (tus_parse_checksum(value, &checksum) == 0)
        MUST(checksum.length == (checksum.kind == DIGEST_SHA256 ? SHA256_BYTES : SHA1_BYTES));
    free(copy);
    return 0;
}
