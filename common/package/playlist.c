// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/playlist.h"

#include <inttypes.h>
#include <string.h>

#include "common/package/language.h"

/* EXT-X-MAP in a playlist that is not of I-frames only needs version 6; nothing here needs more. */
static const char HEAD[] = "#EXTM3U\n#EXT-X-VERSION:6\n";

static const char *media_uri_tail(enum playlist_form form)
{
    return form == PLAYLIST_SEGMENTS ? "/media.m3u8" : ".m3u8";
}

static bool is_listed(const struct rendition *r, enum rendition_kind kind)
{
    return r->kind == kind && r->n_fragments > 0;
}

/* Whether a sound is of the codec that the playlist is for. */
static bool is_of(const struct rendition *r, enum playlist_sound sound)
{
    return (strcmp(r->codecs, "opus") == 0) == (sound == PLAYLIST_OPUS);
}

static bool is_in_group(const struct rendition *r, const char *group)
{
    return is_listed(r, RENDITION_AUDIO) && strcmp(r->group, group) == 0;
}

static const struct rendition *first_of_group(const struct package *p, const char *group)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (is_in_group(&p->renditions[i], group))
            return &p->renditions[i];
    }
    return NULL;
}

static bool has_video(const struct package *p)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (is_listed(&p->renditions[i], RENDITION_VIDEO))
            return true;
    }
    return false;
}

/* Whether an audio group goes with no picture: then it may replace any other. */
static bool is_alternative(const struct package *p, const char *group)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        const struct rendition *r = &p->renditions[i];
        if (is_listed(r, RENDITION_VIDEO) && strcmp(r->group, group) == 0)
            return false;
    }
    return true;
}

/* What a sound or captions are called. */
static const char *own_name(const struct rendition *r, const char *fallback)
{
    const char *name = r->title[0] ? r->title : language_name(r->language);

    return name[0] ? name : fallback;
}

/* EXT-X-MEDIA NAME is shown to people, unique within its group, and the same for a sound in every
 * group (RFC 8216bis §4.4.6.1.1): the title, else the language, and a number where it comes again.
 */
static void append_media_name(const struct package *p, const struct rendition *r,
                              const char *fallback, struct buf *out)
{
    const char *name = own_name(r, fallback);
    size_t n = 1;

    for (const struct rendition *other = p->renditions; other != r; other++) {
        if (is_listed(other, r->kind) && strcmp(other->group, r->group) == 0 &&
            strcmp(own_name(other, fallback), name) == 0)
            n++;
    }
    buf_printf(out, ",NAME=\"%s", name);
    if (n > 1)
        buf_printf(out, " %zu", n);
    buf_append_char(out, '"');
}

static void append_audio_media(const struct package *p, const struct rendition *r,
                               enum playlist_form form, struct buf *out)
{
    buf_printf(out, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"%s\"", r->group);
    append_media_name(p, r, "Audio", out);
    buf_printf(out,
               ",LANGUAGE=\"%s\",DEFAULT=%s,AUTOSELECT=YES,CHANNELS=\"%" PRIu32 "\",URI=\"%s%s\"\n",
               r->language, r == first_of_group(p, r->group) ? "YES" : "NO", r->n_channels, r->name,
               media_uri_tail(form));
}

static void append_captions_media(const struct package *p, const struct rendition *r,
                                  enum playlist_form form, struct buf *out)
{
    buf_printf(out, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"%s\"", r->group);
    append_media_name(p, r, "Captions", out);
    buf_printf(out, ",LANGUAGE=\"%s\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"%s%s\"\n",
               r->language, r->name, media_uri_tail(form));
}

/* The group of the captions, NULL without any. */
static const char *captions_group(const struct package *p)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (is_listed(&p->renditions[i], RENDITION_CAPTIONS))
            return p->renditions[i].group;
    }
    return NULL;
}

/* FRAME-RATE is a decimal with three places (RFC 8216 §4.3.4.2). */
static void append_frame_rate(const struct rendition *r, struct buf *out)
{
    const uint64_t milli = ((uint64_t)r->rate_num * 1000 + r->rate_den / 2) / r->rate_den;

    buf_printf(out, ",FRAME-RATE=%" PRIu64 ".%03" PRIu64, milli / 1000, milli % 1000);
}

