// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/err.h"

static int out = -1;
static char text[65536];

/* Standard error becomes a file that nobody else sees. */
static void catch_lines(void)
{
    out = memfd_create("log", 0);
    cr_assert_geq(out, 0);
    dup2(out, STDERR_FILENO);
}

TestSuite(log, .init = catch_lines);

/* All lines since the last call. */
static const char *lines(void)
{
    const ssize_t n = pread(out, text, sizeof text - 1, 0);

    cr_assert_geq(n, 0);
    text[n] = '\0';
    cr_assert_eq(ftruncate(out, 0), 0);
    lseek(out, 0, SEEK_SET);
    return text;
}

/* The one line as a JSON document; the caller frees it. */
static json_t *line_as_json(void)
{
    const char *line = lines();

    cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1, "not one line: %s", line);
    json_t *document = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(document, "not JSON: %s", line);
    return document;
}

static const char *member(const json_t *document, const char *name)
{
    return json_string_value(json_object_get(document, name));
}

Test(log, a_line_is_json_with_typed_fields)
{
    log_warn("upload finished", log_str("upload", "0123"), log_int("size_bytes", INT64_MIN),
             log_bool("resumed", true), log_err(ERR_NO_SPACE));
    json_t *line = line_as_json();
    cr_assert_str_eq(member(line, "msg"), "upload finished");
    cr_assert_str_eq(member(line, "level"), "warn");
    cr_assert_str_eq(member(line, "upload"), "0123");
    cr_assert_str_eq(member(line, "error"), "no space left");
    cr_assert_eq(json_integer_value(json_object_get(line, "size_bytes")), INT64_MIN);
    cr_assert(json_is_true(json_object_get(line, "resumed")));
    cr_assert_eq(strlen(member(line, "ts")), strlen("2026-11-24T07:15:00.123Z"));
    json_decref(line);
}

Test(log, text_form_is_for_people)
{
    log_configure(LOG_TEXT, LOG_INFO);
    log_error("cannot open", log_str("path", "a b"), log_bool("fatal", false),
              log_err(ERR_NOT_FOUND));
    const char *line = lines();
    const char *rest = " error cannot open path=\"a b\" fatal=false error=\"not found\"\n";
    cr_assert_str_eq(line + strlen("2026-11-24T07:15:00.123Z"), rest);
}

Test(log, lines_below_the_level_are_dropped)
{
    log_configure(LOG_JSON, LOG_WARN);
    log_debug("no");
    log_info("no");
    cr_assert_str_eq(lines(), "");
    log_warn("yes");
    cr_assert_neq(*lines(), '\0');
    log_configure(LOG_JSON, LOG_DEBUG);
    log_debug("yes");
    cr_assert_neq(*lines(), '\0');
}

Test(log, nobody_forges_a_line)
{
    static const char EVIL[] = "x\n{\"level\":\"error\"}\r\x1b[2J\x7f\"\\";
    const enum log_format formats[] = {LOG_JSON, LOG_TEXT};

    for (int i = 0; i < 2; i++) {
        log_configure(formats[i], LOG_INFO);
        log_info("login failed", log_str("login", EVIL));
        const char *line = lines();
        cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
        cr_assert_eq(strpbrk(line, "\r\x1b\x7f"), NULL);
    }
    log_configure(LOG_JSON, LOG_INFO);
    log_info("login failed", log_str("login", EVIL));
    json_t *line = line_as_json();
    cr_assert_str_eq(member(line, "login"), EVIL, "JSON loses nothing");
    json_decref(line);
}

Test(log, any_bytes_give_json)
{
    char bytes[256];

    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    log_info("bytes", log_slice("value", slice_of(bytes + 1, 255)));
    json_decref(line_as_json());
    log_info("bytes", log_slice("value", slice_of("cut \xe1\xba", 6)), log_str("null", NULL));
    json_decref(line_as_json());
}

Test(log, vietnamese_beside_a_control_character_stays_readable)
{
    static const char TITLE[] = "Bài giảng\tđổi mới\nsố 1";

    log_info("lecture", log_str("title", TITLE));
    json_t *line = line_as_json();
    cr_assert_str_eq(member(line, "title"), TITLE);
    json_decref(line);
}

Test(log, malformed_bytes_do_not_spoil_the_text_around_them)
{
    log_info("lecture", log_str("title", "đổi \xff mới"));
    json_t *line = line_as_json();
    cr_assert_str_eq(member(line, "title"), "đổi \u00ff mới");
    json_decref(line);
}

/* The cap once hit exactly between the fields and the end of the line. */
Test(log, a_line_of_any_length_ends_as_it_should)
{
    static char value[16384];

    for (size_t length = 3800; length < sizeof value; length += length < 4200 ? 1 : 997) {
        memset(value, 'a', length);
        value[length] = '\0';
        log_info("long", log_str("value", value));
        json_t *line = line_as_json();
        cr_assert_str_eq(member(line, "msg"), "long");
        if (!json_object_get(line, "value"))
            cr_assert(json_is_true(json_object_get(line, "truncated")));
        json_decref(line);
        log_configure(LOG_TEXT, LOG_INFO);
        log_info("long", log_str("value", value));
        const char *written = lines();
        cr_assert_eq(written[strlen(written) - 1], '\n');
        log_configure(LOG_JSON, LOG_INFO);
    }
}

Test(log, a_field_without_room_costs_no_other)
{
    static char value[8192];

    memset(value, 'a', sizeof value - 1);
    log_info("long", log_str("value", value), log_int("size_bytes", 8191), log_str("job", "7"));
    json_t *line = line_as_json();
    cr_assert_null(json_object_get(line, "value"));
    cr_assert_eq(json_integer_value(json_object_get(line, "size_bytes")), 8191);
    cr_assert_str_eq(member(line, "job"), "7");
    cr_assert(json_is_true(json_object_get(line, "truncated")));
    json_decref(line);
}

Test(log, a_line_is_short_enough_to_be_one_write_to_a_pipe)
{
    static char value[16384];

    for (size_t length = 3500; length < 4100; length++) {
        memset(value, 'a', length);
        value[length] = '\0';
        log_info("long", log_str("value", value));
        cr_assert_leq(strlen(lines()), PIPE_BUF);
    }
}

Test(log, logging_leaves_errno_alone)
{
    close(STDERR_FILENO);
    errno = EDOM;
    log_info("nobody listens");
    cr_assert_eq(errno, EDOM);
}
