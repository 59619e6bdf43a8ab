// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/package_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "transcoder/check/previews_check.h"
#include "transcoder/check/variant_check.h"

enum { MAX_MEDIA = 256, DURATION_SLACK_US = 150000 };

/* One multivariant playlist while it is checked. */
struct work {
    struct check *check;
    const char *path;
    const struct m3u8 *playlist;
    struct media_facts *media; /* owned, MAX_MEDIA: each media playlist once */
    size_t n_media;
};

static struct media_facts *find_media(const struct work *w, const char *path)
{
    for (size_t i = 0; i < w->n_media; i++) {
        if (strcmp(w->media[i].path, path) == 0)
            return &w->media[i];
    }
    return NULL;
}

/* Checks the media playlist that a URI names, unless that was done. */
static int visit(struct work *w, struct slice uri, enum media_form form)
{
    char path[PACKAGE_PATH_SIZE];

    if (package_path_resolve(w->path, uri, path)) {
        findings_add(&w->check->findings, RULE_OUTSIDE, w->path,
                     "\"%.*s\" leads out of the package", SLICE_ARGS(uri));
        return 0;
    }
    if (find_media(w, path))
        return 0;
    if (w->n_media == MAX_MEDIA) {
        findings_add(&w->check->findings, RULE_SYNTAX, w->path, "names too many playlists");
        return 0;
    }
    struct media_facts *facts = &w->media[w->n_media++];
    (void)snprintf(facts->path, sizeof facts->path, "%s", path);
    facts->form = form;
    return media_check(w->check, facts);
}

static int visit_all(struct work *w)
{
    const struct m3u8 *p = w->playlist;
    int err = 0;

    for (size_t i = 0; i < p->n_variants && !err; i++)
        err = visit(w, p->variants[i].uri,
                    p->variants[i].is_iframes ? MEDIA_IFRAMES : MEDIA_FRAGMENTS);
    for (size_t i = 0; i < p->n_media && !err; i++) {
        if (p->media[i].uri.length > 0)
            err = visit(w, p->media[i].uri,
                        slice_is(p->media[i].type, "SUBTITLES") ? MEDIA_CAPTIONS : MEDIA_FRAGMENTS);
    }
    return err;
}

static const struct media_facts *facts_of(const struct work *w, struct slice uri)
{
    char path[PACKAGE_PATH_SIZE];

    if (package_path_resolve(w->path, uri, path))
        return NULL;
    const struct media_facts *facts = find_media(w, path);
    return facts && facts->is_usable ? facts : NULL;
}

static bool has_same_starts(const struct media_facts *a, const struct media_facts *b)
{
    return a->n_segments == b->n_segments && a->n_discontinuities == b->n_discontinuities &&
           memcmp(a->starts_us, b->starts_us, a->n_segments * sizeof a->starts_us[0]) == 0;
}

/* What all renditions have to have in common with the first of their kind. */
static void compare_media(struct work *w)
{
    struct findings *findings = &w->check->findings;
    const struct media_facts *first = NULL;
    const struct media_facts *first_video = NULL;

    for (size_t i = 0; i < w->n_media; i++) {
        const struct media_facts *m = &w->media[i];
        if (!m->is_usable || m->form == MEDIA_CAPTIONS)
            continue;
        first = first ? first : m;
        if (m->target_s != first->target_s && m->form == MEDIA_FRAGMENTS)
            findings_add(findings, RULE_SAME_TARGET, m->path,
                         "target of %" PRIu32 " s, %s has %" PRIu32, m->target_s, first->path,
                         first->target_s);
        if (llabs((int64_t)m->total_us - (int64_t)first->total_us) > DURATION_SLACK_US)
            findings_add(findings, RULE_DURATION, m->path,
                         "lasts %" PRIu64 " us, %s lasts %" PRIu64, m->total_us, first->path,
                         first->total_us);
        if (!m->track.is_video)
            continue;
        first_video = first_video ? first_video : m;
        if (m->n_discontinuities != first_video->n_discontinuities)
            findings_add(findings, RULE_DISCONTINUITY, m->path, "not where those of %s are",
                         first_video->path);
        else if (!has_same_starts(m, first_video))
            findings_add(findings, RULE_ALIGNED, m->path,
                         "its segments do not start where those of "
                         "%s do",
                         first_video->path);
    }
}