/* A variant's bandwidths are those of the costliest combination that can be played (RFC 8216bis
 * §4.4.6.2): with several languages in the group, any of them. */
static void append_bandwidth(const struct package *p, const struct rendition *video,
                             const struct rendition *audio, struct buf *out)
{
    uint64_t audio_peak_bps = 0;
    uint64_t audio_average_bps = 0;

    for (size_t i = 0; audio && i < p->n_renditions; i++) {
        const struct rendition *a = &p->renditions[i];
        if (!is_in_group(a, audio->group))
            continue;
        audio_peak_bps = a->peak_bps > audio_peak_bps ? a->peak_bps : audio_peak_bps;
        audio_average_bps = a->average_bps > audio_average_bps ? a->average_bps : audio_average_bps;
    }
    buf_printf(out, "BANDWIDTH=%" PRIu64 ",AVERAGE-BANDWIDTH=%" PRIu64,
               (video ? video->peak_bps : 0) + audio_peak_bps,
               (video ? video->average_bps : 0) + audio_average_bps);
}

static bool has_choice(const struct package *p, const char *group)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_renditions; i++)
        n += is_in_group(&p->renditions[i], group);
    return n > 1;
}

/* One variant: picture, sound (the first of its group) or both. */
static void append_variant(const struct package *p, const struct rendition *video,
                           const struct rendition *audio, enum playlist_form form, struct buf *out)
{
    buf_append_text(out, "#EXT-X-STREAM-INF:");
    append_bandwidth(p, video, audio, out);
    buf_printf(out, ",CODECS=\"%s%s%s\"", video ? video->codecs : "", video && audio ? "," : "",
               audio ? audio->codecs : "");
    if (video) {
        buf_printf(out, ",RESOLUTION=%" PRIu32 "x%" PRIu32, video->width, video->height);
        append_frame_rate(video, out);
    }
    if (audio && (video || has_choice(p, audio->group)))
        buf_printf(out, ",AUDIO=\"%s\"", audio->group);
    if (video && captions_group(p))
        buf_printf(out, ",SUBTITLES=\"%s\"", captions_group(p));
    buf_printf(out, "\n%s%s\n", video ? video->name : audio->name, media_uri_tail(form));
}

static void append_head(struct buf *out)
{
    buf_append_text(out, HEAD);
    buf_append_text(out, "#EXT-X-INDEPENDENT-SEGMENTS\n");
}

static bool has_iframes(const struct rendition *r)
{
    return is_listed(r, RENDITION_VIDEO) && r->fragments[0].iframe_bytes > 0;
}

/* One is enough to look for a place by, and the smallest costs least. */
static void append_iframe_variant(const struct package *p, enum playlist_form form, struct buf *out)
{
    uint64_t peak_bps;
    uint64_t average_bps;
    const struct rendition *r = p->renditions;

    while (r < p->renditions + p->n_renditions && !has_iframes(r))
        r++;
    if (r == p->renditions + p->n_renditions)
        return;
    rendition_measure_iframes(r, p->target_duration_s, &peak_bps, &average_bps);
    buf_printf(out,
               "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=%" PRIu64 ",AVERAGE-BANDWIDTH=%" PRIu64
               ",CODECS=\"%s\",RESOLUTION=%" PRIu32 "x%" PRIu32 ",URI=\"%s%s\"\n",
               peak_bps, average_bps, r->codecs, r->width, r->height, r->name,
               form == PLAYLIST_SEGMENTS ? "/iframes.m3u8" : "-iframes.m3u8");
}

/* Whether this rendition opens a group: the first of its members. */
static bool opens_group(const struct package *p, const struct rendition *r)
{
    return is_listed(r, RENDITION_AUDIO) && first_of_group(p, r->group) == r;
}

/* Whether a higher rung of the same codec turned out to cost no more: who would take this one takes
 * that one, and players that go by bandwidth would mistake the two. */
