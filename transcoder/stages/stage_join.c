// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"
#include "common/package/package.h"
#include "common/package/playlist.h"
#include "transcoder/cmaf/init_section.h"
#include "transcoder/cmaf/part_writer.h"
#include "transcoder/plan/balance.h"
#include "transcoder/plan/pass_list.h"
#include "transcoder/plan/sound_cut.h"
#include "transcoder/slides/page_join.h"
#include "transcoder/stages/file_list.h"
#include "transcoder/stages/stage.h"
#include "transcoder/storyboard/storyboard_join.h"

enum {
    INDEX_LIMIT_BYTES = 64 << 20,
    PLAYLIST_LIMIT_BYTES = 64 << 20,
    COPY_BYTES = 256 << 10,
    DURATION_SLACK_US = 100000,
};

struct join_work {
    const struct stage_context *context;
    const struct plan *plan;
    struct package *parts; /* owned: all parts in order */
    struct package *whole; /* owned: what they become */
    uint64_t total_bytes;
    uint64_t done_bytes;
    char *scratch; /* owned, COPY_BYTES */
};

static void work_clear_cleanup(struct join_work *w)
{
    package_free(w->parts);
    package_free(w->whole);
    free(w->scratch);
}

static int append_part(struct join_work *w, enum part_kind kind, uint32_t number)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(INDEX_LIMIT_BYTES);
    CLEANUP(package_free) struct package *part = NULL;
    char name[PART_INDEX_NAME_SIZE];

    part_index_name(kind, number, name);
    int err = link_read_file(w->context->link, name, &json);
    if (!err)
        err = package_parse(buf_slice(&json), &part);
    if (!err)
        err = package_append(w->parts, part);
    if (err)
        return fault_set(w->context->fault, FAILURE_INTERNAL, err, "%s: %s", name, err_text(err));
    return 0;
}

static int load_parts(struct join_work *w)
{
    const struct plan *plan = w->plan;
    const uint32_t n_pictures = plan->has_picture ? pass_list_n_tasks(&plan->picture) : 0;
    int err = 0;

    for (uint32_t i = 0; i < n_pictures && !err; i++)
        err = append_part(w, PART_CHUNK, i);
    const uint32_t n = plan->n_sounds > 0 ? sound_cut_parts(plan->duration_us) : 0;
    for (uint32_t i = 0; i < n && !err; i++)
        err = append_part(w, PART_SOUND, i);
    return err;
}

static int complain(const struct join_work *w, const struct rendition *r, const char *what)
{
    return fault_set(w->context->fault, FAILURE_INTERNAL, ERR_CORRUPT, "rendition %s: %s", r->name,
                     what);
}

/* Rungs have the same segments at the same times: the chunk's decisions were shared. */
static bool is_aligned(const struct rendition *a, const struct rendition *b)
{
    if (a->n_fragments != b->n_fragments || a->timescale != b->timescale)
        return false;
    for (size_t i = 0; i < a->n_fragments; i++) {
        if (a->fragments[i].duration_ticks != b->fragments[i].duration_ticks)
            return false;
    }
    return true;
}

static int check_parts(const struct join_work *w)
{
    const struct rendition *first_video = NULL;

    for (size_t i = 0; i < w->parts->n_renditions; i++) {
        const struct rendition *r = &w->parts->renditions[i];
        const int64_t distance = rendition_duration_us(r) - w->plan->duration_us;
        if (distance > DURATION_SLACK_US || distance < -DURATION_SLACK_US)
            return complain(w, r, "its duration is not the lecture's");
        if (r->kind != RENDITION_VIDEO)
            continue;
        if (first_video && !is_aligned(first_video, r))
            return complain(w, r, "its segments are not those of the other rungs");
        first_video = r;
    }
    return 0;
}

/* Says what is missing, or fails where nobody answers for what is. */
static int balance(const struct join_work *w)
{
    struct warning_list warnings = {.n = 0};
    struct time_span open;

    const int err = balance_find(w->plan, &w->parts->tallies, &warnings, &open);
    if (err)
        return fault_set(w->context->fault, FAILURE_INTERNAL, err,
                         "no chunk took the pictures from %" PRId64 " to %" PRId64 " ms",
                         open.from_us / 1000, open.until_us / 1000);
    for (size_t i = 0; i < warnings.n; i++)
        link_warning(w->context->link, &warnings.items[i]);
    return 0;
}

