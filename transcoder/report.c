// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/log.h"

enum { LINE_LIMIT = 4096 };

static const char *const STAGES[N_STAGES] = {"probe", "plan", "sound", "chunk", "join", "check"};
static const char *const PART_KINDS[N_PART_KINDS] = {"sound", "chunk"};

/* A reader that went away takes nothing from the work: the result is in the folder. */
static void write_line(struct buf *line)
{
    buf_append_char(line, '\n');
    if (!line->err)
        (void)file_write_all(STDOUT_FILENO, line->data, line->length);
    buf_clear(line);
}

void report_progress(enum stage stage, int64_t permille, int64_t speed_permille)
{
    struct buf line = buf_with_limit(LINE_LIMIT);

    buf_printf(&line,
               "{\"event\":\"progress\",\"stage\":\"%s\",\"permille\":%" PRId64
               ",\"speed_permille\":%" PRId64 "}",
               STAGES[stage], permille, speed_permille);
    write_line(&line);
}

void report_planned(int64_t n_chunks, int64_t n_sounds, int64_t duration_us)
{
    struct buf line = buf_with_limit(LINE_LIMIT);

    buf_printf(&line,
               "{\"event\":\"planned\",\"n_chunks\":%" PRId64 ",\"n_sounds\":%" PRId64
               ",\"duration_us\":%" PRId64 "}",
               n_chunks, n_sounds, duration_us);
    write_line(&line);
}

void report_part(enum part_kind kind, int64_t number)
{
    struct buf line = buf_with_limit(LINE_LIMIT);

    buf_printf(&line, "{\"event\":\"part\",\"kind\":\"%s\",\"number\":%" PRId64 "}",
               PART_KINDS[kind], number);
    write_line(&line);
}

void report_warning(enum failure warning)
{
    struct buf line = buf_with_limit(LINE_LIMIT);

    buf_printf(&line, "{\"event\":\"warning\",\"code\":\"%s\"}", failure_code(warning));
    write_line(&line);
}

void report_done(void)
{
    struct buf line = buf_with_limit(LINE_LIMIT);

    buf_append_text(&line, "{\"event\":\"done\"}");
    write_line(&line);
}

void report_failed(enum failure failure, const char *detail, int signal_number)
{
    struct buf line = buf_with_limit(LINE_LIMIT);

    buf_printf(&line, "{\"event\":\"failed\",\"code\":\"%s\",\"detail\":", failure_code(failure));
    log_append_json_string(&line, slice_from(detail));
    if (signal_number)
        buf_printf(&line, ",\"signal\":%d", signal_number);
    buf_append_char(&line, '}');
    write_line(&line);
    (void)fprintf(stderr, "%s: %s. %s\n", failure_code(failure), detail[0] ? detail : "no details",
                  failure_text_en(failure));
}

void report_output(struct slice bytes)
{
    (void)file_write_all(STDOUT_FILENO, bytes.data, bytes.length);
}
