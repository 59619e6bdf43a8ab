// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/media_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

enum {
    INIT_LIMIT = 1024,
    SLACK_US = 1000,
    HEAD_US = 2500000, /* of the first two segments */
    US_PER_S = 1000000,
    SMALL_BYTES = 1024,
    SMALL_PLAYLIST_BYTES = 256, /* of a lecture of seconds: one packet either way */
};

static const char PLAYLIST_MIME[] = "application/vnd.apple.mpegurl";

/* One media playlist while it is checked. */
struct work {
    struct check *check;
    struct media_facts *facts;
    const struct m3u8 *playlist;
    struct buf bytes;    /* scratch: the file at hand */
    uint64_t *sizes;     /* owned: of the segments */
    int64_t next_ticks;  /* where the next fragment has to start */
    uint64_t listed_us;  /* sum of EXTINF so far */
    int64_t total_ticks; /* of the fragments so far */
};

void media_facts_clear(struct media_facts *facts)
{
    free(facts->starts_us);
    facts->starts_us = NULL;
}

/* Whether what is sent has to be compressed: text that is worth it. */
static bool wants_gzip(const char *mime, size_t n_bytes)
{
    if (strcmp(mime, PLAYLIST_MIME) == 0)
        return n_bytes >= SMALL_PLAYLIST_BYTES;
    return n_bytes >= SMALL_BYTES &&
           (strcmp(mime, "text/vtt") == 0 || strcmp(mime, "application/json") == 0);
}

static void check_reply(struct check *check, const char *path, const char *mime, size_t n_bytes)
{
    struct package_reply reply = {0};

    check->files->ask(check->files->arg, path, &reply);
    if (strncmp(reply.type, mime, strlen(mime)) != 0 &&
        !(strcmp(mime, PLAYLIST_MIME) == 0 && strncmp(reply.type, "audio/mpegurl", 13) == 0))
        findings_add(&check->findings, RULE_MIME, path, "is called \"%s\", not \"%s\"", reply.type,
                     mime);
    if (wants_gzip(mime, n_bytes) && !reply.is_gzip)
        findings_add(&check->findings, RULE_GZIP, path, "is not compressed");
}

static void cannot_read(struct check *check, const char *path, int err)
{
    struct package_reply reply = {0};

    if (check->files->is_http)
        check->files->ask(check->files->arg, path, &reply);
    if (reply.is_redirect)
        findings_add(&check->findings, RULE_REDIRECT, path, "the server sends elsewhere");
    else if (check->files->is_http && reply.status != 200)
        findings_add(&check->findings, RULE_STATUS, path, "the server answers %d", reply.status);
    else if (err == ERR_INVALID)
        findings_add(&check->findings, RULE_MISSING, path, "ends before what is listed");
    else
        findings_add(&check->findings, RULE_MISSING, path, "cannot be read: %s", err_text(err));
}

int check_read(struct check *check, const char *path, uint64_t offset, uint64_t size,
               const char *mime, struct buf *out)
{
    const int err = check->files->read(check->files->arg, path, offset, size, out);

    if (err == ERR_AGAIN)
        buf_printf(check->needed, "need %s\n", path);
    else if (err && err != ERR_NO_MEMORY)
        cannot_read(check, path, err);
    else if (!err && mime && check->files->is_http)
        check_reply(check, path, mime, out->length);
    return err;
}

int check_exists(struct check *check, const char *path, bool *ret_exists)
{
    CLEANUP(buf_clear) struct buf bytes = buf_with_limit(CHECK_MAX_FILE);
    const int err = check->files->read(check->files->arg, path, 0, 0, &bytes);

    if (err == ERR_AGAIN)
        buf_printf(check->needed, "need %s\n", path);
    *ret_exists = !err;
    return err == ERR_NO_MEMORY ? err : 0;
}