static bool is_outdone(const struct package *p, const struct rendition *r)
{
    enum { ENTRY_LENGTH = 4 };

    for (const struct rendition *other = r + 1; other < p->renditions + p->n_renditions; other++) {
        if (is_listed(other, RENDITION_VIDEO) && other->height >= r->height &&
            strncmp(other->codecs, r->codecs, ENTRY_LENGTH) == 0 &&
            other->peak_bps <= r->peak_bps && other->average_bps <= r->average_bps)
            return true;
    }
    return false;
}

/* What every player knows is offered as it grows. The ladder of another codec is offered when all
 * of it is there: a player that has chosen it stays with it. */
static bool is_offered(const struct package *p, const struct rendition *r)
{
    if (!is_listed(r, RENDITION_VIDEO))
        return false;
    return p->is_complete ? !is_outdone(p, r) : strncmp(r->codecs, "av01", 4) != 0;
}

/* All pictures with one audio group; NULL: each with its own. */
static void append_variants(const struct package *p, const struct rendition *audio,
                            enum playlist_form form, struct buf *out)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        const struct rendition *r = &p->renditions[i];
        if (is_offered(p, r))
            append_variant(p, r, audio ? audio : first_of_group(p, r->group), form, out);
    }
}

static void append_groups(const struct package *p, enum playlist_sound sound,
                          enum playlist_form form, struct buf *out)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (is_listed(&p->renditions[i], RENDITION_AUDIO) && is_of(&p->renditions[i], sound))
            append_audio_media(p, &p->renditions[i], form, out);
    }
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (is_listed(&p->renditions[i], RENDITION_CAPTIONS))
            append_captions_media(p, &p->renditions[i], form, out);
    }
}

static bool has_sound_of(const struct package *p, enum playlist_sound sound)
{
    for (size_t i = 0; i < p->n_renditions; i++) {
        if (is_listed(&p->renditions[i], RENDITION_AUDIO) && is_of(&p->renditions[i], sound))
            return true;
    }
    return false;
}

void playlist_multivariant(const struct package *p, enum playlist_sound sound,
                           enum playlist_form form, struct buf *out)
{
    if (!has_video(p)) {
        playlist_audio_only(p, sound, form, out);
        return;
    }
    if (sound == PLAYLIST_OPUS && !has_sound_of(p, sound))
        return;
    append_head(out);
    append_groups(p, sound, form, out);
    if (sound == PLAYLIST_COMMON)
        append_variants(p, NULL, form, out);
    for (size_t i = 0; i < p->n_renditions; i++) {
        const struct rendition *r = &p->renditions[i];
        if (opens_group(p, r) && is_alternative(p, r->group) && is_of(r, sound))
            append_variants(p, r, form, out);
    }
    append_iframe_variant(p, form, out);
}

/* Whether a rendition opens a group that is offered for listening: beside pictures that is only the
 * cheapest of the groups that go with them, and the alternatives. */
static bool is_for_listening(const struct package *p, const struct rendition *r)
{
    const struct rendition *first = p->renditions;

    if (!opens_group(p, r))
        return false;
    while (!opens_group(p, first))
        first++;
    return r == first || is_alternative(p, r->group);
}

/* A group of one sound needs no EXT-X-MEDIA: the variant is all of it. */
static void append_listening_choices(const struct package *p, const struct rendition *first,
                                     enum playlist_form form, struct buf *out)
{
    for (size_t i = 0; has_choice(p, first->group) && i < p->n_renditions; i++) {
        if (is_in_group(&p->renditions[i], first->group))
            append_audio_media(p, &p->renditions[i], form, out);
    }
}

void playlist_audio_only(const struct package *p, enum playlist_sound sound,
                         enum playlist_form form, struct buf *out)
{
    bool is_started = false;

    for (size_t i = 0; i < p->n_renditions; i++) {
        if (!is_for_listening(p, &p->renditions[i]) || !is_of(&p->renditions[i], sound))
            continue;
        if (!is_started)
            append_head(out);
        is_started = true;
        append_listening_choices(p, &p->renditions[i], form, out);
    }
    for (size_t i = 0; i < p->n_renditions; i++) {
        const struct rendition *r = &p->renditions[i];
        if (is_for_listening(p, r) && is_of(r, sound))
            append_variant(p, NULL, r, form, out);
    }
}

/* What of the fragments is listed. */
enum part { PART_WHOLE, PART_IFRAME };

