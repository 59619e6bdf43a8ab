// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/previews_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/json.h"
#include "common/package/storyboard_files.h"
#include "transcoder/check/jpeg_reader.h"
#include "transcoder/check/storyboard_reader.h"
#include "transcoder/check/webp_reader.h"

enum {
    MAX_CUES = 100000,
    MAX_STATE_WIDTH = 1280,
    SLACK_MS = 150, /* as lengths of renditions may differ */
};

struct sheet {
    struct slice name; /* borrowed from the cues */
    bool is_usable;    /* the size says something */
    struct jpeg_size size;
};

struct previews {
    struct check *check; /* borrowed */
    int64_t duration_ms; /* 0: not known */
    struct buf text;     /* storyboard.vtt, which the cues borrow from */
    struct storyboard_cue *cues;
    size_t n_cues;
    size_t at_cue; /* before it, none is of a slide that is still to come */
    struct sheet *sheets;
    size_t n_sheets;
};

static void previews_clear_cleanup(struct previews *p)
{
    buf_clear(&p->text);
    free(p->cues);
    free(p->sheets);
}

static int read_picture(struct check *check, const char *path, struct jpeg_size *ret_size)
{
    CLEANUP(buf_clear) struct buf bytes = buf_with_limit(CHECK_MAX_FILE);

    int err = check_read(check, path, 0, 0, "image/jpeg", &bytes);
    if (err)
        return err;
    err = jpeg_read_size(buf_slice(&bytes), ret_size);
    if (err)
        findings_add(&check->findings, RULE_JPEG, path, "is no JPEG picture, or not all of one");
    return err;
}

/* The sheet that a cue names, looked at when it is named first. NULL when memory is exhausted. */
static const struct sheet *find_sheet(struct previews *p, struct slice name)
{
    char path[PACKAGE_PATH_SIZE];

    for (size_t i = p->n_sheets; i-- > 0;) {
        if (slice_equals(p->sheets[i].name, name))
            return &p->sheets[i];
    }
    struct sheet *sheet = &p->sheets[p->n_sheets];
    *sheet = (struct sheet){.name = name};
    if (package_path_resolve(STORYBOARD_CUES_NAME, name, path)) {
        findings_add(&p->check->findings, RULE_OUTSIDE, STORYBOARD_CUES_NAME,
                     "\"%.*s\" leads out of the package", SLICE_ARGS(name));
    } else {
        const int err = read_picture(p->check, path, &sheet->size);
        if (err == ERR_NO_MEMORY)
            return NULL;
        sheet->is_usable = !err;
    }
    p->n_sheets++;
    return sheet;
}

static int check_tile(struct previews *p, size_t number)
{
    struct findings *findings = &p->check->findings;
    struct storyboard_tile tile;

    if (storyboard_read_tile(p->cues[number].target, &tile)) {
        findings_add(findings, RULE_STORYBOARD, STORYBOARD_CUES_NAME,
                     "cue %zu names no part of a picture", number);
        return 0;
    }
    if (p->n_sheets == PACKAGE_MAX_SHEETS)
        return 0;
    const struct sheet *sheet = find_sheet(p, tile.sheet);
    if (!sheet)
        return ERR_NO_MEMORY;
    if (sheet->is_usable &&
        (tile.x + tile.width > sheet->size.width || tile.y + tile.height > sheet->size.height))
        findings_add(findings, RULE_TILE, STORYBOARD_CUES_NAME,
                     "cue %zu: %" PRIu32 "x%" PRIu32 " pixels at %" PRIu32 ",%" PRIu32
                     " are not in %.*s, which has %" PRIu32 "x%" PRIu32,
                     number, tile.width, tile.height, tile.x, tile.y, SLICE_ARGS(tile.sheet),
                     sheet->size.width, sheet->size.height);
    return 0;
}

