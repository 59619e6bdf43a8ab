// SPDX-License-Identifier: GPL-3.0-or-later
/* fields.h - a request's body, or its query, as a struct: a table says what each member may be.
 *
 *     struct thing { char title[801]; int64_t n; };
 *     static const struct field FIELDS[] = {
 *         FIELD(FIELD_TEXT, struct thing, title, .min = 1, .max = 200, .is_required = true),
 *         FIELD(FIELD_INT, struct thing, n, .min = 0, .max = 9),
 *     };
 *
 * All that is wrong is told at once: problem "invalid-fields" (RFC 9457) with
 * "errors":[{"pointer":"/title","code":"too-long"},…], RFC 6901 pointers, and codes for which the
 * pages have words: required, wrong-type, unknown, malformed, too-short, too-long, too-small,
 * too-large, not-one-of. */
#ifndef SERVER_WEB_FIELDS_H
#define SERVER_WEB_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_exchange;
struct http_request;

enum field_kind {
    /* char[]: a text in NFC without what shows nothing around it, on one line unless is_multiline;
     * min and max count characters, line ends too. Control characters are malformed; of several
     * lines, a tab is a blank. A character may take 4 bytes: the array has 4 * max + 1. */
    FIELD_TEXT,
    FIELD_INT,    /* int64_t, from min to max */
    FIELD_BOOL,   /* bool */
    FIELD_ID,     /* char[ID_SIZE] */
    FIELD_WORD,   /* int: which of `words`, an array that NULL ends */
    FIELD_TIME,   /* int64_t, milliseconds since 1970: RFC 3339 in any zone */
    FIELD_SECRET, /* char[]: as it was typed, NUL alone excepted; the handler judges it */
};

struct field {
    const char *name;
    size_t offset, size; /* of the struct's member */
    int64_t min, max;
    const char *const *words;
    enum field_kind kind;
    bool is_required;
    bool is_multiline;
    bool may_be_null; /* for PATCH: null leaves the member as it is, and is seen as null */
};

/* The member of the struct has the field's name. */
#define FIELD(kind_, type_, member_, ...)                                      \
    {                                                                          \
        .name = #member_, .kind = (kind_), .offset = offsetof(type_, member_), \
        .size = sizeof(((type_ *)NULL)->member_), __VA_ARGS__                  \
    }

enum { FIELDS_MAX = 32, FIELD_FAULTS_MAX = 32, FIELD_POINTER_SIZE = 72 };

struct field_fault {
    char pointer[FIELD_POINTER_SIZE]; /* a longer one is cut */
    const char *code;                 /* static */
};

struct field_faults {
    struct field_fault list[FIELD_FAULTS_MAX]; /* more are left out */
    size_t n;
};

/* Bit i stands for fields[i]. What is null was given, too; what is absent is neither. */
struct fields_seen {
    uint32_t given, null;
};

/* Reads an object into a struct; pure. Members that are absent leave the struct as it is. What is
 * wrong is in *ret_faults. n <= FIELDS_MAX. */
struct fields_seen fields_read(const json_t *object, const struct field *fields, size_t n,
                               void *ret_values, struct field_faults *ret_faults);

/* The same for the part of an address behind "?" (request.h), percent-decoded here: "1" and "true"
 * are true, "0" and "false" are false. Other parameters are nobody's fault: links collect them. */
struct fields_seen fields_read_query(const struct http_request *request, const struct field *fields,
                                     size_t n, void *ret_values, struct field_faults *ret_faults);

/* Answers 400 with the faults. Takes the exchange over. */
void answer_faults(struct http_exchange *x, const struct field_faults *faults);

#endif
