// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/package.h"

#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/package/storyboard_files.h"

struct package *package_new(void)
{
    return calloc(1, sizeof(struct package));
}

static void rendition_clear(struct rendition *r)
{
    free(r->files);
    free(r->fragments);
}

void package_free(struct package *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_renditions; i++)
        rendition_clear(&p->renditions[i]);
    free(p->renditions);
    tally_list_clear(&p->tallies);
    free(p->pictures);
    free(p->entries);
    free(p);
}

/* Room for one more element, doubling at powers of two: no capacity field to keep. */
static int grow(void **array, size_t n, size_t size)
{
    if (n != 0 && (n & (n - 1)) != 0)
        return 0;
    void *larger = reallocarray(*array, n ? 2 * n : 1, size);
    if (!larger)
        return ERR_NO_MEMORY;
    *array = larger;
    return 0;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Whether a text consists of name characters; it may be empty. */
static bool is_name(const char *text)
{
    while (is_name_char(*text))
        text++;
    return *text == '\0';
}

/* Whether a text has letters, digits, "." and "-" alone: it goes into quoted strings of playlists
 * and of package.json as it is. */
static bool is_token(const char *text)
{
    while (is_name_char(*text) || (*text >= 'A' && *text <= 'Z') || *text == '.')
        text++;
    return *text == '\0';
}

static bool is_file_name(const char *name)
{
    if (!is_name_char(name[0]))
        return false;
    for (const char *c = name; *c; c++) {
        if (!is_name_char(*c) && *c != '.')
            return false;
    }
    return true;
}

int package_add_rendition(struct package *p, const struct rendition *description,
                          struct rendition **ret_rendition)
{
    const char *name = description->name;

    if (!name[0] || !is_name(name) || strcmp(name, SLIDE_FOLDER) == 0 ||
        !is_name(description->group) || !is_token(description->codecs) ||
        !is_token(description->language) || !track_title_is_valid(description->title) ||
        description->timescale == 0 || p->n_renditions >= PACKAGE_MAX_RENDITIONS ||
        package_find(p, slice_of(name, strlen(name))))
        return ERR_INVALID;
    void *renditions = p->renditions;
    if (grow(&renditions, p->n_renditions, sizeof *p->renditions))
        return ERR_NO_MEMORY;
    p->renditions = renditions;
    struct rendition *r = &p->renditions[p->n_renditions++];
    *r = *description;
    r->files = NULL;
    r->n_files = 0;
    r->fragments = NULL;
    r->n_fragments = 0;
    r->init = (struct fragment){0};
    *ret_rendition = r;
    return 0;
}

int rendition_add_file(struct rendition *r, const char *name, uint32_t *ret_file)
{
    struct package_file file = {0};

    if (r->n_files >= PACKAGE_MAX_FILES || !is_file_name(name) ||
        slice_to_cstr(slice_from(name), file.name, sizeof file.name))
        return ERR_INVALID;
    void *files = r->files;
    if (grow(&files, r->n_files, sizeof *r->files))
        return ERR_NO_MEMORY;
    r->files = files;
    r->files[r->n_files] = file;
    *ret_file = (uint32_t)r->n_files++;
    return 0;
}

int rendition_add_fragment(struct rendition *r, const struct fragment *fragment)
{
    const uint64_t longest_s =
        r->kind == RENDITION_CAPTIONS ? PACKAGE_MAX_CAPTIONS_S : PACKAGE_MAX_FRAGMENT_S;

    if (fragment->size_bytes == 0 || fragment->duration_ticks == 0 ||
        fragment->duration_ticks > longest_s * r->timescale || fragment->file >= r->n_files ||
        fragment->iframe_bytes > fragment->size_bytes || r->n_fragments >= PACKAGE_MAX_FRAGMENTS)
        return ERR_INVALID;
    void *fragments = r->fragments;
    if (grow(&fragments, r->n_fragments, sizeof *r->fragments))
        return ERR_NO_MEMORY;
    r->fragments = fragments;
    r->fragments[r->n_fragments++] = *fragment;
    return 0;
}

int package_add_picture(struct package *p, const struct package_picture *picture)
{
    const int64_t last_us = p->n_pictures ? p->pictures[p->n_pictures - 1].start_us : -1;

    if (picture->start_us <= last_us || picture->file == 0 || picture->bytes == 0 ||
        picture->file > PACKAGE_MAX_PICTURES || p->n_pictures >= PACKAGE_MAX_PICTURES)
        return ERR_INVALID;
    void *pictures = p->pictures;
    if (grow(&pictures, p->n_pictures, sizeof *p->pictures))
        return ERR_NO_MEMORY;
    p->pictures = pictures;
    p->pictures[p->n_pictures++] = *picture;
    return 0;
}

static bool is_sha256(const char *text)
{
    const struct slice digits = slice_from(text);
    size_t n = 0;

    while (n < digits.length && strchr("0123456789abcdef", digits.data[n]))
        n++;
    return n == 64 && digits.length == 64;
}

int package_add_entry(struct package *p, const struct package_entry *entry)
{
    const bool is_slide = slide_picture_number(slice_from(entry->name)) > 0;

    if (p->n_entries >= PACKAGE_MAX_ENTRIES || !is_sha256(entry->sha256) ||
        (!is_slide && !is_file_name(entry->name)))
        return ERR_INVALID;
    void *entries = p->entries;
    if (grow(&entries, p->n_entries, sizeof *p->entries))
        return ERR_NO_MEMORY;
    p->entries = entries;
    p->entries[p->n_entries++] = *entry;
    return 0;
}

void rendition_raise_rate(struct rendition *r, uint32_t rate_num, uint32_t rate_den)
{
    if ((uint64_t)rate_num * r->rate_den > (uint64_t)r->rate_num * rate_den || r->rate_den == 0) {
        r->rate_num = rate_num;
        r->rate_den = rate_den;
    }
}

struct rendition *package_find(const struct package *p, struct slice name)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (slice_is(name, p->renditions[i].name))
            return &p->renditions[i];
    }
    return NULL;
}