/* Cues follow each other from 0 to the end: whatever the pointer is at has its picture. */
static void check_times(struct previews *p)
{
    struct findings *findings = &p->check->findings;
    int64_t at_ms = 0;

    for (size_t i = 0; i < p->n_cues; i++) {
        const struct storyboard_cue *cue = &p->cues[i];
        if (cue->start_ms != at_ms)
            findings_add(findings, RULE_STORYBOARD, STORYBOARD_CUES_NAME,
                         "cue %zu starts at %" PRId64 " ms, the one before ends at %" PRId64, i,
                         cue->start_ms, at_ms);
        if (cue->end_ms <= cue->start_ms)
            findings_add(findings, RULE_STORYBOARD, STORYBOARD_CUES_NAME,
                         "cue %zu ends before it starts", i);
        at_ms = cue->end_ms;
    }
    if (p->duration_ms > 0 && llabs(at_ms - p->duration_ms) > SLACK_MS)
        findings_add(findings, RULE_STORYBOARD, STORYBOARD_CUES_NAME,
                     "ends at %" PRId64 " ms, the lecture at %" PRId64, at_ms, p->duration_ms);
}

static int read_cues(struct previews *p)
{
    int err = check_read(p->check, STORYBOARD_CUES_NAME, 0, 0, "text/vtt", &p->text);
    struct slice rest = buf_slice(&p->text);

    if (err)
        return err;
    p->cues = calloc(MAX_CUES, sizeof *p->cues);
    p->sheets = calloc(PACKAGE_MAX_SHEETS, sizeof *p->sheets);
    if (!p->cues || !p->sheets)
        return ERR_NO_MEMORY;
    err = storyboard_read_head(&rest);
    while (!err && p->n_cues < MAX_CUES) {
        err = storyboard_read_cue(&rest, &p->cues[p->n_cues]);
        p->n_cues += !err;
    }
    if (err != ERR_NOT_FOUND || p->n_cues == 0)
        findings_add(&p->check->findings, RULE_STORYBOARD, STORYBOARD_CUES_NAME,
                     "is no list of cues that can be understood; %zu were", p->n_cues);
    return 0;
}

static int check_storyboard(struct previews *p)
{
    int err = read_cues(p);

    if (err)
        return err;
    check_times(p);
    for (size_t i = 0; i < p->n_cues && !err; i++)
        err = check_tile(p, i);
    return err;
}

/* A slide has the tile of the cue that starts with it, or none. */
static bool has_own_tile(struct previews *p, const json_t *slide, int64_t start_ms)
{
    struct slice tile;

    if (json_is_null(json_object_get(slide, "tile")))
        return true;
    if (json_get_string(slide, "tile", &tile))
        return false;
    while (p->at_cue < p->n_cues && p->cues[p->at_cue].start_ms < start_ms)
        p->at_cue++;
    return p->at_cue < p->n_cues && p->cues[p->at_cue].start_ms == start_ms &&
           slice_equals(p->cues[p->at_cue].target, tile);
}

/* Checks one entry and moves *last_ms to its time. */
static void check_slide(struct previews *p, const json_t *slide, size_t number, int64_t *last_ms)
{
    struct findings *findings = &p->check->findings;
    const json_t *start = json_object_get(slide, "start_s");
    const double start_ms = json_number_value(start) * 1000;
    int64_t id;

    if (!json_is_number(start) || !(fabs(start_ms) < 1e12) ||
        json_get_int(slide, "id", 1, INT32_MAX, &id) || (size_t)id != number + 1) {
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "entry %zu has not its number, or no time", number);
        return;
    }
    const int64_t at_ms = llrint(start_ms);
    if (at_ms <= *last_ms)
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "slide %" PRId64 " starts at %" PRId64 " ms, not after the one before", id,
                     at_ms);
    if (p->duration_ms > 0 && at_ms >= p->duration_ms)
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "slide %" PRId64 " starts at %" PRId64 " ms, the lecture ends at %" PRId64, id,
                     at_ms, p->duration_ms);
    if (!has_own_tile(p, slide, at_ms))
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "the tile of slide %" PRId64 " is not that of its cue", id);
    *last_ms = at_ms;
}

/* The file of a state: there, a picture as wide as phones want it, and as long as is said. */
static int check_state_file(struct previews *p, struct slice name, int64_t bytes)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(CHECK_MAX_FILE);
    struct findings *findings = &p->check->findings;
    char path[PACKAGE_PATH_SIZE];
    struct webp_size size;

    if (slide_picture_number(name) == 0 ||
        package_path_resolve(STORYBOARD_SLIDES_NAME, name, path)) {
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "\"%.*s\" is no picture of slides", SLICE_ARGS(name));
        return 0;
    }
    const int err = check_read(p->check, path, 0, 0, "image/webp", &file);
    if (err)
        return err == ERR_NO_MEMORY ? err : 0;
    if ((int64_t)file.length != bytes)
        findings_add(findings, RULE_SLIDES, path, "has %zu bytes, the list says %" PRId64,
                     file.length, bytes);
    if (webp_read_size(buf_slice(&file), &size) || size.width > MAX_STATE_WIDTH)
        findings_add(findings, RULE_SLIDES, path,
                     "is no WebP picture of at most %d pixels, or not all of one", MAX_STATE_WIDTH);
    return 0;
}

