// SPDX-License-Identifier: GPL-3.0-or-later
/* json.h - reading JSON that others wrote, over jansson: strict UTF-8, duplicate names refused.
 *
 * A json_t that a function below hands out by name is borrowed from the document. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/slice.h"

/* Parses a whole text. Returns 0 and a document that json_decref() ends, or ERR_INVALID
 * (also when memory is short: jansson does not say which). */
int json_parse(struct slice text, json_t **ret_document);

DEFINE_CLEANUP(json_decref, json_t *)

/* The string member `name`; ERR_INVALID when it is absent or no string.
 * The slice is borrowed and may hold NUL bytes. */
int json_get_string(const json_t *object, const char *name, struct slice *ret_value);

/* Copies the string member with a terminator; ERR_INVALID also when it does not fit or holds NUL.
 */
int json_get_text(const json_t *object, const char *name, char *buffer, size_t size);

/* The integer member, min <= value <= max; ERR_INVALID otherwise. */
int json_get_int(const json_t *object, const char *name, int64_t min, int64_t max,
                 int64_t *ret_value);

/* The array or object member; ERR_INVALID when it is absent or of another type. */
int json_get_array(const json_t *object, const char *name, const json_t **ret_array);
int json_get_object(const json_t *object, const char *name, const json_t **ret_object);

/* An array element that is an integer in range; ERR_INVALID otherwise. */
int json_at_int(const json_t *array, size_t index, int64_t min, int64_t max, int64_t *ret_value);

#endif
