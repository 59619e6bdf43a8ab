// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/warning.h"

#include <string.h>

#include "common/err.h"
#include "common/json_writer.h"

static bool is_of_whole(const struct warning *w)
{
    return w->until_us == 0;
}

static bool is_same_kind(const struct warning *a, const struct warning *b)
{
    return a->failure == b->failure && strcmp(a->detail, b->detail) == 0 &&
           is_of_whole(a) == is_of_whole(b);
}

static bool touches(const struct warning *a, const struct warning *b)
{
    return a->from_us <= b->until_us && b->from_us <= a->until_us;
}

static void widen(struct warning *wide, const struct warning *by)
{
    wide->from_us = by->from_us < wide->from_us ? by->from_us : wide->from_us;
    wide->until_us = by->until_us > wide->until_us ? by->until_us : wide->until_us;
}

/* The one to widen when the list may not grow: the last of the kind, else the last. */
static struct warning *widest(struct warning_list *list, const struct warning *warning)
{
    for (size_t i = list->n; i-- > 0;) {
        if (list->items[i].failure == warning->failure)
            return &list->items[i];
    }
    return &list->items[list->n - 1];
}

void warning_list_add(struct warning_list *list, const struct warning *warning)
{
    size_t n_of_kind = 0;

    for (size_t i = 0; i < list->n; i++) {
        struct warning *w = &list->items[i];
        if (is_same_kind(w, warning) && touches(w, warning)) {
            widen(w, warning);
            return;
        }
        n_of_kind += w->failure == warning->failure;
    }
    if (n_of_kind < WARNING_MAX_OF_A_KIND && list->n < WARNING_LIST_MAX)
        list->items[list->n++] = *warning;
    else if (!is_of_whole(warning))
        widen(widest(list, warning), warning);
}

void warning_set_detail(struct warning *warning, const char *text)
{
    struct slice whole = slice_from(text);
    size_t length = 0;
    uint32_t c;

    warning->detail[0] = '\0';
    if (!slice_is_plain_utf8(whole))
        return;
    for (size_t n; (n = slice_first_char(slice_skip(whole, length), &c)) > 0; length += n) {
        if (length + n >= WARNING_DETAIL_SIZE)
            break;
    }
    (void)slice_to_cstr(slice_of(whole.data, length), warning->detail, sizeof warning->detail);
}

void warning_put(const struct warning *warning, struct buf *json)
{
    json_put_text(json, "code", failure_code(warning->failure));
    if (!is_of_whole(warning)) {
        json_put_int(json, "from_us", warning->from_us);
        json_put_int(json, "until_us", warning->until_us);
    }
    if (warning->detail[0])
        json_put_text(json, "detail", warning->detail);
}

void warning_write(const struct warning *warning, struct buf *json)
{
    json_begin_object(json, NULL);
    warning_put(warning, json);
    json_end_object(json);
}

static int parse_times(const json_t *object, struct warning *w)
{
    if (!json_object_get(object, "from_us") && !json_object_get(object, "until_us"))
        return 0;
    if (json_get_int(object, "from_us", 0, WARNING_MAX_US, &w->from_us) ||
        json_get_int(object, "until_us", w->from_us, WARNING_MAX_US, &w->until_us))
        return ERR_INVALID;
    return 0;
}

int warning_parse(const json_t *object, struct warning *ret_warning)
{
    struct warning warning = {.failure = FAILURE_NONE};
    struct slice code;
    char detail[WARNING_DETAIL_SIZE];

    if (json_get_string(object, "code", &code) || code.length == 0 || parse_times(object, &warning))
        return ERR_INVALID;
    warning.failure = failure_from_code(code);
    if (json_get_text(object, "detail", detail, sizeof detail) == 0)
        warning_set_detail(&warning, detail);
    *ret_warning = warning;
    return 0;
}