/* Checks one entry and moves *last_ms to its time. */
static int check_state(struct previews *p, const json_t *state, size_t number, int64_t *last_ms)
{
    struct findings *findings = &p->check->findings;
    const json_t *start = json_object_get(state, "start_s");
    const double start_ms = json_number_value(start) * 1000;
    struct slice name;
    int64_t bytes;

    if (!json_is_number(start) || !(fabs(start_ms) < 1e12) ||
        json_get_string(state, "file", &name) ||
        json_get_int(state, "bytes", 1, CHECK_MAX_FILE, &bytes)) {
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "state %zu has no time, no file or no bytes", number);
        return 0;
    }
    const int64_t at_ms = llrint(start_ms);
    if (at_ms <= *last_ms || (p->duration_ms > 0 && at_ms >= p->duration_ms))
        findings_add(findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "state %zu starts at %" PRId64 " ms, the one before at %" PRId64
                     ", and the lecture ends at %" PRId64,
                     number, at_ms, *last_ms, p->duration_ms);
    *last_ms = at_ms;
    return check_state_file(p, name, bytes);
}

/* A package that was made before there were any has no such list. */
static int check_states(struct previews *p, const json_t *document)
{
    const json_t *states = json_object_get(document, "states");
    int64_t last_ms = -1;
    int err = 0;

    if (states && !json_is_array(states))
        findings_add(&p->check->findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "its states are no list");
    for (size_t i = 0; i < json_array_size(states) && !err; i++)
        err = check_state(p, json_array_get(states, i), i, &last_ms);
    return err;
}

static int check_slides(struct previews *p)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(CHECK_MAX_FILE);
    CLEANUP(json_decref) json_t *document = NULL;
    const json_t *slides = NULL;
    struct slice pictures;
    int64_t version;
    int64_t last_ms = -1;

    const int err = check_read(p->check, STORYBOARD_SLIDES_NAME, 0, 0, "application/json", &text);
    if (err)
        return err;
    if (json_parse(buf_slice(&text), &document) ||
        json_get_int(document, "version", 1, 1, &version) ||
        json_get_string(document, "pictures", &pictures) ||
        (!slice_is(pictures, "still") && !slice_is(pictures, "moving")) ||
        json_get_array(document, "slides", &slides)) {
        findings_add(&p->check->findings, RULE_SLIDES, STORYBOARD_SLIDES_NAME,
                     "is no list of slides of version 1");
        return 0;
    }
    for (size_t i = 0; i < json_array_size(slides); i++)
        check_slide(p, json_array_get(slides, i), i, &last_ms);
    return check_states(p, document);
}

int previews_check(struct check *check, uint64_t duration_us)
{
    CLEANUP(previews_clear)
    struct previews p = {.check = check,
                         .duration_ms = (int64_t)(duration_us / 1000),
                         .text = buf_with_limit(CHECK_MAX_FILE)};
    struct jpeg_size size;
    bool has_poster = false;
    bool has_cues = false;
    bool has_slides = false;

    int err = check_exists(check, POSTER_NAME, &has_poster);
    if (!err && !has_poster)
        findings_add(&check->findings, RULE_POSTER, POSTER_NAME, "is not there");
    if (!err && has_poster)
        err = read_picture(check, POSTER_NAME, &size);
    if (err != ERR_NO_MEMORY)
        err = check_exists(check, STORYBOARD_CUES_NAME, &has_cues);
    if (!err)
        err = check_exists(check, STORYBOARD_SLIDES_NAME, &has_slides);
    if (!err && (has_cues || has_slides)) {
        err = check_storyboard(&p);
        if (err != ERR_NO_MEMORY)
            err = check_slides(&p);
    }
    return err == ERR_NO_MEMORY ? err : 0;
}