int check_read_playlist(struct check *check, const char *path, struct buf *text,
                        struct m3u8 **ret_playlist)
{
    int err = check_read(check, path, 0, 0, PLAYLIST_MIME, text);

    if (err)
        return err;
    err = m3u8_parse(buf_slice(text), ret_playlist);
    if (err && err != ERR_NO_MEMORY)
        findings_add(&check->findings, RULE_SYNTAX, path, "is no playlist that can be understood");
    return err;
}

static void complain(struct work *w, enum rule rule, const char *text)
{
    findings_add(&w->check->findings, rule, w->facts->path, "%s", text);
}

static void check_tags(struct work *w)
{
    const struct m3u8 *p = w->playlist;

    if (!slice_is(p->playlist_type, "VOD"))
        complain(w, RULE_PLAYLIST_TYPE, "EXT-X-PLAYLIST-TYPE is not VOD");
    if (!p->has_end)
        complain(w, RULE_END, "there is no EXT-X-ENDLIST");
    if (p->target_s == 0)
        complain(w, RULE_TARGET, "there is no EXT-X-TARGETDURATION");
    if (w->facts->form != MEDIA_CAPTIONS && p->map_uri.length == 0)
        complain(w, RULE_MAP, "there is no EXT-X-MAP");
    if (p->map_uri.length > 0 && p->version < (p->is_iframes_only ? 5U : 6U))
        complain(w, RULE_VERSION, "EXT-X-MAP needs a higher EXT-X-VERSION");
    if (p->is_iframes_only != (w->facts->form == MEDIA_IFRAMES))
        complain(w, RULE_IFRAMES, "EXT-X-I-FRAMES-ONLY is where it should not be, or is missing");
    if (p->n_segments == 0)
        complain(w, RULE_SYNTAX, "lists no segment");
}

/* RFC 8216 §4.3.3.1: each rounds to at most the target. */
static void check_durations(struct work *w)
{
    const struct m3u8 *p = w->playlist;

    for (size_t i = 0; i < p->n_segments; i++) {
        const uint64_t us = p->segments[i].duration_us;
        w->facts->total_us += us;
        w->facts->n_discontinuities += p->segments[i].is_discontinuous;
        if (p->target_s > 0 && (us + US_PER_S / 2) / US_PER_S > p->target_s)
            findings_add(&w->check->findings, RULE_TARGET, w->facts->path,
                         "segment %zu lasts %" PRIu64 ".%03" PRIu64 " s, the target is %" PRIu32, i,
                         us / US_PER_S, us % US_PER_S / 1000, p->target_s);
        if (i < 2 && us > HEAD_US && p->n_segments > 2 && w->facts->form == MEDIA_FRAGMENTS)
            findings_add(&w->check->findings, RULE_HEAD, w->facts->path,
                         "segment %zu is long for one to start with", i);
    }
}

static const char *mime_of(const struct work *w)
{
    return w->facts->track.is_video ? "video/mp4" : "audio/mp4";
}

/* Reads what a URI of the playlist names into w->bytes. */
static int read_part(struct work *w, struct slice uri, const struct m3u8_range *range,
                     const char *mime)
{
    char path[PACKAGE_PATH_SIZE];

    buf_reset(&w->bytes);
    if (package_path_resolve(w->facts->path, uri, path)) {
        findings_add(&w->check->findings, RULE_OUTSIDE, w->facts->path,
                     "\"%.*s\" leads out of the package", SLICE_ARGS(uri));
        return ERR_DENIED;
    }
    const int err = check_read(w->check, path, range->offset, range->size, mime, &w->bytes);
    return err ? err : w->bytes.err;
}

