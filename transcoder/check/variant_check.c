// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/variant_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MILLI_FPS = 60000, MAX_LEVEL = 52, PROFILE_HIGH = 100 };

struct work {
    struct findings *findings;
    const char *path;
    const struct m3u8 *playlist;
    const struct media_facts *const *variants;
    const struct media_facts *const *media;
};

static void missing(struct work *w, const char *attribute, struct slice uri)
{
    findings_add(w->findings, RULE_ATTRIBUTE, w->path, "%s is missing for %.*s", attribute,
                 SLICE_ARGS(uri));
}

static void check_attributes(struct work *w, const struct m3u8_variant *v, bool is_video)
{
    if (v->bandwidth_bps == 0)
        missing(w, "BANDWIDTH", v->uri);
    if (v->average_bps == 0 && !v->is_iframes)
        missing(w, "AVERAGE-BANDWIDTH", v->uri);
    if (v->codecs.length == 0)
        missing(w, "CODECS", v->uri);
    if (is_video && v->width == 0)
        missing(w, "RESOLUTION", v->uri);
    if (is_video && v->milli_fps == 0 && !v->is_iframes)
        missing(w, "FRAME-RATE", v->uri);
}

/* Whether a list of codecs has this one. */
static bool has_codec(struct slice list, const char *codec)
{
    while (list.length > 0) {
        if (slice_equals_nocase(slice_trim(slice_split(&list, ',')), slice_from(codec)))
            return true;
    }
    return false;
}

static size_t count_codecs(struct slice list)
{
    size_t n = 0;

    while (list.length > 0) {
        (void)slice_split(&list, ',');
        n++;
    }
    return n;
}

/* The member of the variant's audio group that costs most; NULL without one. */
static const struct media_facts *costliest_sound(const struct work *w, const struct m3u8_variant *v)
{
    const struct media_facts *most = NULL;

    for (size_t i = 0; v->audio.length > 0 && i < w->playlist->n_media; i++) {
        const struct m3u8_media *m = &w->playlist->media[i];
        if (w->media[i] && slice_is(m->type, "AUDIO") && slice_equals(m->group, v->audio) &&
            (!most || w->media[i]->peak_bps > most->peak_bps))
            most = w->media[i];
    }
    return most;
}

static void check_codecs(struct work *w, const struct m3u8_variant *v,
                         const struct media_facts *facts, const struct media_facts *sound)
{
    const bool is_mixed = sound && facts->track.is_video;

    if (v->codecs.length == 0)
        return;
    if (!has_codec(v->codecs, facts->track.codecs))
        findings_add(w->findings, RULE_CODECS, w->path, "%.*s is \"%s\", CODECS says \"%.*s\"",
                     SLICE_ARGS(v->uri), facts->track.codecs, SLICE_ARGS(v->codecs));
    if (is_mixed && !has_codec(v->codecs, sound->track.codecs))
        findings_add(w->findings, RULE_CODECS, w->path,
                     "the sound of %.*s is \"%s\", CODECS says \"%.*s\"", SLICE_ARGS(v->uri),
                     sound->track.codecs, SLICE_ARGS(v->codecs));
    if (count_codecs(v->codecs) > (is_mixed ? 2U : 1U))
        findings_add(w->findings, RULE_CODECS, w->path, "CODECS of %.*s names more than there is",
                     SLICE_ARGS(v->uri));
}