static bool have_same_form(const struct rendition *a, const struct rendition *b)
{
    return a->kind == b->kind && strcmp(a->codecs, b->codecs) == 0 &&
           a->timescale == b->timescale && a->width == b->width && a->height == b->height &&
           a->sample_rate == b->sample_rate && a->n_channels == b->n_channels &&
           strcmp(a->language, b->language) == 0 && strcmp(a->title, b->title) == 0 &&
           strcmp(a->group, b->group) == 0;
}

static int append_tables(struct rendition *r, const struct rendition *more)
{
    const uint32_t first_file = (uint32_t)r->n_files;

    rendition_raise_rate(r, more->rate_num, more->rate_den);
    for (size_t i = 0; i < more->n_files; i++) {
        uint32_t file;
        const int err = rendition_add_file(r, more->files[i].name, &file);
        if (err)
            return err;
    }
    if (first_file == 0)
        r->init = more->init;
    for (size_t i = 0; i < more->n_fragments; i++) {
        struct fragment fragment = more->fragments[i];
        fragment.file += first_file;
        const int err = rendition_add_fragment(r, &fragment);
        if (err)
            return err;
    }
    return 0;
}

/* Where a rendition's tables ended. */
struct mark {
    size_t n_files;
    size_t n_fragments;
    struct fragment init;
    uint32_t rate_num, rate_den;
};

static void set_marks(const struct package *p, struct mark marks[PACKAGE_MAX_RENDITIONS])
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        const struct rendition *r = &p->renditions[i];
        marks[i] = (struct mark){r->n_files, r->n_fragments, r->init, r->rate_num, r->rate_den};
    }
}

/* Takes away all that came after the marks were set. */
static void go_back(struct package *p, const struct mark *marks, size_t n_marks)
{
    while (p->n_renditions > n_marks)
        rendition_clear(&p->renditions[--p->n_renditions]);
    for (size_t i = 0; i < n_marks; i++) {
        struct rendition *r = &p->renditions[i];
        /* allow(analyzer): renditions were asked for anew after the last one was added */
        r->n_files = marks[i].n_files;
        r->n_fragments = marks[i].n_fragments;
        r->init = marks[i].init;
        r->rate_num = marks[i].rate_num;
        r->rate_den = marks[i].rate_den;
    }
}

static int append_rendition(struct package *p, const struct rendition *more)
{
    struct rendition *r = package_find(p, slice_of(more->name, strlen(more->name)));

    if (r && !have_same_form(r, more))
        return ERR_CONFLICT;
    if (!r) {
        const int err = package_add_rendition(p, more, &r);
        if (err)
            return err;
    }
    return append_tables(r, more);
}

int package_append(struct package *p, const struct package *part)
{
    struct mark marks[PACKAGE_MAX_RENDITIONS];
    const size_t n_marks = p->n_renditions;

    set_marks(p, marks);
    for (size_t i = 0; i < part->n_renditions; i++) {
        const int err = append_rendition(p, &part->renditions[i]);
        if (err) {
            go_back(p, marks, n_marks);
            return err == ERR_NO_MEMORY ? err : ERR_CONFLICT;
        }
    }
    const int err = tally_list_add_all(&p->tallies, &part->tallies);
    if (err)
        go_back(p, marks, n_marks);
    return err == ERR_INVALID ? ERR_CONFLICT : err;
}

