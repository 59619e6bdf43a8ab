// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/json.h"

#include "common/err.h"

int json_parse(struct slice text, json_t **ret_document)
{
    json_t *document =
        json_loadb(text.data ? text.data : "", text.length, JSON_REJECT_DUPLICATES, NULL);

    if (!document)
        return ERR_INVALID;
    *ret_document = document;
    return 0;
}

int json_get_string(const json_t *object, const char *name, struct slice *ret_value)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value))
        return ERR_INVALID;
    *ret_value = slice_of(json_string_value(value), json_string_length(value));
    return 0;
}

int json_get_text(const json_t *object, const char *name, char *buffer, size_t size)
{
    struct slice value;

    if (json_get_string(object, name, &value))
        return ERR_INVALID;
    return slice_to_cstr(value, buffer, size) ? ERR_INVALID : 0;
}

static int int_in_range(const json_t *value, int64_t min, int64_t max, int64_t *ret_value)
{
    if (!json_is_integer(value))
        return ERR_INVALID;
    const int64_t number = json_integer_value(value);
    if (number < min || number > max)
        return ERR_INVALID;
    *ret_value = number;
    return 0;
}

int json_get_int(const json_t *object, const char *name, int64_t min, int64_t max,
                 int64_t *ret_value)
{
    return int_in_range(json_object_get(object, name), min, max, ret_value);
}

int json_at_int(const json_t *array, size_t index, int64_t min, int64_t max, int64_t *ret_value)
{
    return int_in_range(json_array_get(array, index), min, max, ret_value);
}

int json_get_array(const json_t *object, const char *name, const json_t **ret_array)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_array(value))
        return ERR_INVALID;
    *ret_array = value;
    return 0;
}

int json_get_object(const json_t *object, const char *name, const json_t **ret_object)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_object(value))
        return ERR_INVALID;
    *ret_object = value;
    return 0;
}