static int check_init(struct work *w)
{
    const struct m3u8 *p = w->playlist;
    struct mp4_track *track = &w->facts->track;

    int err = p->map_uri.length ? read_part(w, p->map_uri, &p->map_range, NULL) : ERR_INVALID;
    if (err)
        return err;
    if (w->bytes.length > INIT_LIMIT && (p->map_range.size || !w->check->files->is_http))
        complain(w, RULE_INIT_SIZE, "the init section is large");
    err = mp4_read_init(buf_slice(&w->bytes), track);
    if (err) {
        complain(w, RULE_INIT, "the init section cannot be understood");
        return err;
    }
    if (track->codecs[0] == '\0')
        findings_add(&w->check->findings, RULE_CODECS, w->facts->path,
                     "the codec \"%s\" is not known or says nothing about itself", track->entry);
    return 0;
}

static int64_t to_us(const struct work *w, int64_t ticks)
{
    const int64_t scale = w->facts->track.timescale;

    return ticks / scale * US_PER_S + ticks % scale * US_PER_S / scale;
}

static void check_times(struct work *w, size_t i, const struct mp4_fragment *f)
{
    struct findings *findings = &w->check->findings;
    const char *path = w->facts->path;
    const struct m3u8_segment *segment = &w->playlist->segments[i];
    const int64_t sample_us = to_us(w, f->duration_ticks / (int64_t)f->n_samples);

    if (i == 0 && f->first_ticks != 0)
        findings_add(findings, RULE_START, path, "the first sample is at %" PRId64 " us",
                     to_us(w, f->first_ticks));
    if (i > 0 && f->decode_ticks != w->next_ticks && !segment->is_discontinuous)
        findings_add(findings, RULE_TFDT, path,
                     "segment %zu starts at tick %" PRId64 ", the one before ends at %" PRId64, i,
                     f->decode_ticks, w->next_ticks);
    w->listed_us += segment->duration_us;
    w->total_ticks += f->duration_ticks;
    const int64_t off_us = (int64_t)w->listed_us - to_us(w, w->total_ticks);
    const int64_t own_us = (int64_t)segment->duration_us - to_us(w, f->duration_ticks);
    if (llabs(off_us) > sample_us + SLACK_US || llabs(own_us) > sample_us + SLACK_US)
        findings_add(findings, RULE_EXTINF, path,
                     "segment %zu lasts %" PRId64 " us, EXTINF says %" PRIu64 " (off by %" PRId64
                     " in all)",
                     i, to_us(w, f->duration_ticks), segment->duration_us, off_us);
}

static int check_fragment(struct work *w, size_t i)
{
    const struct m3u8_segment *segment = &w->playlist->segments[i];
    const bool is_cut = w->facts->form == MEDIA_IFRAMES;
    struct mp4_fragment f;

    int err = read_part(w, segment->uri, &segment->range, i == 0 ? mime_of(w) : NULL);
    if (err)
        return err;
    w->sizes[i] = w->bytes.length;
    err = mp4_read_fragment(buf_slice(&w->bytes), &w->facts->track, is_cut, &f);
    if (err) {
        findings_add(&w->check->findings, RULE_FRAGMENT, w->facts->path,
                     "segment %zu is no fragment of this track", i);
        return err;
    }
    w->facts->starts_us[i] = to_us(w, f.decode_ticks);
    if (!f.is_sync || !f.is_idr)
        findings_add(&w->check->findings, is_cut ? RULE_IFRAMES : RULE_IDR_START, w->facts->path,
                     "segment %zu does not start with an IDR picture", i);
    if (is_cut && f.first_sample_size != w->bytes.length)
        findings_add(&w->check->findings, RULE_IFRAMES, w->facts->path,
                     "entry %zu has %zu bytes, its picture ends at %zu", i, w->bytes.length,
                     f.first_sample_size);
    check_times(w, i, &f);
    w->next_ticks = f.decode_ticks + f.duration_ticks;
    const uint64_t milli_fps =
        f.n_samples * UINT64_C(1000) * w->facts->track.timescale / (uint64_t)f.duration_ticks;
    if (milli_fps > w->facts->milli_fps)
        w->facts->milli_fps = (uint32_t)milli_fps;
    return 0;
}

