// SPDX-License-Identifier: GPL-3.0-or-later
/* package.json:
 *
 *   {"version":1,"complete":true,"duration_us":145520000,"target_duration_s":6,"renditions":[
 *   {"name":"v240","kind":"video","codecs":"avc1.64000d","timescale":12800,
 *    "width":426,"height":240,"frame_rate":[25,1],"group":"aac",
 *    "peak_bps":210000,"average_bps":95000,
 *    "files":["v240.mp4"],"init":[0,0,720],"fragments":[[0,720,41234,76800],…]},…]}
 *
 * and, where there is a storyboard, "storyboard":{"sheets":8,"slides":21} before the renditions.
 * A part also has "tallies":[…] (tally.h).
 *
 * A sound may have a "title".
 *
 * and, where there are pictures of slides, "slides":{"width":1280,"height":720,"pictures":[
 *   {"start_us":0,"slide":1,"file":"slides/0001.webp","bytes":18342},…]}.
 *
 * and of a complete one, "files":[{"name":"v240.mp4","bytes":9183450,"sha256":"…"},…]: all of its
 * files but this one, and but what is rendered from it (playlists, page.html).
 *
 * init is [file, offset, size]; a fragment is [file, offset, size, duration in ticks] and,
 * of a picture, the bytes up to the end of its IDR frame. */
#include "common/package/package.h"

#include <inttypes.h>
#include <string.h>

#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "common/package/storyboard_files.h"

enum {
    MAX_SIDE = 16384,
    MAX_TIMESCALE = 10000000,
    MAX_CHANNELS = 64,
    MAX_FRAME_RATE_PART = 1000000000,
};

#define MAX_OFFSET (INT64_C(1) << 50)

static const char *const KINDS[] = {
    [RENDITION_VIDEO] = "video", [RENDITION_AUDIO] = "audio", [RENDITION_CAPTIONS] = "captions"};

/* Stores the integer member in *ret_value, which fits. */
static int get_u32(const json_t *object, const char *name, uint32_t min, uint32_t max,
                   uint32_t *ret_value)
{
    int64_t value;
    const int err = json_get_int(object, name, min, max, &value);

    if (!err)
        *ret_value = (uint32_t)value;
    return err;
}

static int at_u32(const json_t *array, size_t index, uint32_t min, uint32_t max,
                  uint32_t *ret_value)
{
    int64_t value;
    const int err = json_at_int(array, index, min, max, &value);

    if (!err)
        *ret_value = (uint32_t)value;
    return err;
}

static int get_u64(const json_t *object, const char *name, uint64_t *ret_value)
{
    int64_t value;
    const int err = json_get_int(object, name, 0, MAX_OFFSET, &value);

    if (!err)
        *ret_value = (uint64_t)value;
    return err;
}

static int parse_video(const json_t *object, struct rendition *r)
{
    const json_t *rate;

    if (json_get_array(object, "frame_rate", &rate) ||
        at_u32(rate, 0, 1, MAX_FRAME_RATE_PART, &r->rate_num) ||
        at_u32(rate, 1, 1, MAX_FRAME_RATE_PART, &r->rate_den) ||
        get_u32(object, "width", 1, MAX_SIDE, &r->width) ||
        get_u32(object, "height", 1, MAX_SIDE, &r->height))
        return ERR_INVALID;
    return 0;
}

static int parse_title(const json_t *object, struct rendition *r)
{
    if (!json_object_get(object, "title"))
        return 0;
    return json_get_text(object, "title", r->title, sizeof r->title);
}

static int parse_audio(const json_t *object, struct rendition *r)
{
    if (get_u32(object, "sample_rate", 1, MAX_TIMESCALE, &r->sample_rate) ||
        get_u32(object, "channels", 1, MAX_CHANNELS, &r->n_channels) ||
        json_get_text(object, "language", r->language, sizeof r->language) ||
        parse_title(object, r))
        return ERR_INVALID;
    return 0;
}

