// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/stills.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/json.h"

enum { VERSION = 1 };

static const int64_t MAX_TIME_US = INT64_C(1) << 50;

static const char *const KINDS[N_STILL_KINDS] = {[STILL_REGULAR] = "regular",
                                                 [STILL_FIRST] = "first",
                                                 [STILL_SLIDE] = "slide",
                                                 [STILL_LAST] = "last"};

static uint32_t even(uint64_t side)
{
    return side < 2 ? 2 : (uint32_t)side & ~UINT32_C(1);
}

void stills_size(uint32_t width, uint32_t height, uint32_t *ret_width, uint32_t *ret_height)
{
    const uint64_t longer = width > height ? width : height;

    *ret_width = even((uint64_t)width * STILLS_SIDE_PX / longer);
    *ret_height = even((uint64_t)height * STILLS_SIDE_PX / longer);
}

size_t stills_picture_bytes(const struct stills *stills)
{
    return (size_t)stills->width * stills->height * 3 / 2;
}

const uint8_t *stills_picture(const struct stills *stills, size_t i)
{
    return (const uint8_t *)stills->pixels.data + i * stills_picture_bytes(stills);
}

struct plane stills_luma(const struct stills *stills, size_t i)
{
    return (struct plane){.data = stills_picture(stills, i),
                          .stride = stills->width,
                          .width = (int)stills->width,
                          .height = (int)stills->height};
}

void stills_name(uint32_t chunk, char name[STILLS_NAME_SIZE])
{
    (void)snprintf(name, STILLS_NAME_SIZE, "part-stills-%04" PRIu32 ".bin", chunk);
}

void stills_write(const struct stills *stills, struct buf *out)
{
    buf_printf(out,
               "{\"version\":%d,\"width\":%" PRIu32 ",\"height\":%" PRIu32
               ",\"run_from_us\":%" PRId64 ",\"calm_us\":%" PRId64 ",\"stills\":[",
               VERSION, stills->width, stills->height, stills->run_from_us, stills->calm_us);
    for (size_t i = 0; i < stills->n; i++)
        buf_printf(out, "%s[\"%s\",%" PRId64 ",%" PRId64 "]", i ? "," : "",
                   KINDS[stills->list[i].kind], stills->list[i].from_us, stills->list[i].until_us);
    buf_append_text(out, "],\"film\":\"");
    film_mask_write(&stills->film, out);
    buf_append_text(out, "\"}\n");
    buf_append_slice(out, stills->pixels);
}

static int parse_still(const json_t *array, struct still *ret_still)
{
    const char *kind = json_string_value(json_array_get(array, 0));

    if (!kind || json_at_int(array, 1, 0, MAX_TIME_US, &ret_still->from_us) ||
        json_at_int(array, 2, ret_still->from_us, MAX_TIME_US, &ret_still->until_us))
        return ERR_INVALID;
    for (int i = 0; i < N_STILL_KINDS; i++) {
        if (strcmp(kind, KINDS[i]) == 0) {
            ret_still->kind = (enum still_kind)i;
            return 0;
        }
    }
    return ERR_INVALID;
}

static int parse_head(const json_t *document, struct stills *stills)
{
    const json_t *list;
    struct slice film;
    int64_t version;
    int64_t width;
    int64_t height;

    if (json_get_int(document, "version", VERSION, VERSION, &version) ||
        json_get_int(document, "width", 2, STILLS_SIDE_PX, &width) ||
        json_get_int(document, "height", 2, STILLS_SIDE_PX, &height) || width % 2 || height % 2 ||
        json_get_int(document, "run_from_us", -1, MAX_TIME_US, &stills->run_from_us) ||
        json_get_int(document, "calm_us", 0, MAX_TIME_US, &stills->calm_us) ||
        json_get_array(document, "stills", &list) || json_get_string(document, "film", &film) ||
        film_mask_read(film, &stills->film) || json_array_size(list) > STILLS_MAX)
        return ERR_INVALID;
    stills->width = (uint32_t)width;
    stills->height = (uint32_t)height;
    stills->n = json_array_size(list);
    for (size_t i = 0; i < stills->n; i++) {
        if (parse_still(json_array_get(list, i), &stills->list[i]))
            return ERR_INVALID;
    }
    return 0;
}

int stills_parse(struct slice file, struct stills *ret_stills)
{
    CLEANUP(json_decref) json_t *document = NULL;
    struct stills stills = {0};
    struct slice rest = file;
    const struct slice head = slice_split(&rest, '\n');

    if (json_parse(head, &document) || parse_head(document, &stills) ||
        rest.length != stills.n * stills_picture_bytes(&stills))
        return ERR_INVALID;
    stills.pixels = rest;
    *ret_stills = stills;
    return 0;
}
