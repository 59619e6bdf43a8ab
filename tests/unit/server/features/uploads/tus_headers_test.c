// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/tus_headers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/encode.h"
#include "common/err.h"

static enum tus_fault_kind parse(const char *text, struct tus_metadata *metadata)
{
    return tus_parse_metadata(slice_from(text), metadata).kind;
}

/* Of the one pair that they make. */
static struct tus_fault parse_pair(const char *key, const char *value,
                                   struct tus_metadata *metadata)
{
    char text[TUS_METADATA_MAX_BYTES + 8];
    const int n = snprintf(text, sizeof text, "%s ", key);

    encode_base64(value, strlen(value), text + n);
    return tus_parse_metadata(slice_from(text), metadata);
}

/* `letter` n times. */
static const char *many(const char *letter, size_t n)
{
    static char text[4096];
    const size_t length = strlen(letter);

    for (size_t i = 0; i < n; i++)
        memcpy(text + i * length, letter, length);
    text[n * length] = '\0';
    return text;
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

Test(tus_headers, a_lecture_without_its_sound_is_wanted_or_not)
{
    struct tus_metadata metadata;

    cr_assert_eq(parse("title QsOgaSAx", &metadata), TUS_METADATA_FINE);
    cr_assert_not(metadata.without_sound);
    cr_assert_eq(parse("without_sound", &metadata), TUS_METADATA_FINE);
    cr_assert(metadata.without_sound);
    cr_assert_eq(parse_pair("without_sound", "false", &metadata).kind, TUS_METADATA_FINE);
    cr_assert_not(metadata.without_sound);
    cr_assert_eq(parse_pair("without_sound", "true", &metadata).kind, TUS_METADATA_FINE);
    cr_assert(metadata.without_sound);
    cr_assert_eq(parse_pair("without_sound", "maybe", &metadata).kind, TUS_METADATA_MALFORMED);
}

Test(tus_headers, a_path_in_the_file_name_is_cut_off)
{
    struct tus_metadata metadata;

    cr_assert_eq(parse("filename Li4vLi4vZXRjL3Bhc3N3ZA==", &metadata), 0); /* ../../etc/passwd */
    cr_assert_str_eq(metadata.filename, "passwd");
    cr_assert_eq(parse("filename QzpcdmlkZW9cYS5tcDQ=", &metadata), 0); /* C:\video\a.mp4 */
    cr_assert_str_eq(metadata.filename, "a.mp4");
}

Test(tus_headers, each_way_to_be_wrong_is_told_apart)
{
    static const struct {
        const char *text;
        struct tus_fault fault;
    } WRONG[] = {
        {"title !!!!", {TUS_METADATA_NOT_BASE64, TITLE_FINE}},
        {"title QQ", {TUS_METADATA_NOT_BASE64, TITLE_FINE}},
        {"title QQ== QQ==", {TUS_METADATA_NOT_BASE64, TITLE_FINE}},
        {"x !", {TUS_METADATA_NOT_BASE64, TITLE_FINE}},
        {",", {TUS_METADATA_MALFORMED, TITLE_FINE}},
        {"title QQ==,", {TUS_METADATA_MALFORMED, TITLE_FINE}},
        {"title QQ==,title QQ==", {TUS_METADATA_MALFORMED, TITLE_FINE}},
        {"k\x01y QQ==", {TUS_METADATA_MALFORMED, TITLE_FINE}},
        {"k\xc3y QQ==", {TUS_METADATA_MALFORMED, TITLE_FINE}},
        {"title AAAA", {TUS_BAD_TITLE, TITLE_HAS_CONTROLS}}, /* NUL bytes */
        {"title Cg==", {TUS_BAD_TITLE, TITLE_HAS_CONTROLS}}, /* line feed */
        {"title /w==", {TUS_BAD_TITLE, TITLE_NOT_UTF8}},
        {"course Cg==", {TUS_BAD_COURSE, TITLE_HAS_CONTROLS}},
        {"course /w==", {TUS_BAD_COURSE, TITLE_NOT_UTF8}},
        {"filename Cg==", {TUS_BAD_FILENAME, TITLE_HAS_CONTROLS}},
        {"filename /w==", {TUS_BAD_FILENAME, TITLE_NOT_UTF8}},
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct tus_metadata metadata;
        const struct tus_fault fault = tus_parse_metadata(slice_from(WRONG[i].text), &metadata);
        cr_assert_eq(fault.kind, WRONG[i].fault.kind, "\"%s\"", WRONG[i].text);
        cr_assert_eq(fault.text, WRONG[i].fault.text, "\"%s\"", WRONG[i].text);
    }
}

Test(tus_headers, titles_have_200_characters_whatever_their_bytes)
{
    static const char *const LETTERS[] = {"a", "ế", "e\u0302\u0301", "𝄞"};
    struct tus_metadata metadata;

    for (size_t i = 0; i < sizeof LETTERS / sizeof LETTERS[0]; i++) {
        cr_assert_eq(parse_pair("title", many(LETTERS[i], 200), &metadata).kind, TUS_METADATA_FINE);
        cr_assert_str_eq(metadata.title, many(LETTERS[i], 200));
        cr_assert_eq(parse_pair("course", many(LETTERS[i], 200), &metadata).kind,
                     TUS_METADATA_FINE);
        cr_assert_eq(parse_pair("title", many(LETTERS[i], 201), &metadata).text, TITLE_TOO_LONG);
        cr_assert_eq(parse_pair("course", many(LETTERS[i], 201), &metadata).text, TITLE_TOO_LONG);
    }
}

Test(tus_headers, a_long_file_name_is_cut_and_keeps_its_ending)
{
    struct tus_metadata metadata;
    char name[2048];

    (void)snprintf(name, sizeof name, "%s.mp4", many("ế", 241));
    cr_assert_eq(parse_pair("filename", name, &metadata).kind, TUS_METADATA_FINE);
    cr_assert_eq(strlen(metadata.filename), 83 * strlen("ế") + 4);
    cr_assert(slice_is_plain_utf8(slice_from(metadata.filename)));
    cr_assert_str_eq(strrchr(metadata.filename, '.'), ".mp4");
    cr_assert_eq(parse_pair("filename", many("a", 255), &metadata).kind, TUS_METADATA_FINE);
    cr_assert_eq(strlen(metadata.filename), 255);
    cr_assert_eq(parse_pair("filename", many("a", 256), &metadata).kind, TUS_METADATA_FINE);
    cr_assert_eq(strlen(metadata.filename), 255);
    cr_assert_eq(parse_pair("filename", many("a.", 300), &metadata).kind, TUS_METADATA_FINE);
    cr_assert_eq(strlen(metadata.filename), 255);
}

Test(tus_headers, a_title_from_a_long_file_name_is_cut)
{
    struct tus_metadata metadata = {.title = ""};
    char title[TITLE_SIZE];

    cr_assert_eq(parse_pair("filename", many("a", 255), &metadata).kind, TUS_METADATA_FINE);
    tus_choose_title(&metadata, title);
    cr_assert_eq(strlen(title), 200);
}

Test(tus_headers, the_whole_has_a_limit)
{
    static char long_value[TUS_METADATA_MAX_BYTES + 2];
    struct tus_metadata metadata;

    memset(long_value, 'k', sizeof long_value - 1);
    cr_assert_eq(parse(long_value, &metadata), TUS_METADATA_TOO_LONG);
    long_value[TUS_METADATA_MAX_BYTES] = '\0';
    cr_assert_eq(parse(long_value, &metadata), 0);
}

Test(tus_headers, a_lecture_always_gets_a_title)
{
    struct tus_metadata metadata = {0};
    char title[TITLE_SIZE];

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
