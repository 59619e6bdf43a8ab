// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void remove_at(struct span_list *list, size_t at)
{
    memmove(&list->items[at], &list->items[at + 1], (list->n - at - 1) * sizeof list->items[0]);
    list->n--;
}

static void join_nearest(struct span_list *list)
{
    size_t nearest = 0;

    for (size_t i = 1; i + 1 < list->n; i++) {
        const struct time_span *a = &list->items[i];
        const struct time_span *b = &list->items[nearest];
        if (a[1].from_us - a[0].until_us < b[1].from_us - b[0].until_us)
            nearest = i;
    }
    list->items[nearest].until_us = list->items[nearest + 1].until_us;
    remove_at(list, nearest + 1);
}

void span_list_add(struct span_list *list, struct time_span span, int64_t near_us)
{
    size_t at = 0;

    if (span.until_us < span.from_us)
        return;
    while (at < list->n && list->items[at].until_us + near_us < span.from_us)
        at++;
    while (at < list->n && list->items[at].from_us - near_us <= span.until_us) {
        span.from_us = smaller(span.from_us, list->items[at].from_us);
        span.until_us = larger(span.until_us, list->items[at].until_us);
        remove_at(list, at);
    }
    if (list->n == SPAN_LIST_MAX) {
        join_nearest(list);
        span_list_add(list, span, near_us);
        return;
    }
    memmove(&list->items[at + 1], &list->items[at], (list->n - at) * sizeof list->items[0]);
    list->items[at] = span;
    list->n++;
}

void span_list_clip(struct span_list *list, struct time_span to)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        const struct time_span span = {larger(list->items[i].from_us, to.from_us),
                                       smaller(list->items[i].until_us, to.until_us)};
        if (span.from_us < span.until_us)
            list->items[n++] = span;
    }
    list->n = n;
}

static void keep(struct span_list *list, int64_t from_us, int64_t until_us, int64_t ignored_us)
{
    if (until_us - from_us > ignored_us)
        span_list_add(list, (struct time_span){from_us, until_us}, 0);
}

void span_list_subtract(const struct span_list *from, const struct span_list *what,
                        int64_t longest_ignored_us, struct span_list *ret_rest)
{
    ret_rest->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        int64_t at_us = from->items[i].from_us;
        const int64_t end_us = from->items[i].until_us;
        for (size_t k = 0; k < what->n && what->items[k].from_us < end_us; k++) {
            keep(ret_rest, at_us, what->items[k].from_us, longest_ignored_us);
            at_us = larger(at_us, what->items[k].until_us);
        }
        keep(ret_rest, at_us, end_us, longest_ignored_us);
    }
}

static void add_all(struct span_list *list, const struct span_list *more)
{
    for (size_t i = 0; i < more->n; i++)
        span_list_add(list, more->items[i], TALLY_SLACK_US);
}

void tally_add(struct tally *tally, const struct tally *more)
{
    add_all(&tally->offered, &more->offered);
    add_all(&tally->taken, &more->taken);
}

void tally_list_clear(struct tally_list *list)
{
    free(list->items);
    *list = (struct tally_list){.n = 0};
}

int tally_list_add(struct tally_list *list, const struct tally *tally)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].stream == tally->stream) {
            tally_add(&list->items[i], tally);
            return 0;
        }
    }
    if (list->n == TALLY_LIST_MAX)
        return ERR_INVALID;
    struct tally *items = reallocarray(list->items, list->n + 1, sizeof *items);
    if (!items)
        return ERR_NO_MEMORY;
    list->items = items;
    list->items[list->n++] = *tally;
    return 0;
}

int tally_list_add_all(struct tally_list *list, const struct tally_list *more)
{
    int err = 0;

    for (size_t i = 0; i < more->n && !err; i++)
        err = tally_list_add(list, &more->items[i]);
    return err;
}

static void write_spans(const char *name, const struct span_list *list, struct buf *json)
{
    buf_printf(json, ",\"%s\":[", name);
    for (size_t i = 0; i < list->n; i++)
        buf_printf(json, "%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", list->items[i].from_us,
                   list->items[i].until_us);
    buf_append_char(json, ']');
}

void tally_write(const struct tally *tally, struct buf *json)
{
    buf_printf(json, "{\"stream\":%" PRIu32, tally->stream);
    write_spans("offered", &tally->offered, json);
    write_spans("taken", &tally->taken, json);
    buf_append_char(json, '}');
}

static bool parse_time(const json_t *value, int64_t *ret_us)
{
    *ret_us = json_integer_value(value);
    return json_is_integer(value) && *ret_us >= 0 && *ret_us <= TALLY_MAX_US;
}

static int parse_spans(const json_t *object, const char *name, struct span_list *ret_list)
{
    const json_t *array;

    if (json_get_array(object, name, &array) || json_array_size(array) > SPAN_LIST_MAX)
        return ERR_INVALID;
    ret_list->n = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *pair = json_array_get(array, i);
        struct time_span span;
        if (!parse_time(json_array_get(pair, 0), &span.from_us) ||
            !parse_time(json_array_get(pair, 1), &span.until_us) || span.until_us < span.from_us)
            return ERR_INVALID;
        span_list_add(ret_list, span, 0);
    }
    return 0;
}

int tally_parse(const json_t *object, struct tally *ret_tally)
{
    int64_t stream;

    if (json_get_int(object, "stream", 0, 255, &stream) ||
        parse_spans(object, "offered", &ret_tally->offered) ||
        parse_spans(object, "taken", &ret_tally->taken))
        return ERR_INVALID;
    ret_tally->stream = (uint32_t)stream;
    return 0;
}
