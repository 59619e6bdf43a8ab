// SPDX-License-Identifier: GPL-3.0-or-later
/* warning.h - what is missing from a package or is not as its source has it: which kind, of which
 * seconds, and what it is about. Pure.
 *
 *     {"code":"E_GAP","from_us":12000000,"until_us":15200000}
 *     {"code":"E_LEFT_OUT","detail":"DTS"}                            of the whole lecture */
#ifndef COMMON_PACKAGE_WARNING_H
#define COMMON_PACKAGE_WARNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/package/failure.h"

enum {
    WARNING_DETAIL_SIZE = 65,
    WARNING_MAX_OF_A_KIND = 4,
    WARNING_LIST_MAX = 36,
};

/* Longest lecture that may be spoken of: a year, far above any limit of the transcoder's. */
#define WARNING_MAX_US (INT64_C(366) * 86400 * 1000000)

struct warning {
    enum failure failure;             /* not FAILURE_NONE */
    int64_t from_us;                  /* the lecture's time, 0 to WARNING_MAX_US; both 0: */
    int64_t until_us;                 /* the whole lecture */
    char detail[WARNING_DETAIL_SIZE]; /* plain UTF-8: a codec, a track's name; "" for nothing */
};

struct warning_list {
    struct warning items[WARNING_LIST_MAX];
    size_t n;
};

/* Adds one. What is said already is not said twice; times of a kind that touch become one; what
 * exceeds WARNING_MAX_OF_A_KIND widens the kind's last, so that no second goes unnamed. */
void warning_list_add(struct warning_list *list, const struct warning *warning);

/* Copies a text of unknown origin to ->detail: cut to whole characters; "" when it is not plain
 * UTF-8. */
void warning_set_detail(struct warning *warning, const char *text);

/* The object above; members that say nothing are left out. The other: its members alone, into an
 * object that is open. */
void warning_write(const struct warning *warning, struct buf *json);
void warning_put(const struct warning *warning, struct buf *json);

/* Trusts nothing. Returns 0, or ERR_INVALID; a detail that cannot be shown is left out. */
int warning_parse(const json_t *object, struct warning *ret_warning);

#endif
