// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <libavutil/error.h>

#include "common/err.h"

/* Names and messages that come from a file must not reach a terminal or a log as they are. */
static void keep_printable(char *text)
{
    for (; *text; text++) {
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
    }
}

int fault_set(struct fault *fault, enum failure failure, int err, const char *format, ...)
{
    if (fault->failure != FAILURE_NONE)
        return err;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->detail, sizeof fault->detail, format, args);
    va_end(args);
    keep_printable(fault->detail);
    fault->failure = failure;
    return err;
}

int fault_set_av(struct fault *fault, enum failure failure, int av_error, const char *what)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";

    (void)av_strerror(av_error, text, sizeof text);
    if (av_error == AVERROR(ENOMEM))
        return fault_set(fault, FAILURE_INTERNAL, ERR_NO_MEMORY, "%s: %s", what, text);
    if (av_error == AVERROR(ENOSPC))
        return fault_set(fault, FAILURE_DISK_FULL, ERR_NO_SPACE, "%s: %s", what, text);
    return fault_set(fault, failure, ERR_INVALID, "%s: %s", what, text);
}

void fault_complete(struct fault *fault, int err)
{
    if (err == ERR_NO_SPACE)
        (void)fault_set(fault, FAILURE_DISK_FULL, err, "%s", err_text(err));
    else if (err == ERR_CANCELLED)
        (void)fault_set(fault, FAILURE_CANCELLED, err, "%s", err_text(err));
    else
        (void)fault_set(fault, FAILURE_INTERNAL, err, "%s", err_text(err));
}