/* value * 1000000 / divisor. Nothing overflows while divisor and value / divisor are below 2^44,
 * and PACKAGE_MAX_FRAGMENTS of PACKAGE_MAX_FRAGMENT_S are 2^43.4 microseconds. */
static uint64_t millionths(uint64_t value, uint64_t divisor)
{
    return value / divisor * 1000000 + value % divisor * 1000000 / divisor;
}

int64_t rendition_duration_us(const struct rendition *r)
{
    uint64_t ticks = 0;

    for (size_t i = 0; i < r->n_fragments; i++)
        ticks += r->fragments[i].duration_ticks;
    return (int64_t)millionths(ticks, r->timescale);
}

uint64_t rendition_size_bytes(const struct rendition *r)
{
    uint64_t bytes = r->init.size_bytes;

    for (size_t i = 0; i < r->n_fragments; i++)
        bytes += r->fragments[i].size_bytes;
    return bytes;
}

static uint64_t bit_rate(uint64_t bytes, uint64_t ticks, uint32_t timescale)
{
    const uint64_t us = millionths(ticks, timescale);

    return millionths(bytes * 8, us ? us : 1);
}

static uint64_t whole_bytes(const struct fragment *f)
{
    return f->size_bytes;
}

static uint64_t iframe_bytes(const struct fragment *f)
{
    return f->iframe_bytes;
}

/* The peak over all runs that start at each fragment. A run is at most 1.5 target durations long,
 * so the work is linear in practice. */
static uint64_t peak_rate(const struct rendition *r, uint32_t target_duration_s,
                          uint64_t (*bytes_of)(const struct fragment *f))
{
    const uint64_t shortest = (uint64_t)target_duration_s * r->timescale / 2;
    const uint64_t longest = (uint64_t)target_duration_s * r->timescale * 3 / 2;
    uint64_t peak = 0;

    for (size_t first = 0; first < r->n_fragments; first++) {
        uint64_t bytes = 0;
        uint64_t ticks = 0;
        for (size_t i = first; i < r->n_fragments; i++) {
            bytes += bytes_of(&r->fragments[i]);
            ticks += r->fragments[i].duration_ticks;
            if (ticks > longest)
                break;
            if (ticks < shortest)
                continue;
            const uint64_t rate = bit_rate(bytes, ticks, r->timescale);
            peak = rate > peak ? rate : peak;
        }
    }
    return peak;
}

void package_measure(struct package *p)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        struct rendition *r = &p->renditions[i];
        uint64_t ticks = 0;
        for (size_t k = 0; k < r->n_fragments; k++)
            ticks += r->fragments[k].duration_ticks;
        if (ticks == 0)
            continue;
        const uint64_t bytes = rendition_size_bytes(r) - r->init.size_bytes;
        r->average_bps = bit_rate(bytes, ticks, r->timescale);
        r->peak_bps = peak_rate(r, p->target_duration_s, whole_bytes);
        if (r->peak_bps < r->average_bps)
            r->peak_bps = r->average_bps;
    }
}

void rendition_measure_iframes(const struct rendition *r, uint32_t target_duration_s,
                               uint64_t *ret_peak_bps, uint64_t *ret_average_bps)
{
    uint64_t bytes = 0;
    uint64_t ticks = 0;

    for (size_t i = 0; i < r->n_fragments; i++) {
        bytes += r->fragments[i].iframe_bytes;
        ticks += r->fragments[i].duration_ticks;
    }
    const uint64_t peak = peak_rate(r, target_duration_s, iframe_bytes);
    *ret_average_bps = ticks ? bit_rate(bytes, ticks, r->timescale) : 0;
    *ret_peak_bps = peak > *ret_average_bps ? peak : *ret_average_bps;
}

void package_id(const char *source_sha256, struct slice plan_json, char id[PACKAGE_ID_SIZE])
{
    struct digest *d = NULL;
    uint8_t value[DIGEST_MAX_BYTES];

    if (digest_new(DIGEST_SHA256, &d))
        abort(); /* a few hundred bytes: there is no way on without memory */
    digest_update(d, source_sha256, strlen(source_sha256));
    digest_update(d, plan_json.data, plan_json.length);
    digest_finish(d, value);
    digest_free(d);
    encode_hex(value, ID_LENGTH / 2, id);
}