static int parse_description(const json_t *object, struct rendition *r)
{
    struct slice kind;

    if (json_get_text(object, "name", r->name, sizeof r->name) ||
        json_get_string(object, "kind", &kind) ||
        json_get_text(object, "codecs", r->codecs, sizeof r->codecs) ||
        json_get_text(object, "group", r->group, sizeof r->group) ||
        get_u32(object, "timescale", 1, MAX_TIMESCALE, &r->timescale) ||
        get_u64(object, "peak_bps", &r->peak_bps) ||
        get_u64(object, "average_bps", &r->average_bps))
        return ERR_INVALID;
    if (slice_is(kind, KINDS[RENDITION_VIDEO])) {
        r->kind = RENDITION_VIDEO;
        return parse_video(object, r);
    }
    if (slice_is(kind, KINDS[RENDITION_CAPTIONS])) {
        r->kind = RENDITION_CAPTIONS;
        return json_get_text(object, "language", r->language, sizeof r->language);
    }
    r->kind = RENDITION_AUDIO;
    return slice_is(kind, KINDS[RENDITION_AUDIO]) ? parse_audio(object, r) : ERR_INVALID;
}

/* [file, offset, size] and, with_duration, [… , duration] or [… , duration, I-frame bytes]. */
static int parse_place(const json_t *array, bool with_duration, const struct rendition *r,
                       struct fragment *ret_place)
{
    struct fragment place = {0};
    int64_t offset;

    const size_t n = json_array_size(array);

    if ((with_duration ? n != 4 && n != 5 : n != 3) ||
        at_u32(array, 0, 0, PACKAGE_MAX_FILES, &place.file) || place.file >= r->n_files ||
        json_at_int(array, 1, 0, MAX_OFFSET, &offset) ||
        at_u32(array, 2, 1, UINT32_MAX, &place.size_bytes))
        return ERR_INVALID;
    place.offset = (uint64_t)offset;
    if (with_duration && at_u32(array, 3, 1, UINT32_MAX, &place.duration_ticks))
        return ERR_INVALID;
    if (n == 5 && at_u32(array, 4, 1, UINT32_MAX, &place.iframe_bytes))
        return ERR_INVALID;
    *ret_place = place;
    return 0;
}

static int parse_tables(const json_t *object, struct rendition *r)
{
    const json_t *files;
    const json_t *init;
    const json_t *fragments;

    if (json_get_array(object, "files", &files) || json_get_array(object, "init", &init) ||
        json_get_array(object, "fragments", &fragments))
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *name = json_string_value(json_array_get(files, i));
        uint32_t file;
        const int err = name ? rendition_add_file(r, name, &file) : ERR_INVALID;
        if (err)
            return err;
    }
    if (json_array_size(init) > 0 && parse_place(init, false, r, &r->init))
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(fragments); i++) {
        struct fragment fragment;
        int err = parse_place(json_array_get(fragments, i), true, r, &fragment);
        if (!err)
            err = rendition_add_fragment(r, &fragment);
        if (err)
            return err;
    }
    return 0;
}

static int parse_rendition(const json_t *object, struct package *p)
{
    struct rendition description = {0};
    struct rendition *r;
    int err = parse_description(object, &description);

    if (!err)
        err = package_add_rendition(p, &description, &r);
    return err ? err : parse_tables(object, r);
}

static int parse_storyboard(const json_t *document, struct package *p)
{
    const json_t *storyboard;

    if (!json_object_get(document, "storyboard"))
        return 0;
    if (json_get_object(document, "storyboard", &storyboard) ||
        get_u32(storyboard, "sheets", 1, PACKAGE_MAX_SHEETS, &p->n_sheets) ||
        get_u32(storyboard, "slides", 0, PACKAGE_MAX_FRAGMENTS, &p->n_slides))
        return ERR_INVALID;
    return 0;
}

static int parse_tallies(const json_t *document, struct package *p)
{
    const json_t *tallies;
    struct tally tally;
    int err = 0;

    if (!json_object_get(document, "tallies"))
        return 0;
    if (json_get_array(document, "tallies", &tallies))
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(tallies) && !err; i++) {
        err = tally_parse(json_array_get(tallies, i), &tally);
        if (!err)
            err = tally_list_add(&p->tallies, &tally);
    }
    return err;
}

