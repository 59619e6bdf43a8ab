// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/slide_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/json.h"

enum { VERSION = 1 };

static const int64_t MAX_TIME_US = INT64_C(1) << 50;

void slide_luma_size(uint32_t width, uint32_t height, int *ret_width, int *ret_height)
{
    const uint32_t longer = width > height ? width : height;
    const uint32_t side = longer < SLIDE_LUMA_SIDE ? longer : SLIDE_LUMA_SIDE;
    const int w = (int)((uint64_t)width * side / longer) & ~1;
    const int h = (int)((uint64_t)height * side / longer) & ~1;

    *ret_width = w < 2 ? 2 : w;
    *ret_height = h < 2 ? 2 : h;
}

struct plane slide_part_luma(const struct slide_part *part, size_t i)
{
    int width;
    int height;

    slide_luma_size(part->width, part->height, &width, &height);
    return (struct plane){(const uint8_t *)part->lumas.data + i * (size_t)(width * height), width,
                          width, height};
}

struct slice slide_part_file(const struct slide_part *part, size_t i)
{
    size_t offset = 0;

    for (size_t k = 0; k < i; k++)
        offset += part->states[k].bytes;
    return slice_of(part->files.data + offset, part->states[i].bytes);
}

void slide_part_name(uint32_t chunk, char name[SLIDE_PART_NAME_SIZE])
{
    (void)snprintf(name, SLIDE_PART_NAME_SIZE, "part-slides-%04" PRIu32 ".bin", chunk);
}

void slide_part_write(const struct slide_part *part, struct buf *out)
{
    buf_printf(out, "{\"version\":%d,\"width\":%" PRIu32 ",\"height\":%" PRIu32 ",\"film\":\"",
               VERSION, part->width, part->height);
    film_mask_write(&part->film, out);
    buf_append_text(out, "\",\"states\":[");
    for (size_t i = 0; i < part->n; i++)
        buf_printf(out, "%s[%" PRId64 ",%" PRIu32 "]", i ? "," : "", part->states[i].at_us,
                   part->states[i].bytes);
    buf_append_text(out, "]}\n");
    buf_append_slice(out, part->lumas);
    buf_append_slice(out, part->files);
}

static int parse_states(const json_t *list, struct slide_part *part)
{
    int64_t before = -1;

    for (size_t i = 0; i < part->n; i++) {
        const json_t *state = json_array_get(list, i);
        int64_t bytes;
        if (json_at_int(state, 0, before + 1, MAX_TIME_US, &part->states[i].at_us) ||
            json_at_int(state, 1, 1, WEBP_MAX_BYTES, &bytes))
            return ERR_INVALID;
        part->states[i].bytes = (uint32_t)bytes;
        before = part->states[i].at_us;
    }
    return 0;
}

static int parse_head(const json_t *document, struct slide_part *part)
{
    const json_t *list;
    struct slice film;
    int64_t version;
    int64_t width;
    int64_t height;

    if (json_get_int(document, "version", VERSION, VERSION, &version) ||
        json_get_int(document, "width", 2, WEBP_MAX_SIDE_PX, &width) ||
        json_get_int(document, "height", 2, 16384, &height) ||
        json_get_string(document, "film", &film) || film_mask_read(film, &part->film) ||
        json_get_array(document, "states", &list) || json_array_size(list) > SLIDE_PART_MAX)
        return ERR_INVALID;
    part->width = (uint32_t)width;
    part->height = (uint32_t)height;
    part->n = json_array_size(list);
    return parse_states(list, part);
}

int slide_part_parse(struct slice file, struct slide_part *ret_part)
{
    CLEANUP(json_decref) json_t *document = NULL;
    struct slide_part part = {0};
    struct slice rest = file;
    const struct slice head = slice_split(&rest, '\n');
    size_t bytes = 0;
    int width;
    int height;

    if (json_parse(head, &document) || parse_head(document, &part))
        return ERR_INVALID;
    slide_luma_size(part.width, part.height, &width, &height);
    const size_t lumas = part.n * (size_t)(width * height);
    for (size_t i = 0; i < part.n; i++)
        bytes += part.states[i].bytes;
    if (rest.length != lumas + bytes)
        return ERR_INVALID;
    part.lumas = slice_of(rest.data, lumas);
    part.files = slice_skip(rest, lumas);
    *ret_part = part;
    return 0;
}