static int read_exactly(int fd, uint64_t offset, char *data, size_t length)
{
    while (length > 0) {
        const ssize_t n = pread(fd, data, length, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return ERR_CORRUPT;
        data += n;
        length -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

static int copy(struct join_work *w, int from, uint64_t offset, uint32_t size, int to)
{
    while (size > 0) {
        const uint32_t n = size < COPY_BYTES ? size : COPY_BYTES;
        int err = read_exactly(from, offset, w->scratch, n);
        if (!err)
            err = file_write_all(to, w->scratch, n);
        if (err)
            return err;
        offset += n;
        size -= n;
        w->done_bytes += n;
    }
    link_progress(w->context->link, STAGE_JOIN,
                  w->total_bytes ? (int64_t)(w->done_bytes * 1000 / w->total_bytes) : 0, 0);
    return 0;
}

/* One rendition while it is put together. */
struct joining {
    const struct rendition *from;
    struct rendition *to;
    int fd;          /* owned: the new file */
    uint64_t offset; /* where the next fragment goes */
    char init[INIT_SECTION_LIMIT];
};

static void joining_close_cleanup(struct joining *j)
{
    if (j->fd >= 0)
        (void)close(j->fd);
}

/* Parts were made apart, but share one init section: a decoder sees one stream. */
static int take_init(struct join_work *w, struct joining *j, int part_fd, bool is_first)
{
    const uint32_t size = j->from->init.size_bytes;

    if (size > INIT_SECTION_LIMIT)
        return complain(w, j->from, "its init section is too large");
    const int err = read_exactly(part_fd, 0, w->scratch, size);
    if (err)
        return err;
    if (!is_first && memcmp(j->init, w->scratch, size) != 0)
        return complain(w, j->from, "its parts have different init sections");
    if (!is_first)
        return 0;
    memcpy(j->init, w->scratch, size);
    j->to->init.size_bytes = size;
    j->offset = size;
    return file_write_all(j->fd, j->init, size);
}

/* Copies the fragments of one part file and enters where they are now. *next is the first fragment
 * of the part, and behind it afterwards. */
static int join_part(struct join_work *w, struct joining *j, uint32_t file, size_t *next)
{
    CLEANUP(close_fd) int part_fd = -1;

    int err = link_open(w->context->link, j->from->files[file].name, &part_fd);
    if (!err)
        err = take_init(w, j, part_fd, file == 0);
    while (!err && *next < j->from->n_fragments && j->from->fragments[*next].file == file) {
        struct fragment fragment = j->from->fragments[(*next)++];
        err = copy(w, part_fd, fragment.offset, fragment.size_bytes, j->fd);
        fragment.file = 0;
        fragment.offset = j->offset;
        j->offset += fragment.size_bytes;
        if (!err)
            err = rendition_add_fragment(j->to, &fragment);
    }
    return err;
}

/* Captions are a file of their own already. */
static int keep_captions(struct join_work *w, const struct rendition *from)
{
    struct fragment fragment = from->fragments[0];
    struct rendition *to;

    int err = package_add_rendition(w->whole, from, &to);
    if (!err)
        err = rendition_add_file(to, from->files[fragment.file].name, &fragment.file);
    return err ? err : rendition_add_fragment(to, &fragment);
}

static int join_rendition(struct join_work *w, const struct rendition *from)
{
    CLEANUP(joining_close) struct joining j = {.from = from, .fd = -1};
    struct package_file file;
    uint32_t index;
    size_t next = 0;

    (void)snprintf(file.name, sizeof file.name, "%s.mp4", from->name);
    int err = package_add_rendition(w->whole, from, &j.to);
    if (!err)
        err = rendition_add_file(j.to, file.name, &index);
    if (!err)
        err = link_create(w->context->link, file.name, &j.fd);
    for (uint32_t i = 0; i < from->n_files && !err; i++)
        err = join_part(w, &j, i, &next);
    if (!err && fsync(j.fd) < 0)
        err = err_from_errno(errno);
    if (!err && next != from->n_fragments)
        err = complain(w, from, "its parts are out of order");
    return err ? err : link_publish(w->context->link, file.name);
}

static int write_index(struct join_work *w)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(INDEX_LIMIT_BYTES);

    w->whole->is_complete = true;
    w->whole->duration_us = w->plan->duration_us;
    w->whole->target_duration_s = w->plan->target_duration_s;
    package_measure(w->whole);
    package_write(w->whole, &json);
    return json.err ? json.err
                    : link_write_file(w->context->link, "package.json", buf_slice(&json));
}

static int write_playlist(struct join_work *w, const char *name, const struct buf *text)
{
    if (text->err || text->length == 0)
        return text->err;
    return link_write_file(w->context->link, name, buf_slice(text));
}

static int write_media_playlist(struct join_work *w, const struct rendition *r)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(PLAYLIST_LIMIT_BYTES);
    struct package_file file;

    playlist_media(w->whole, r, PLAYLIST_BYTE_RANGES, &text);
    (void)snprintf(file.name, sizeof file.name, "%s.m3u8", r->name);
    return write_playlist(w, file.name, &text);
}

static int write_iframe_playlist(struct join_work *w, const struct rendition *r)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(PLAYLIST_LIMIT_BYTES);
    struct package_file file;

    playlist_iframes(w->whole, r, PLAYLIST_BYTE_RANGES, &text);
    (void)snprintf(file.name, sizeof file.name, "%s-iframes.m3u8", r->name);
    return write_playlist(w, file.name, &text);
}