static bool is_near(uint64_t a, uint64_t b)
{
    return a <= b + b / 10 && b <= a + a / 10;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Of the costliest that can be played (RFC 8216bis §4.4.6.2): a picture with a sound of its group,
 * or one sound of the group. */
static void check_rates(struct work *w, const struct m3u8_variant *v,
                        const struct media_facts *facts, const struct media_facts *sound)
{
    const bool is_mixed = sound && facts->track.is_video;
    const uint64_t sound_peak = sound ? sound->peak_bps : 0;
    const uint64_t sound_average = sound ? sound->average_bps : 0;
    const uint64_t peak =
        is_mixed ? facts->peak_bps + sound_peak : larger(facts->peak_bps, sound_peak);
    const uint64_t average =
        is_mixed ? facts->average_bps + sound_average : larger(facts->average_bps, sound_average);

    if (v->bandwidth_bps > 0 && !is_near(peak, v->bandwidth_bps))
        findings_add(w->findings, RULE_BANDWIDTH, w->path,
                     "%.*s takes up to %" PRIu64 " bit/s, BANDWIDTH is %" PRIu64,
                     SLICE_ARGS(v->uri), peak, v->bandwidth_bps);
    if (v->average_bps > 0 && !is_near(average, v->average_bps))
        findings_add(w->findings, RULE_AVERAGE_BANDWIDTH, w->path,
                     "%.*s takes %" PRIu64 " bit/s, AVERAGE-BANDWIDTH is %" PRIu64,
                     SLICE_ARGS(v->uri), average, v->average_bps);
}

/* "av01.0.": profile Main, which all decoders of AV1 have to know. */
static void check_av1_profile(struct work *w, const struct m3u8_variant *v,
                              const struct mp4_track *t)
{
    if (t->codecs[0] != '\0' && !slice_starts_with(slice_from(t->codecs), "av01.0."))
        findings_add(w->findings, RULE_PROFILE, w->path, "%.*s is not AV1 Main",
                     SLICE_ARGS(v->uri));
}

/* avc1.PPCCLL: profile and level are its first and last byte. */
static void check_avc_profile(struct work *w, const struct m3u8_variant *v,
                              const struct mp4_track *t)
{
    const unsigned long code = strlen(t->codecs) == 11 ? strtoul(t->codecs + 5, NULL, 16) : 0;

    if (strcmp(t->entry, "avc1") != 0)
        findings_add(w->findings, RULE_PROFILE, w->path, "%.*s is \"%s\", not avc1 or av01",
                     SLICE_ARGS(v->uri), t->entry);
    else if (code >> 16 > PROFILE_HIGH || (code & 255) > MAX_LEVEL)
        findings_add(w->findings, RULE_PROFILE, w->path, "%.*s is above High 5.2",
                     SLICE_ARGS(v->uri));
}

static void check_picture(struct work *w, const struct m3u8_variant *v,
                          const struct media_facts *facts)
{
    const struct mp4_track *t = &facts->track;

    if (v->width > 0 && (v->width != t->width || v->height != t->height))
        findings_add(w->findings, RULE_RESOLUTION, w->path,
                     "%.*s is %" PRIu32 "x%" PRIu32 ", RESOLUTION says %" PRIu32 "x%" PRIu32,
                     SLICE_ARGS(v->uri), t->width, t->height, v->width, v->height);
    if (!v->is_iframes && v->milli_fps > 0 &&
        (facts->milli_fps > v->milli_fps + v->milli_fps / 100 || v->milli_fps > MAX_MILLI_FPS))
        findings_add(w->findings, RULE_FRAME_RATE, w->path,
                     "%.*s has up to %" PRIu32 " frames in 1000 s, FRAME-RATE says %" PRIu32,
                     SLICE_ARGS(v->uri), facts->milli_fps, v->milli_fps);
    if (strcmp(t->entry, "av01") == 0)
        check_av1_profile(w, v, t);
    else
        check_avc_profile(w, v, t);
}

/* Sides are rounded to even numbers: two pixels either way. */
static bool has_same_shape(const struct mp4_track *a, const struct mp4_track *b)
{
    const int64_t left = (int64_t)a->width * b->height;
    const int64_t right = (int64_t)b->width * a->height;

    return llabs(left - right) <= 2 * ((int64_t)a->height + a->width + b->height + b->width);
}

/* Whether two variants are of one ladder: a player stays with a codec. */
static bool has_same_codec(const struct m3u8_variant *a, const struct m3u8_variant *b)
{
    enum { ENTRY_LENGTH = 4 };
    const bool is_named = a->codecs.length >= ENTRY_LENGTH && b->codecs.length >= ENTRY_LENGTH;

    return !is_named || memcmp(a->codecs.data, b->codecs.data, ENTRY_LENGTH) == 0;
}

/* hls.js takes the higher picture, then the faster, for the costlier one. */
static void check_order(struct work *w, size_t i)
{
    const struct m3u8_variant *a = &w->playlist->variants[i];

    for (size_t k = 0; k < w->playlist->n_variants; k++) {
        const struct m3u8_variant *b = &w->playlist->variants[k];
        const bool is_better =
            a->height > b->height || (a->height == b->height && a->milli_fps > b->milli_fps);
        if (b->is_iframes || !slice_equals(a->audio, b->audio) || !has_same_codec(a, b) ||
            b->height == 0 || !is_better)
            continue;
        if (a->bandwidth_bps < b->bandwidth_bps)
            findings_add(w->findings, RULE_LADDER, w->path, "%.*s looks better than %.*s for less",
                         SLICE_ARGS(a->uri), SLICE_ARGS(b->uri));
    }
}

static void check_variant(struct work *w, size_t i, const struct mp4_track *first_picture)
{
    const struct m3u8_variant *v = &w->playlist->variants[i];
    const struct media_facts *facts = w->variants[i];
    const struct media_facts *sound = costliest_sound(w, v);

    check_attributes(w, v, facts && facts->track.is_video);
    if (!facts)
        return;
    check_codecs(w, v, facts, sound);
    check_rates(w, v, facts, sound);
    if (!facts->track.is_video)
        return;
    check_picture(w, v, facts);
    if (first_picture && !has_same_shape(&facts->track, first_picture))
        findings_add(w->findings, RULE_ASPECT, w->path, "%.*s has another shape than the others",
                     SLICE_ARGS(v->uri));
    if (!v->is_iframes)
        check_order(w, i);
}

static bool is_in(const struct m3u8_media *m, const char *type, struct slice group)
{
    return slice_is(m->type, type) && slice_equals(m->group, group);
}

static size_t count_members(const struct work *w, const char *type, struct slice group)
{
    size_t n = 0;

    for (size_t i = 0; i < w->playlist->n_media; i++)
        n += is_in(&w->playlist->media[i], type, group);
    return n;
}

static void check_groups_of(struct work *w, const struct m3u8_variant *v)
{
    if (v->audio.length > 0 && count_members(w, "AUDIO", v->audio) == 0)
        findings_add(w->findings, RULE_GROUP, w->path, "%.*s names the group \"%.*s\" of no sound",
                     SLICE_ARGS(v->uri), SLICE_ARGS(v->audio));
    if (v->subtitles.length > 0 && count_members(w, "SUBTITLES", v->subtitles) == 0)
        findings_add(w->findings, RULE_GROUP, w->path,
                     "%.*s names the group \"%.*s\" of no captions", SLICE_ARGS(v->uri),
                     SLICE_ARGS(v->subtitles));
}

/* Each group of a type has the same members: name, language and default. */
static bool has_twin(const struct work *w, const struct m3u8_media *m, struct slice group)
{
    for (size_t i = 0; i < w->playlist->n_media; i++) {
        const struct m3u8_media *other = &w->playlist->media[i];
        if (slice_equals(other->type, m->type) && slice_equals(other->group, group) &&
            slice_equals(other->name, m->name) && slice_equals(other->language, m->language) &&
            other->is_default == m->is_default)
            return true;
    }
    return false;
}

static void check_member(struct work *w, size_t i)
{
    const struct m3u8_media *m = &w->playlist->media[i];

    if (m->type.length == 0 || m->group.length == 0 || m->name.length == 0)
        missing(w, "TYPE, GROUP-ID or NAME", m->uri);
    if (m->language.length == 0)
        missing(w, "LANGUAGE", m->uri);
    for (size_t k = 0; k < w->playlist->n_media; k++) {
        const struct m3u8_media *other = &w->playlist->media[k];
        if (!slice_equals(other->type, m->type))
            continue;
        if (k < i && slice_equals(other->group, m->group) && slice_equals(other->name, m->name))
            findings_add(w->findings, RULE_GROUP, w->path,
                         "\"%.*s\" is twice in the group \"%.*s\"", SLICE_ARGS(m->name),
                         SLICE_ARGS(m->group));
        if (!slice_equals(other->group, m->group) && !has_twin(w, m, other->group)) {
            findings_add(w->findings, RULE_GROUP, w->path,
                         "\"%.*s\" of the group \"%.*s\" is not in \"%.*s\"", SLICE_ARGS(m->name),
                         SLICE_ARGS(m->group), SLICE_ARGS(other->group));
            return;
        }
    }
}

void variants_check(struct findings *findings, const char *path, const struct m3u8 *playlist,
                    const struct media_facts *const *variants,
                    const struct media_facts *const *media)
{
    struct work w = {findings, path, playlist, variants, media};
    const struct mp4_track *first_picture = NULL;

    for (size_t i = 0; i < playlist->n_variants; i++) {
        if (variants[i] && variants[i]->track.is_video && !first_picture)
            first_picture = &variants[i]->track;
        check_variant(&w, i, first_picture);
        check_groups_of(&w, &playlist->variants[i]);
    }
    for (size_t i = 0; i < playlist->n_media; i++)
        check_member(&w, i);
}
