// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/part_writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/file.h"
#include "transcoder/cmaf/fragment_head.h"

enum {
    FRAGMENT_LIMIT_BYTES = 64 << 20,
    HEAD_LIMIT_BYTES = 256 << 10,
    INDEX_LIMIT_BYTES = 64 << 20,
};

struct part_writer {
    struct link *link;    /* borrowed */
    struct package *part; /* owned: holds the rendition while it grows */
    struct rendition *rendition;
    uint32_t sample_ticks;
    int fd; /* owned, -1 when closed */
    uint64_t written_bytes;
    struct buf head; /* scratch: moof */
    struct buf data; /* of the open fragment */
    size_t n_samples;
    struct sample samples[FRAGMENT_MAX_SAMPLES];
};

void part_writer_free(struct part_writer *w)
{
    if (!w)
        return;
    if (w->fd >= 0)
        (void)close(w->fd);
    package_free(w->part);
    buf_clear(&w->head);
    buf_clear(&w->data);
    free(w);
}

static int write_bytes(struct part_writer *w, struct slice bytes)
{
    const int err = file_write_all(w->fd, bytes.data, bytes.length);

    if (!err)
        w->written_bytes += bytes.length;
    return err;
}

static int create(struct part_writer *w, const struct part_writer_config *config)
{
    struct package_file file;
    uint32_t index;

    (void)snprintf(file.name, sizeof file.name, "%s.%04" PRIu32 ".mp4", config->description->name,
                   config->number);
    int err = package_add_rendition(w->part, config->description, &w->rendition);
    if (!err)
        err = rendition_add_file(w->rendition, file.name, &index);
    if (!err)
        err = link_create(w->link, file.name, &w->fd);
    if (!err)
        err = write_bytes(w, config->init_section);
    if (!err)
        w->rendition->init =
            (struct fragment){.file = index, .size_bytes = (uint32_t)config->init_section.length};
    return err;
}

int part_writer_open(const struct part_writer_config *config, struct part_writer **ret_writer)
{
    CLEANUP(part_writer_free) struct part_writer *w = calloc(1, sizeof *w);

    if (!w)
        return ERR_NO_MEMORY;
    w->fd = -1;
    w->link = config->link;
    w->sample_ticks = config->sample_ticks;
    w->head = buf_with_limit(HEAD_LIMIT_BYTES);
    w->data = buf_with_limit(FRAGMENT_LIMIT_BYTES);
    w->part = package_new();
    if (!w->part)
        return ERR_NO_MEMORY;
    const int err = create(w, config);
    if (err)
        return err;
    *ret_writer = w;
    w = NULL;
    return 0;
}

int part_writer_add(struct part_writer *w, int64_t pts_ticks, struct slice data)
{
    if (w->n_samples == FRAGMENT_MAX_SAMPLES)
        return ERR_TOO_LARGE;
    w->samples[w->n_samples++] =
        (struct sample){.pts_ticks = pts_ticks, .size_bytes = (uint32_t)data.length};
    buf_append_slice(&w->data, data);
    return w->data.err;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Frames are unevenly spaced, and segments start with one more: what is declared is counted. */
static void count_frames(struct part_writer *w, uint32_t duration_ticks)
{
    const uint64_t frames = (uint64_t)w->n_samples * w->rendition->timescale;
    const uint64_t divisor = common_divisor(frames, duration_ticks);

    rendition_raise_rate(w->rendition, (uint32_t)(frames / divisor),
                         (uint32_t)(duration_ticks / divisor));
}

int part_writer_cut(struct part_writer *w, int64_t end_ticks)
{
    if (w->n_samples == 0)
        return 0;
    const int64_t start_ticks = w->samples[0].pts_ticks;
    const struct fragment_spec spec = {
        .sequence = (uint32_t)(start_ticks / w->sample_ticks + 1),
        .samples = w->samples,
        .n_samples = w->n_samples,
        .end_ticks = end_ticks,
        .default_ticks = w->sample_ticks,
        .is_audio = w->rendition->kind == RENDITION_AUDIO,
    };
    buf_reset(&w->head);
    int err = fragment_head_append(&spec, &w->head);
    if (!err)
        err = w->head.err;
    const struct fragment fragment = {
        .offset = w->written_bytes,
        .size_bytes = (uint32_t)(w->head.length + w->data.length),
        .duration_ticks = (uint32_t)(end_ticks - start_ticks),
        .file = w->rendition->init.file,
        .iframe_bytes = spec.is_audio ? 0 : (uint32_t)w->head.length + w->samples[0].size_bytes,
    };
    if (!err)
        err = write_bytes(w, buf_slice(&w->head));
    if (!err)
        err = write_bytes(w, buf_slice(&w->data));
    if (!err)
        err = rendition_add_fragment(w->rendition, &fragment);
    if (!err && !spec.is_audio)
        count_frames(w, fragment.duration_ticks);
    w->n_samples = 0;
    buf_reset(&w->data);
    return err;
}

size_t part_writer_n_fragments(const struct part_writer *w)
{
    return w->rendition->n_fragments;
}

int part_writer_commit(struct part_writer *w, struct package *part)
{
    int err = fsync(w->fd) < 0 ? err_from_errno(errno) : 0;

    if (close(w->fd) < 0 && !err)
        err = err_from_errno(errno);
    w->fd = -1;
    if (!err)
        err = link_publish(w->link, w->rendition->files[0].name);
    return err ? err : package_append(part, w->part);
}

void part_index_name(enum part_kind kind, uint32_t number, char name[PART_INDEX_NAME_SIZE])
{
    (void)snprintf(name, PART_INDEX_NAME_SIZE, "part-%s-%04" PRIu32 ".json",
                   kind == PART_SOUND ? "sound" : "chunk", number);
}

int part_index_write(struct link *link, enum part_kind kind, uint32_t number, struct package *part)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(INDEX_LIMIT_BYTES);
    char name[PART_INDEX_NAME_SIZE];

    package_measure(part);
    package_write(part, &json);
    if (json.err)
        return json.err;
    part_index_name(kind, number, name);
    return link_write_file(link, name, buf_slice(&json));
}

bool part_exists(struct link *link, enum part_kind kind, uint32_t number)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(INDEX_LIMIT_BYTES);
    CLEANUP(package_free) struct package *part = NULL;
    char name[PART_INDEX_NAME_SIZE];

    part_index_name(kind, number, name);
    return !link_read_file(link, name, &json) && !package_parse(buf_slice(&json), &part);
}
