// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/m3u8.h"

#include <stdlib.h>

#include "common/err.h"

/* What stands between a tag and the URI that it is about. */
struct pending {
    bool has_variant, has_segment;
    struct m3u8_variant variant;
    struct m3u8_segment segment;
};

struct parser {
    struct m3u8 *playlist;
    struct pending pending;
    uint64_t range_end; /* of the last byte range, for those that only give a size */
};

void m3u8_free(struct m3u8 *p)
{
    if (!p)
        return;
    free(p->variants);
    free(p->media);
    free(p->segments);
    free(p);
}

/* Room for one more element of an array that doubles at powers of two. */
static int grow(void **array, size_t n, size_t size)
{
    if (n >= M3U8_MAX_ITEMS)
        return ERR_TOO_LARGE;
    if (n != 0 && (n & (n - 1)) != 0)
        return 0;
    void *larger = reallocarray(*array, n ? 2 * n : 1, size);
    if (!larger)
        return ERR_NO_MEMORY;
    *array = larger;
    return 0;
}

static int add_variant(struct m3u8 *p, const struct m3u8_variant *variant)
{
    void *array = p->variants;
    const int err = grow(&array, p->n_variants, sizeof *p->variants);

    if (err)
        return err;
    p->variants = array;
    p->variants[p->n_variants++] = *variant;
    return 0;
}

static int add_media(struct m3u8 *p, const struct m3u8_media *media)
{
    void *array = p->media;
    const int err = grow(&array, p->n_media, sizeof *p->media);

    if (err)
        return err;
    p->media = array;
    p->media[p->n_media++] = *media;
    return 0;
}

static int add_segment(struct m3u8 *p, const struct m3u8_segment *segment)
{
    void *array = p->segments;
    const int err = grow(&array, p->n_segments, sizeof *p->segments);

    if (err)
        return err;
    p->segments = array;
    p->segments[p->n_segments++] = *segment;
    return 0;
}

/* Cuts the next NAME=value off an attribute list (RFC 8216 §4.2); quotes are taken away. False at
 * the end or at what is none. */
static bool next_attribute(struct slice *rest, struct slice *name, struct slice *value)
{
    if (rest->length == 0)
        return false;
    *name = slice_trim(slice_split(rest, '='));
    if (rest->length > 0 && rest->data[0] == '"') {
        *rest = slice_skip(*rest, 1);
        *value = slice_split(rest, '"');
        (void)slice_split(rest, ',');
    } else {
        *value = slice_trim(slice_split(rest, ','));
    }
    return name->length > 0;
}

/* "23.976" in thousandths or millionths; further digits are cut off. */
static int parse_decimal(struct slice text, uint64_t scale, uint64_t *ret_value)
{
    struct slice rest = text;
    const struct slice whole = slice_split(&rest, '.');
    uint64_t value;

    if (slice_to_u64(whole, &value) || value > UINT32_MAX)
        return ERR_INVALID;
    value *= scale;
    for (size_t i = 0; i < rest.length; i++) {
        if (rest.data[i] < '0' || rest.data[i] > '9')
            return ERR_INVALID;
        scale /= 10;
        value += (uint64_t)(rest.data[i] - '0') * scale;
    }
    *ret_value = value;
    return 0;
}

static int parse_resolution(struct slice text, struct m3u8_variant *v)
{
    struct slice rest = text;
    uint64_t width;
    uint64_t height;

    if (slice_to_u64(slice_split(&rest, 'x'), &width) || slice_to_u64(rest, &height) ||
        width > UINT16_MAX || height > UINT16_MAX)
        return ERR_INVALID;
    v->width = (uint32_t)width;
    v->height = (uint32_t)height;
    return 0;
}

static int set_variant(struct m3u8_variant *v, struct slice name, struct slice value)
{
    uint64_t number;

    if (slice_is(name, "BANDWIDTH"))
        return slice_to_u64(value, &v->bandwidth_bps);
    if (slice_is(name, "AVERAGE-BANDWIDTH"))
        return slice_to_u64(value, &v->average_bps);
    if (slice_is(name, "RESOLUTION"))
        return parse_resolution(value, v);
    if (slice_is(name, "FRAME-RATE")) {
        if (parse_decimal(value, 1000, &number) || number > UINT32_MAX)
            return ERR_INVALID;
        v->milli_fps = (uint32_t)number;
    } else if (slice_is(name, "CODECS")) {
        v->codecs = value;
    } else if (slice_is(name, "AUDIO")) {
        v->audio = value;
    } else if (slice_is(name, "SUBTITLES")) {
        v->subtitles = value;
    } else if (slice_is(name, "URI")) {
        v->uri = value;
    }
    return 0;
}

static int parse_variant(struct parser *p, struct slice attributes, bool is_iframes)
{
    struct m3u8_variant variant = {.is_iframes = is_iframes};
    struct slice name;
    struct slice value;

    while (next_attribute(&attributes, &name, &value)) {
        if (set_variant(&variant, name, value))
            return ERR_INVALID;
    }
    if (is_iframes)
        return variant.uri.length ? add_variant(p->playlist, &variant) : ERR_INVALID;
    p->pending.variant = variant;
    p->pending.has_variant = true;
    return 0;
}