static uint64_t bit_rate(uint64_t bytes, uint64_t us)
{
    return us ? bytes * 8 * US_PER_S / us : 0;
}

/* RFC 8216bis §4.1: any run of segments that lasts 0.5 to 1.5 target durations. */
static void measure(struct work *w)
{
    const struct m3u8 *p = w->playlist;
    const uint64_t target_us = (uint64_t)p->target_s * US_PER_S;
    uint64_t total = 0;

    for (size_t first = 0; first < p->n_segments; first++) {
        uint64_t us = 0;
        uint64_t bytes = 0;
        total += w->sizes[first];
        for (size_t i = first; i < p->n_segments && us <= target_us * 3 / 2; i++) {
            us += p->segments[i].duration_us;
            bytes += w->sizes[i];
            const uint64_t bps = bit_rate(bytes, us);
            if (us >= target_us / 2 && us <= target_us * 3 / 2 && bps > w->facts->peak_bps)
                w->facts->peak_bps = bps;
        }
    }
    w->facts->average_bps = bit_rate(total, w->facts->total_us);
    if (w->facts->peak_bps < w->facts->average_bps)
        w->facts->peak_bps = w->facts->average_bps;
}

static int check_fragments(struct work *w)
{
    int err = check_init(w);
    bool is_whole = !err;

    for (size_t i = 0; i < w->playlist->n_segments && err != ERR_NO_MEMORY && is_whole; i++) {
        err = check_fragment(w, i);
        if (err == ERR_AGAIN) {
            /* all that is needed is told at once */
            for (size_t k = i + 1; k < w->playlist->n_segments; k++)
                (void)read_part(w, w->playlist->segments[k].uri, &w->playlist->segments[k].range,
                                NULL);
            return err;
        }
        is_whole = !err;
    }
    if (is_whole) {
        measure(w);
        w->facts->is_usable = true;
    }
    return err;
}

/* A cue's text may hold "<" and "&" only as part of what WebVTT knows; ours has neither. */
static int check_captions(struct work *w)
{
    for (size_t i = 0; i < w->playlist->n_segments; i++) {
        const struct m3u8_segment *segment = &w->playlist->segments[i];
        const int err = read_part(w, segment->uri, &segment->range, "text/vtt");
        if (err == ERR_NO_MEMORY || err == ERR_AGAIN)
            return err;
        if (!err && !slice_starts_with(buf_slice(&w->bytes), "WEBVTT"))
            findings_add(&w->check->findings, RULE_CAPTIONS, w->facts->path,
                         "segment %zu does not start with WEBVTT", i);
    }
    w->facts->is_usable = true;
    return 0;
}

static int check_all(struct work *w)
{
    const struct m3u8 *p = w->playlist;

    check_tags(w);
    check_durations(w);
    w->facts->target_s = p->target_s;
    w->facts->n_segments = p->n_segments;
    w->sizes = calloc(p->n_segments + 1, sizeof *w->sizes);
    w->facts->starts_us = calloc(p->n_segments + 1, sizeof *w->facts->starts_us);
    /* allow(analyzer): the caller frees both with what they are in, also after a failure */
    if (!w->sizes || !w->facts->starts_us)
        return ERR_NO_MEMORY;
    return w->facts->form == MEDIA_CAPTIONS ? check_captions(w) : check_fragments(w);
}

int media_check(struct check *check, struct media_facts *facts)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(CHECK_MAX_FILE);
    CLEANUP(m3u8_free) struct m3u8 *playlist = NULL;
    struct work w = {.check = check, .facts = facts, .bytes = buf_with_limit(CHECK_MAX_FILE)};

    int err = check_read_playlist(check, facts->path, &text, &playlist);
    w.playlist = playlist;
    if (!err)
        err = check_all(&w);
    free(w.sizes);
    buf_clear(&w.bytes);
    return err == ERR_NO_MEMORY ? err : 0;
}