/* Rounded up, and durations are differences of such times: a player that begins in the midst sets
 * its clock by the sum of durations before that, and where that sum were shorter than the media's
 * own time, by a microsecond, the first frame would lie before 0. Chromium drops it there, and with
 * it the first segment. */
static uint64_t time_us(uint64_t ticks, uint32_t timescale)
{
    return (ticks * 1000000 + timescale - 1) / timescale;
}

static void append_segment(const struct rendition *r, size_t index, uint64_t start_ticks,
                           enum playlist_form form, enum part part, struct buf *out)
{
    const struct fragment *f = &r->fragments[index];
    const uint64_t us =
        time_us(start_ticks + f->duration_ticks, r->timescale) - time_us(start_ticks, r->timescale);
    const uint32_t size = part == PART_WHOLE ? f->size_bytes : f->iframe_bytes;

    buf_printf(out, "#EXTINF:%" PRIu64 ".%06" PRIu64 ",\n", us / 1000000, us % 1000000);
    if (form == PLAYLIST_BYTE_RANGES)
        buf_printf(out, "#EXT-X-BYTERANGE:%" PRIu32 "@%" PRIu64 "\n%s.mp4\n", size, f->offset,
                   r->name);
    else if (part == PART_IFRAME)
        buf_printf(out, "#EXT-X-BYTERANGE:%" PRIu32 "@0\n%zu.m4s\n", size, index);
    else
        buf_printf(out, "%zu.m4s\n", index);
}

static void append_media(const struct package *p, const struct rendition *r,
                         enum playlist_form form, enum part part, struct buf *out)
{
    uint64_t start_ticks = 0;

    buf_append_text(out, HEAD);
    buf_printf(out, "#EXT-X-TARGETDURATION:%" PRIu32 "\n#EXT-X-PLAYLIST-TYPE:%s\n",
               p->target_duration_s, p->is_complete ? "VOD" : "EVENT");
    if (!p->is_complete) /* else players take it for live, and open it at its end */
        buf_append_text(out, "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n");
    if (part == PART_IFRAME)
        buf_append_text(out, "#EXT-X-I-FRAMES-ONLY\n");
    if (form == PLAYLIST_SEGMENTS)
        buf_append_text(out, "#EXT-X-MAP:URI=\"init.mp4\"\n");
    else
        buf_printf(out, "#EXT-X-MAP:URI=\"%s.mp4\",BYTERANGE=\"%" PRIu32 "@%" PRIu64 "\"\n",
                   r->name, r->init.size_bytes, r->init.offset);
    for (size_t i = 0; i < r->n_fragments; i++) {
        append_segment(r, i, start_ticks, form, part, out);
        start_ticks += r->fragments[i].duration_ticks;
    }
    if (p->is_complete)
        buf_append_text(out, "#EXT-X-ENDLIST\n");
}

/* One segment with everything: captions of an hour are as large as a few seconds of sound. */
static void append_captions(const struct package *p, const struct rendition *r,
                            enum playlist_form form, struct buf *out)
{
    const uint64_t ms = r->n_fragments ? r->fragments[0].duration_ticks : 0;

    buf_append_text(out, HEAD);
    buf_printf(out, "#EXT-X-TARGETDURATION:%" PRIu64 "\n#EXT-X-PLAYLIST-TYPE:%s\n",
               (ms + 999) / 1000, p->is_complete ? "VOD" : "EVENT");
    buf_printf(out, "#EXTINF:%" PRIu64 ".%03" PRIu64 ",\n%s.vtt\n", ms / 1000, ms % 1000,
               form == PLAYLIST_SEGMENTS ? "0" : r->name);
    buf_append_text(out, "#EXT-X-ENDLIST\n");
}

void playlist_media(const struct package *p, const struct rendition *r, enum playlist_form form,
                    struct buf *out)
{
    if (r->kind == RENDITION_CAPTIONS) {
        append_captions(p, r, form, out);
        return;
    }
    append_media(p, r, form, PART_WHOLE, out);
}

void playlist_iframes(const struct package *p, const struct rendition *r, enum playlist_form form,
                      struct buf *out)
{
    if (has_iframes(r))
        append_media(p, r, form, PART_IFRAME, out);
}