static bool has_video(const struct m3u8 *p)
{
    for (size_t i = 0; i < p->n_variants; i++) {
        if (p->variants[i].width > 0 && !p->variants[i].is_iframes)
            return true;
    }
    return false;
}

static void check_tags(struct work *w)
{
    const struct m3u8 *p = w->playlist;
    bool has_iframes = false;
    bool has_low = false;

    for (size_t i = 0; i < p->n_variants; i++) {
        has_iframes = has_iframes || p->variants[i].is_iframes;
        has_low = has_low || (!p->variants[i].is_iframes && p->variants[i].bandwidth_bps <= 192000);
    }
    if (!p->is_independent)
        findings_add(&w->check->findings, RULE_INDEPENDENT, w->path,
                     "there is no EXT-X-INDEPENDENT-SEGMENTS");
    if (p->n_variants == 0)
        findings_add(&w->check->findings, RULE_SYNTAX, w->path, "lists no variant");
    else if (!has_low)
        findings_add(&w->check->findings, RULE_LOW_RATE, w->path,
                     "no variant has a peak of 192 kbit/s or less");
    if (has_video(p) && !has_iframes)
        findings_add(&w->check->findings, RULE_IFRAMES, w->path, "there is no I-frame playlist");
}

static void check_variants(struct work *w)
{
    const struct m3u8 *p = w->playlist;
    /* one for each, in the order of the playlist */
    const struct media_facts **facts =
        calloc(p->n_variants + p->n_media + 1, sizeof(const struct media_facts *));

    if (!facts)
        return;
    for (size_t i = 0; i < p->n_variants; i++)
        facts[i] = facts_of(w, p->variants[i].uri);
    for (size_t i = 0; i < p->n_media; i++)
        facts[p->n_variants + i] = facts_of(w, p->media[i].uri);
    variants_check(&w->check->findings, w->path, p, facts, facts + p->n_variants);
    free(facts);
}

/* Of the lecture: that of its longest rendition. */
static uint64_t duration_of(const struct work *w)
{
    uint64_t longest_us = 0;

    for (size_t i = 0; i < w->n_media; i++) {
        const struct media_facts *m = &w->media[i];
        if (m->is_usable && m->form == MEDIA_FRAGMENTS && m->total_us > longest_us)
            longest_us = m->total_us;
    }
    return longest_us;
}

/* With the pictures beside it, unless those were looked at with another playlist. */
static int check_multivariant(struct check *check, const char *path, bool with_previews)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(CHECK_MAX_FILE);
    CLEANUP(m3u8_free) struct m3u8 *playlist = NULL;
    struct work w = {.check = check, .path = path};

    int err = check_read_playlist(check, path, &text, &playlist);
    if (err)
        return err == ERR_NO_MEMORY ? err : 0;
    w.playlist = playlist;
    w.media = calloc(MAX_MEDIA, sizeof *w.media);
    if (!w.media)
        return ERR_NO_MEMORY;
    check_tags(&w);
    err = visit_all(&w);
    compare_media(&w);
    check_variants(&w);
    if (!err && with_previews && has_video(playlist))
        err = previews_check(check, duration_of(&w));
    for (size_t i = 0; i < w.n_media; i++)
        media_facts_clear(&w.media[i]);
    free(w.media);
    return err;
}

int package_check(struct check *check, const char *top)
{
    static const char *const BESIDE[] = {"audio.m3u8", "multivariant-opus.m3u8", "audio-opus.m3u8"};

    int err = check_multivariant(check, top, true);
    for (size_t i = 0; i < sizeof BESIDE / sizeof BESIDE[0] && !err; i++) {
        bool is_there = false;
        err = check_exists(check, BESIDE[i], &is_there);
        if (!err && is_there && strcmp(top, BESIDE[i]) != 0)
            err = check_multivariant(check, BESIDE[i], false);
    }
    return err;
}