/* "slides/0012.webp" is 12. */
static int parse_picture_name(const json_t *object, uint32_t *ret_file)
{
    struct slice name;

    if (json_get_string(object, "file", &name))
        return ERR_INVALID;
    *ret_file = slide_picture_number(name);
    return *ret_file ? 0 : ERR_INVALID;
}

static int parse_pictures(const json_t *document, struct package *p)
{
    const json_t *slides;
    const json_t *list;

    if (!json_object_get(document, "slides"))
        return 0;
    if (json_get_object(document, "slides", &slides) ||
        get_u32(slides, "width", 1, MAX_SIDE, &p->picture_width) ||
        get_u32(slides, "height", 1, MAX_SIDE, &p->picture_height) ||
        json_get_array(slides, "pictures", &list))
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        struct package_picture picture = {0};
        if (json_get_int(object, "start_us", 0, MAX_OFFSET, &picture.start_us) ||
            get_u32(object, "slide", 0, PACKAGE_MAX_FRAGMENTS, &picture.slide) ||
            parse_picture_name(object, &picture.file) ||
            get_u32(object, "bytes", 1, UINT32_MAX, &picture.bytes))
            return ERR_INVALID;
        const int err = package_add_picture(p, &picture);
        if (err)
            return err;
    }
    return 0;
}

static int parse_entries(const json_t *document, struct package *p)
{
    const json_t *list;

    if (!json_object_get(document, "files"))
        return 0;
    if (json_get_array(document, "files", &list))
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        struct package_entry entry = {0};
        if (json_get_text(object, "name", entry.name, sizeof entry.name) ||
            get_u64(object, "bytes", &entry.bytes) ||
            json_get_text(object, "sha256", entry.sha256, sizeof entry.sha256))
            return ERR_INVALID;
        const int err = package_add_entry(p, &entry);
        if (err)
            return err;
    }
    return 0;
}

static int parse_package(const json_t *document, struct package *p)
{
    const json_t *complete = json_object_get(document, "complete");
    const json_t *renditions;
    int64_t version;

    if (json_get_int(document, "version", PACKAGE_VERSION, PACKAGE_VERSION, &version) ||
        json_get_int(document, "duration_us", 0, MAX_OFFSET, &p->duration_us) ||
        get_u32(document, "target_duration_s", 1, PACKAGE_MAX_FRAGMENT_S, &p->target_duration_s) ||
        !json_is_boolean(complete) || json_get_array(document, "renditions", &renditions) ||
        parse_storyboard(document, p))
        return ERR_INVALID;
    int wrong = parse_pictures(document, p);
    if (!wrong)
        wrong = parse_entries(document, p);
    if (wrong)
        return wrong;
    p->is_complete = json_is_true(complete);
    for (size_t i = 0; i < json_array_size(renditions); i++) {
        const int err = parse_rendition(json_array_get(renditions, i), p);
        if (err)
            return err;
    }
    return parse_tallies(document, p);
}

int package_parse(struct slice json, struct package **ret_package)
{
    CLEANUP(json_decref) json_t *document = NULL;
    CLEANUP(package_free) struct package *p = package_new();

    if (!p)
        return ERR_NO_MEMORY;
    if (json_parse(json, &document))
        return ERR_INVALID;
    const int err = parse_package(document, p);
    if (err)
        return err;
    *ret_package = p;
    p = NULL;
    return 0;
}

static void write_description(const struct rendition *r, struct buf *out)
{
    buf_printf(out, "{\"name\":\"%s\",\"kind\":\"%s\",\"codecs\":\"%s\",\"timescale\":%" PRIu32,
               r->name, KINDS[r->kind], r->codecs, r->timescale);
    if (r->kind == RENDITION_VIDEO)
        buf_printf(out,
                   ",\"width\":%" PRIu32 ",\"height\":%" PRIu32 ",\"frame_rate\":[%" PRIu32
                   ",%" PRIu32 "]",
                   r->width, r->height, r->rate_num, r->rate_den);
    else if (r->kind == RENDITION_CAPTIONS)
        buf_printf(out, ",\"language\":\"%s\"", r->language);
    else
        buf_printf(out, ",\"sample_rate\":%" PRIu32 ",\"channels\":%" PRIu32 ",\"language\":\"%s\"",
                   r->sample_rate, r->n_channels, r->language);
    if (r->title[0])
        json_put_text(out, "title", r->title);
    buf_printf(out, ",\"group\":\"%s\",\"peak_bps\":%" PRIu64 ",\"average_bps\":%" PRIu64, r->group,
               r->peak_bps, r->average_bps);
}

