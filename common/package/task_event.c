// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/task_event.h"

#include <stddef.h>
#include <string.h>

#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"

enum { MAX_NUMBERS = 3, MAX_SIGNAL = 64 };

struct number {
    const char *name;
    size_t offset; /* in struct task_event */
    int64_t min, max;
};

struct text {
    const char *name; /* NULL: none */
    size_t offset, size;
};

enum code { NO_CODE, OPTIONAL_CODE, CODE };

#define NUMBER(member, min, max)                               \
    {                                                          \
#member, offsetof(struct task_event, member), min, max \
    }
#define TEXT(name, member)                                                                \
    {                                                                                     \
        name, offsetof(struct task_event, member), sizeof((struct task_event *)0)->member \
    }

/* Both directions go by this. A number or text that may be left out has 0 or "" in its range. */
/* clang-format off */
static const struct form {
    const char *name;
    enum code code;
    struct text text;
    struct number numbers[MAX_NUMBERS];
    struct number optional; /* not written when it is 0 */
} FORMS[N_TASK_EVENTS] = {
    [TASK_EVENT_STARTED]  = {"started"},
    [TASK_EVENT_PROGRESS] = {"progress", .text = TEXT("stage", stage),
                             .numbers = {NUMBER(permille, 0, 1000),
                                         NUMBER(speed_permille, 0, UINT32_MAX)}},
    [TASK_EVENT_PLANNED]  = {"planned",
                             .numbers = {NUMBER(n_chunks, 0, TASK_EVENT_MAX_CHUNKS),
                                         NUMBER(n_sounds, 0, TASK_EVENT_MAX_SOUNDS),
                                         NUMBER(duration_us, 1, WARNING_MAX_US)}},
    [TASK_EVENT_PART]     = {"part", .text = TEXT("kind", part_kind),
                             .numbers = {NUMBER(number, 0, TASK_EVENT_MAX_PARTS)}},
    [TASK_EVENT_WARNING]  = {"warning"},
    [TASK_EVENT_DONE]     = {"done"},
    [TASK_EVENT_FAILED]   = {"failed", CODE, TEXT("detail", detail),
                             .optional = NUMBER(signal, 0, MAX_SIGNAL)},
    [TASK_EVENT_RELEASED] = {"released", OPTIONAL_CODE},
};
/* clang-format on */

/* ---- writing ---- */

static int64_t number_of(const struct task_event *event, const struct number *number)
{
    int64_t value;

    memcpy(&value, (const char *)event + number->offset, sizeof value);
    return value;
}

void task_event_write(const struct task_event *event, struct buf *line)
{
    const struct form *form = &FORMS[event->kind];

    json_begin_object(line, NULL);
    json_put_text(line, "event", form->name);
    if (form->code == CODE || event->failure != FAILURE_NONE)
        json_put_text(line, "code", failure_code(event->failure));
    if (form->text.name)
        json_put_text(line, form->text.name, (const char *)event + form->text.offset);
    for (size_t i = 0; i < MAX_NUMBERS && form->numbers[i].name; i++)
        json_put_int(line, form->numbers[i].name, number_of(event, &form->numbers[i]));
    if (form->optional.name && number_of(event, &form->optional) != 0)
        json_put_int(line, form->optional.name, number_of(event, &form->optional));
    if (event->kind == TASK_EVENT_WARNING)
        warning_put(&event->warning, line);
    if (event->is_crash)
        json_put_bool(line, "crash", true);
    json_end_object(line);
}

/* ---- reading ---- */

static int read_number(const json_t *object, const struct number *number, struct task_event *event)
{
    int64_t value;

    const int err = json_get_int(object, number->name, number->min, number->max, &value);
    if (!err)
        memcpy((char *)event + number->offset, &value, sizeof value);
    return err;
}

static int read_numbers(const json_t *object, const struct form *form, struct task_event *event)
{
    int err = 0;

    for (size_t i = 0; i < MAX_NUMBERS && form->numbers[i].name && !err; i++)
        err = read_number(object, &form->numbers[i], event);
    if (!err && form->optional.name && json_object_get(object, form->optional.name))
        err = read_number(object, &form->optional, event);
    return err;
}

static int read_code(const json_t *object, const struct form *form, struct task_event *event)
{
    struct slice code;

    if (form->code == NO_CODE)
        return 0;
    if (json_get_string(object, "code", &code))
        return form->code == CODE ? ERR_INVALID : 0;
    event->failure = failure_from_code(code);
    return event->failure == FAILURE_NONE ? ERR_INVALID : 0;
}

/* For people: one that cannot be shown is left out. */
static void read_text(const json_t *object, const struct form *form, struct task_event *event)
{
    struct slice text;

    if (form->text.name && json_get_string(object, form->text.name, &text) == 0 &&
        slice_is_plain_utf8(text))
        (void)slice_to_cstr(text, (char *)event + form->text.offset, form->text.size);
}

static int find_kind(const json_t *object, enum task_event_kind *ret_kind)
{
    struct slice name;

    if (json_get_string(object, "event", &name))
        return ERR_INVALID;
    for (int i = 0; i < N_TASK_EVENTS; i++) {
        if (slice_is(name, FORMS[i].name)) {
            *ret_kind = (enum task_event_kind)i;
            return 0;
        }
    }
    return ERR_INVALID;
}

/* What the ranges of single members do not say. */
static int check(const struct task_event *event)
{
    if (event->kind == TASK_EVENT_PLANNED && event->n_chunks + event->n_sounds == 0)
        return ERR_INVALID;
    if (event->kind == TASK_EVENT_PART && strcmp(event->part_kind, "sound") != 0 &&
        strcmp(event->part_kind, "chunk") != 0)
        return ERR_INVALID;
    return 0;
}

int task_event_parse(struct slice line, struct task_event *ret_event)
{
    CLEANUP(json_decref) json_t *object = NULL;
    struct task_event event = {.failure = FAILURE_NONE};

    if (line.length > TASK_EVENT_LINE_MAX_BYTES || json_parse(line, &object) ||
        find_kind(object, &event.kind))
        return ERR_INVALID;
    const struct form *form = &FORMS[event.kind];
    int err = read_numbers(object, form, &event);
    if (!err)
        err = read_code(object, form, &event);
    if (err)
        return err;
    if (event.kind == TASK_EVENT_WARNING && warning_parse(object, &event.warning))
        return ERR_INVALID;
    read_text(object, form, &event);
    event.is_crash =
        event.kind == TASK_EVENT_FAILED && json_is_true(json_object_get(object, "crash"));
    err = check(&event);
    if (!err)
        *ret_event = event;
    return err;
}