/* One of those that name the others. */
static int write_top(struct join_work *w, const char *name, enum playlist_sound sound,
                     void (*render)(const struct package *p, enum playlist_sound sound,
                                    enum playlist_form form, struct buf *out))
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(PLAYLIST_LIMIT_BYTES);

    render(w->whole, sound, PLAYLIST_BYTE_RANGES, &text);
    return write_playlist(w, name, &text);
}

static int write_playlists(struct join_work *w)
{
    int err = 0;

    for (size_t i = 0; i < w->whole->n_renditions && !err; i++)
        err = write_media_playlist(w, &w->whole->renditions[i]);
    for (size_t i = 0; i < w->whole->n_renditions && !err; i++)
        err = write_iframe_playlist(w, &w->whole->renditions[i]);
    if (!err)
        err = write_top(w, "audio.m3u8", PLAYLIST_COMMON, playlist_audio_only);
    if (!err)
        err = write_top(w, "audio-opus.m3u8", PLAYLIST_OPUS, playlist_audio_only);
    if (!err)
        err = write_top(w, "multivariant-opus.m3u8", PLAYLIST_OPUS, playlist_multivariant);
    return err ? err : write_top(w, "multivariant.m3u8", PLAYLIST_COMMON, playlist_multivariant);
}

static int join(struct join_work *w)
{
    int err = load_parts(w);

    if (!err)
        err = check_parts(w);
    if (!err)
        err = balance(w);
    for (size_t i = 0; i < w->parts->n_renditions; i++)
        w->total_bytes += rendition_size_bytes(&w->parts->renditions[i]);
    for (size_t i = 0; i < w->parts->n_renditions && !err; i++)
        err = w->parts->renditions[i].kind == RENDITION_CAPTIONS
                  ? keep_captions(w, &w->parts->renditions[i])
                  : join_rendition(w, &w->parts->renditions[i]);
    if (!err)
        err = storyboard_join(w->context->link, w->plan, w->whole);
    if (!err)
        err = file_list_make(w->context->link, w->whole);
    return err ? err : write_index(w);
}

/* A package that is complete stays as it is: its parts may be gone. */
static bool is_done(const struct stage_context *context, struct package **ret_whole)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(INDEX_LIMIT_BYTES);

    return !link_read_file(context->link, "package.json", &json) &&
           !package_parse(buf_slice(&json), ret_whole) && (*ret_whole)->is_complete;
}

int stage_join(const struct stage_context *context, bool with_playlists)
{
    CLEANUP(plan_free) struct plan *plan = NULL;
    CLEANUP(work_clear)
    struct join_work work = {.context = context,
                             .parts = package_new(),
                             .scratch = malloc(COPY_BYTES)};

    int err = work.parts && work.scratch ? stage_load_plan(context, &plan) : ERR_NO_MEMORY;
    work.plan = plan;
    if (!err && !is_done(context, &work.whole)) {
        package_free(work.whole);
        work.whole = package_new();
        err = work.whole ? join(&work) : ERR_NO_MEMORY;
    }
    if (!err && with_playlists)
        err = write_playlists(&work);
    if (!err && with_playlists)
        err = page_join(context->link, work.whole);
    return err;
}
