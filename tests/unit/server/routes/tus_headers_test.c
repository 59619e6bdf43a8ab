// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/tus_headers.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "common/err.h"

static int parse(const char *text, struct tus_metadata *metadata)
{
    return tus_parse_metadata(slice_from(text), metadata);
}

Test(tus_headers, metadata_is_decoded_and_unknown_keys_are_ignored)
{
    struct tus_metadata metadata;

    cr_assert_eq(parse("filename YsOgaSAxLm1wNA==,title QsOgaSAx,is_confidential,x eA==",
                       &metadata),
                 0);
    cr_assert_str_eq(metadata.filename, "bài 1.mp4");
    cr_assert_str_eq(metadata.title, "Bài 1");
    cr_assert_str_eq(metadata.course, "");
    cr_assert_eq(parse("", &metadata), 0);
}

Test(tus_headers, a_path_in_the_file_name_is_cut_off)
{
    struct tus_metadata metadata;

    cr_assert_eq(parse("filename Li4vLi4vZXRjL3Bhc3N3ZA==", &metadata), 0); /* ../../etc/passwd */
    cr_assert_str_eq(metadata.filename, "passwd");
    cr_assert_eq(parse("filename QzpcdmlkZW9cYS5tcDQ=", &metadata), 0); /* C:\video\a.mp4 */
    cr_assert_str_eq(metadata.filename, "a.mp4");
}

Test(tus_headers, malformed_metadata_is_refused)
{
    static const char *const WRONG[] = {
        "title !!!!",      "title QQ", ",", "title QQ==,", "title QQ==,title QQ==",
        "title AAAA", /* NUL bytes */
        "title Cg==", /* line feed */
        "title /w==", /* 0xff is no UTF-8 */
        "title QQ== QQ==",
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct tus_metadata metadata;
        cr_assert_eq(parse(WRONG[i], &metadata), ERR_INVALID, "\"%s\"", WRONG[i]);
    }
}

Test(tus_headers, a_key_is_printable_and_the_whole_has_a_limit)
{
    static char long_value[TUS_METADATA_MAX_BYTES + 2];
    struct tus_metadata metadata;

    cr_assert_eq(parse("k\x01y QQ==", &metadata), ERR_INVALID);
    cr_assert_eq(parse("k\xc3y QQ==", &metadata), ERR_INVALID);
    memset(long_value, 'k', sizeof long_value - 1);
    cr_assert_eq(parse(long_value, &metadata), ERR_TOO_LARGE);
    long_value[TUS_METADATA_MAX_BYTES] = '\0';
    cr_assert_eq(parse(long_value, &metadata), 0);
}

Test(tus_headers, a_lecture_always_gets_a_title)
{
    struct tus_metadata metadata = {0};
    char title[TUS_TITLE_SIZE];

    tus_choose_title(&metadata, title);
    cr_assert_str_eq(title, "Bài giảng");
    (void)snprintf(metadata.filename, sizeof metadata.filename, "%s", "giới thiệu.phần 1.mp4");
    tus_choose_title(&metadata, title);
    cr_assert_str_eq(title, "giới thiệu.phần 1");
    (void)snprintf(metadata.filename, sizeof metadata.filename, "%s", ".mp4");
    tus_choose_title(&metadata, title);
    cr_assert_str_eq(title, ".mp4");
    (void)snprintf(metadata.title, sizeof metadata.title, "%s", "Bài 1");
    tus_choose_title(&metadata, title);
    cr_assert_str_eq(title, "Bài 1");
}

Test(tus_headers, checksums_have_the_length_of_their_algorithm)
{
    struct tus_checksum checksum;

    cr_assert_eq(tus_parse_checksum(slice_from("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), &checksum), 0);
    cr_assert_eq(checksum.kind, DIGEST_SHA1);
    cr_assert_eq(checksum.length, 20);
    cr_assert_eq(tus_parse_checksum(
                     slice_from("sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), &checksum),
                 0);
    cr_assert_eq(tus_parse_checksum(slice_from("md5 1B2M2Y8AsgTpgAmY7PhCfg=="), &checksum),
                 ERR_UNSUPPORTED);
    cr_assert_eq(tus_parse_checksum(slice_from("sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), &checksum),
                 ERR_INVALID);
    cr_assert_eq(tus_parse_checksum(slice_from("sha256"), &checksum), ERR_INVALID);
    cr_assert_eq(tus_parse_checksum(slice_from(""), &checksum), ERR_INVALID);
}