static int parse_media(struct parser *p, struct slice attributes)
{
    struct m3u8_media media = {0};
    struct slice name;
    struct slice value;

    while (next_attribute(&attributes, &name, &value)) {
        if (slice_is(name, "TYPE"))
            media.type = value;
        else if (slice_is(name, "GROUP-ID"))
            media.group = value;
        else if (slice_is(name, "NAME"))
            media.name = value;
        else if (slice_is(name, "LANGUAGE"))
            media.language = value;
        else if (slice_is(name, "URI"))
            media.uri = value;
        else if (slice_is(name, "DEFAULT"))
            media.is_default = slice_is(value, "YES");
    }
    return add_media(p->playlist, &media);
}

/* "size" or "size@offset". */
static int parse_range(struct parser *p, struct slice text, struct m3u8_range *ret_range)
{
    struct slice rest = text;
    struct m3u8_range range = {.offset = p->range_end};

    if (slice_to_u64(slice_split(&rest, '@'), &range.size) || range.size == 0 ||
        (rest.data && slice_to_u64(rest, &range.offset)) || range.size > INT64_MAX ||
        range.offset > INT64_MAX)
        return ERR_INVALID;
    p->range_end = range.offset + range.size;
    *ret_range = range;
    return 0;
}

static int parse_map(struct parser *p, struct slice attributes)
{
    struct slice name;
    struct slice value;

    while (next_attribute(&attributes, &name, &value)) {
        if (slice_is(name, "URI"))
            p->playlist->map_uri = value;
        else if (slice_is(name, "BYTERANGE") && parse_range(p, value, &p->playlist->map_range))
            return ERR_INVALID;
    }
    return p->playlist->map_uri.length ? 0 : ERR_INVALID;
}

static int parse_u32(struct slice text, uint32_t *ret_value)
{
    uint64_t value;

    if (slice_to_u64(text, &value) || value > UINT32_MAX)
        return ERR_INVALID;
    *ret_value = (uint32_t)value;
    return 0;
}

static int parse_extinf(struct parser *p, struct slice text)
{
    p->pending.has_segment = true;
    return parse_decimal(slice_split(&text, ','), 1000000, &p->pending.segment.duration_us);
}

static int parse_tag(struct parser *p, struct slice line)
{
    struct m3u8 *playlist = p->playlist;
    struct slice value = line;
    const struct slice tag = slice_split(&value, ':');

    if (slice_is(tag, "#EXTINF"))
        return parse_extinf(p, value);
    if (slice_is(tag, "#EXT-X-BYTERANGE"))
        return parse_range(p, value, &p->pending.segment.range);
    if (slice_is(tag, "#EXT-X-STREAM-INF"))
        return parse_variant(p, value, false);
    if (slice_is(tag, "#EXT-X-I-FRAME-STREAM-INF"))
        return parse_variant(p, value, true);
    if (slice_is(tag, "#EXT-X-MEDIA"))
        return parse_media(p, value);
    if (slice_is(tag, "#EXT-X-MAP"))
        return parse_map(p, value);
    if (slice_is(tag, "#EXT-X-TARGETDURATION"))
        return parse_u32(value, &playlist->target_s);
    if (slice_is(tag, "#EXT-X-VERSION"))
        return parse_u32(value, &playlist->version);
    if (slice_is(tag, "#EXT-X-PLAYLIST-TYPE"))
        playlist->playlist_type = value;
    else if (slice_is(tag, "#EXT-X-ENDLIST"))
        playlist->has_end = true;
    else if (slice_is(tag, "#EXT-X-I-FRAMES-ONLY"))
        playlist->is_iframes_only = true;
    else if (slice_is(tag, "#EXT-X-INDEPENDENT-SEGMENTS"))
        playlist->is_independent = true;
    else if (slice_is(tag, "#EXT-X-DISCONTINUITY"))
        p->pending.segment.is_discontinuous = true;
    return 0;
}

static int parse_uri(struct parser *p, struct slice uri)
{
    struct pending *pending = &p->pending;
    int err = ERR_INVALID;

    if (pending->has_variant) {
        pending->variant.uri = uri;
        err = add_variant(p->playlist, &pending->variant);
    } else if (pending->has_segment) {
        pending->segment.uri = uri;
        err = add_segment(p->playlist, &pending->segment);
    }
    *pending = (struct pending){0};
    return err;
}

static struct slice without_return(struct slice line)
{
    return line.length > 0 && line.data[line.length - 1] == '\r'
               ? slice_of(line.data, line.length - 1)
               : line;
}

static int parse_lines(struct parser *p, struct slice text)
{
    if (!slice_is(without_return(slice_split(&text, '\n')), "#EXTM3U"))
        return ERR_INVALID;
    while (text.length > 0) {
        const struct slice line = without_return(slice_split(&text, '\n'));
        int err = 0;
        if (slice_starts_with(line, "#EXT"))
            err = parse_tag(p, line);
        else if (line.length > 0 && line.data[0] != '#')
            err = parse_uri(p, line);
        if (err)
            return err;
    }
    return p->pending.has_variant || p->pending.has_segment ? ERR_INVALID : 0;
}

int m3u8_parse(struct slice text, struct m3u8 **ret_playlist)
{
    CLEANUP(m3u8_free) struct m3u8 *playlist = calloc(1, sizeof *playlist);

    if (!playlist)
        return ERR_NO_MEMORY;
    playlist->version = 1;
    struct parser parser = {.playlist = playlist};
    const int err = parse_lines(&parser, text);
    if (err)
        return err;
    *ret_playlist = playlist;
    playlist = NULL;
    return 0;
}