static void write_tables(const struct rendition *r, struct buf *out)
{
    buf_append_text(out, ",\"files\":[");
    for (size_t i = 0; i < r->n_files; i++)
        buf_printf(out, "%s\"%s\"", i ? "," : "", r->files[i].name);
    buf_append_text(out, "],\"init\":[");
    if (r->init.size_bytes > 0)
        buf_printf(out, "%" PRIu32 ",%" PRIu64 ",%" PRIu32, r->init.file, r->init.offset,
                   r->init.size_bytes);
    buf_append_text(out, "],\"fragments\":[");
    for (size_t i = 0; i < r->n_fragments; i++) {
        const struct fragment *f = &r->fragments[i];
        buf_printf(out, "%s[%" PRIu32 ",%" PRIu64 ",%" PRIu32 ",%" PRIu32, i ? "," : "", f->file,
                   f->offset, f->size_bytes, f->duration_ticks);
        if (f->iframe_bytes > 0)
            buf_printf(out, ",%" PRIu32, f->iframe_bytes);
        buf_append_char(out, ']');
    }
    buf_append_text(out, "]}");
}

static void write_tallies(const struct package *p, struct buf *out)
{
    for (size_t i = 0; i < p->tallies.n; i++) {
        buf_append_text(out, i ? ",\n" : ",\"tallies\":[");
        tally_write(&p->tallies.items[i], out);
    }
    if (p->tallies.n > 0)
        buf_append_char(out, ']');
}

static void write_pictures(const struct package *p, struct buf *out)
{
    char name[SLIDE_NAME_SIZE];

    buf_printf(out, ",\"slides\":{\"width\":%" PRIu32 ",\"height\":%" PRIu32 ",\"pictures\":[",
               p->picture_width, p->picture_height);
    for (size_t i = 0; i < p->n_pictures; i++) {
        const struct package_picture *picture = &p->pictures[i];
        slide_picture_name(picture->file, name);
        buf_printf(out,
                   "%s\n{\"start_us\":%" PRId64 ",\"slide\":%" PRIu32
                   ",\"file\":\"%s\",\"bytes\":%" PRIu32 "}",
                   i ? "," : "", picture->start_us, picture->slide, name, picture->bytes);
    }
    buf_append_text(out, "]}");
}

static void write_entries(const struct package *p, struct buf *out)
{
    buf_append_text(out, ",\"files\":[");
    for (size_t i = 0; i < p->n_entries; i++) {
        const struct package_entry *entry = &p->entries[i];
        buf_printf(out, "%s\n{\"name\":\"%s\",\"bytes\":%" PRIu64 ",\"sha256\":\"%s\"}",
                   i ? "," : "", entry->name, entry->bytes, entry->sha256);
    }
    buf_append_char(out, ']');
}

void package_write(const struct package *p, struct buf *out)
{
    buf_printf(out,
               "{\"version\":%d,\"complete\":%s,\"duration_us\":%" PRId64
               ",\"target_duration_s\":%" PRIu32,
               PACKAGE_VERSION, p->is_complete ? "true" : "false", p->duration_us,
               p->target_duration_s);
    if (p->n_sheets > 0)
        buf_printf(out, ",\"storyboard\":{\"sheets\":%" PRIu32 ",\"slides\":%" PRIu32 "}",
                   p->n_sheets, p->n_slides);
    write_tallies(p, out);
    if (p->n_pictures > 0)
        write_pictures(p, out);
    if (p->n_entries > 0)
        write_entries(p, out);
    buf_append_text(out, ",\"renditions\":[");
    for (size_t i = 0; i < p->n_renditions; i++) {
        buf_append_text(out, i ? ",\n" : "\n");
        write_description(&p->renditions[i], out);
        write_tables(&p->renditions[i], out);
    }
    buf_append_text(out, "]}\n");
}
