// SPDX-License-Identifier: GPL-3.0-or-later
/* Playback: /v/{token}/{package}/… The router has checked the token; params[1] is the package.
 *
 * Playlists are rendered for each request from the package's index; segments are ranges of its
 * files under virtual names. Everything of a complete package is immutable under its address, and
 * may be cached as long as the token in the address lives; playlists of a growing one must be asked
 * for again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "common/log.h"
#include "common/package/playlist.h"
#include "common/package/storyboard_files.h"
#include "server/auth/playback_token.h"
#include "server/config.h"
#include "server/features/playback/near_package.h"
#include "server/features/playback/package_cache.h"
#include "server/features/playback/playback.h"
#include "server/http/exchange/answer_cache.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/file.h"
#include "server/http/exchange/prepared.h"
#include "server/http/exchange/response.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/media/media_store.h"

enum {
    PLAYLIST_LIMIT = 1 << 20,
    TEXT_LIMIT = 16 << 20,
    ETAG_SIZE = 80,
    CACHE_CONTROL_SIZE = 64,
    ANSWER_LIFE_S = 3600, /* a kept answer says for so long how long it may be cached */
    LEAST_PACED_BPS = 900 * 1000,
};

static const char ASK_AGAIN[] = "no-cache";
static const char CAPTIONS_TYPE[] = "text/vtt; charset=utf-8";
static const char PLAYLIST_TYPE[] = "application/vnd.apple.mpegurl";

/* Players on other sites may play our lectures: what a token opens is not bound to an origin. */
static const struct http_header CORS_FIELDS[] = {
    {SLICE_LITERAL("Access-Control-Allow-Origin"), SLICE_LITERAL("*")},
    {SLICE_LITERAL("Access-Control-Expose-Headers"),
     SLICE_LITERAL("Content-Length, Content-Range")},
};
static const struct http_headers CORS = {CORS_FIELDS, 2};

/* The package, or NULL when the exchange has been answered or the call will be handled again. */
static const struct package *find_package(struct call *call)
{
    const struct package *package = NULL;

    if (near_package_wait(call, call->params[1]))
        return NULL;
    const int err = package_cache_get(call->services->packages, call->params[1], &package);

    if (err && err != ERR_NOT_FOUND)
        log_error("cannot read a package index", log_slice("package", call->params[1]),
                  log_err(err));
    if (err)
        answer_err(call->x, err);
    return package;
}

/* The rendition that params[2] names, or NULL as above. */
static const struct rendition *find_rendition(struct call *call, const struct package **ret_package)
{
    const struct package *package = find_package(call);

    if (!package)
        return NULL;
    const struct rendition *rendition = package_find(package, call->params[2]);
    if (!rendition || rendition->n_fragments == 0) {
        answer_not_found(call->x);
        return NULL;
    }
    *ret_package = package;
    return rendition;
}

/* Not beyond the token's life. An answer that is kept says the same for a while: that is taken off.
 */
static void cache_control(const struct call *call, char text[CACHE_CONTROL_SIZE])
{
    const int64_t left_s = (playback_token_end_ms(call->params[0]) - clock_wall_ms()) / 1000;
    const int64_t age_s = left_s > ANSWER_LIFE_S ? left_s - ANSWER_LIFE_S : 0;

    (void)snprintf(text, CACHE_CONTROL_SIZE, "public, max-age=%" PRId64 ", immutable", age_s);
}

/* What the answer cache calls the request's target: router.c looks for the same. */
static struct slice answer_key(const struct call *call)
{
    return slice_skip(http_exchange_request(call->x)->path, sizeof "/v/" - 1);
}

/* Answers, and keeps the answer for whoever asks next. */
static void answer_and_keep(const struct call *call, struct http_prepared *answer)
{
    http_answer_cache_add(call->services->answers, answer_key(call), answer, clock_monotonic_ms(),
                          ANSWER_LIFE_S * INT64_C(1000));
    http_answer_prepared(call->x, answer);
    http_prepared_unref(answer);
}

/* Answers with a rendered playlist and clears it. version tells states of a growing one apart. */
static void answer_playlist(const struct call *call, const struct package *package,
                            const char *name, size_t version, struct buf *playlist)
{
    char etag[ETAG_SIZE];
    char cached[CACHE_CONTROL_SIZE];

    cache_control(call, cached);
    (void)snprintf(etag, sizeof etag, "\"%.*s-%s-%zu%s\"", 12, call->params[1].data, name, version,
                   package->is_complete ? "" : "g");
    const struct http_representation representation = {
        .content_type = PLAYLIST_TYPE,
        .etag = etag,
        .cache_control = package->is_complete ? cached : ASK_AGAIN,
        .headers = &CORS,
        .is_compressible = true,
    };
    struct http_prepared *ready = NULL;
    if (package->is_complete && !playlist->err && playlist->length > 0 &&
        http_prepared_new_bytes(&representation, buf_slice(playlist), &ready) == 0) {
        buf_clear(playlist);
        answer_and_keep(call, ready);
        return;
    }
    const char *body =
        playlist->err ? NULL : arena_copy(http_exchange_arena(call->x), buf_slice(playlist));
    const size_t length = playlist->length;
    buf_clear(playlist);
    if (!body)
        answer_problem(call->x, PROBLEM_NO_MEMORY);
    else if (length == 0)
        answer_not_found(call->x);
    else
        http_answer_representation(call->x, &representation, slice_of(body, length));
}

static size_t count_fragments(const struct package *package)
{
    size_t n = 0;

    for (size_t i = 0; i < package->n_renditions; i++)
        n += package->renditions[i].n_fragments;
    return n;
}

static void answer_multivariant(struct call *call, const char *name, enum playlist_sound sound,
                                void (*render)(const struct package *p, enum playlist_sound sound,
                                               enum playlist_form form, struct buf *out))
{
    const struct package *package = find_package(call);
    struct buf playlist = buf_with_limit(PLAYLIST_LIMIT);

    if (!package)
        return;
    render(package, sound, PLAYLIST_SEGMENTS, &playlist);
    answer_playlist(call, package, name, count_fragments(package), &playlist);
}

static void handle_multivariant(struct call *call)
{
    answer_multivariant(call, "m", PLAYLIST_COMMON, playlist_multivariant);
}

static void handle_multivariant_opus(struct call *call)
{
    answer_multivariant(call, "mo", PLAYLIST_OPUS, playlist_multivariant);
}

static void handle_audio_only(struct call *call)
{
    answer_multivariant(call, "a", PLAYLIST_COMMON, playlist_audio_only);
}

static void handle_audio_only_opus(struct call *call)
{
    answer_multivariant(call, "ao", PLAYLIST_OPUS, playlist_audio_only);
}

/* kind: what the entity tag has before the rendition's name. */
static void answer_media_playlist(struct call *call, const char *kind,
                                  void (*render)(const struct package *p, const struct rendition *r,
                                                 enum playlist_form form, struct buf *out))
{
    const struct package *package = NULL;
    const struct rendition *rendition = find_rendition(call, &package);
    struct buf playlist = buf_with_limit(PLAYLIST_LIMIT);
    char name[24];

    if (!rendition)
        return;
    (void)snprintf(name, sizeof name, "%s%s", kind, rendition->name);
    render(package, rendition, PLAYLIST_SEGMENTS, &playlist);
    answer_playlist(call, package, name, rendition->n_fragments, &playlist);
}

static void handle_media_playlist(struct call *call)
{
    answer_media_playlist(call, "", playlist_media);
}

static void handle_iframe_playlist(struct call *call)
{
    answer_media_playlist(call, "i.", playlist_iframes);
}

/* Opens a file of the package; when it cannot be had the exchange has been answered. */
static struct http_file *open_file(const struct call *call, const char *name)
{
    char package[PACKAGE_ID_SIZE];
    char folder[MEDIA_PATH_SIZE];
    char key[PACKAGE_ID_SIZE + 64];
    char path[MEDIA_PATH_SIZE + 64];
    struct http_file *file = NULL;

    (void)slice_to_cstr(call->params[1], package, sizeof package);
    media_path_package(package, folder);
    (void)snprintf(key, sizeof key, "%s/%s", package, name);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    const int err = http_file_cache_open(call->services->files, key,
                                         media_store_root_fd(call->services->media), path, &file);
    if (err && err != ERR_NOT_FOUND)
        log_error("cannot open a media file", log_str("file", key), log_err(err));
    if (err)
        answer_err(call->x, err);
    return file;
}

/* What a player uses up at most: the highest rung's peak. Not the rendition's own rate: a player
 * measures the link by how fast segments come, and at twice the rate of a low rung it would take
 * the link for too slow for the next one, and never climb. Never less than the usual top rung's
 * budget: a lecture whose best picture is small makes no burst that anybody notices, and whoever
 * skips ahead in it, or takes it home, would wait for nothing. */
static uint32_t paced_bytes_per_s(const struct call *call, const struct package *package)
{
    uint64_t bps = LEAST_PACED_BPS;

    if (!services_config(call->services)->pacing)
        return 0;
    for (size_t i = 0; i < package->n_renditions; i++) {
        if (package->renditions[i].peak_bps > bps)
            bps = package->renditions[i].peak_bps;
    }
    return bps / 8 > UINT32_MAX ? 0 : (uint32_t)(bps / 8);
}

/* A part of a file; keeps the answer when is_final: the same address will always mean this. */
static void answer_range(const struct call *call, const char *file_name, const char *content_type,
                         const char *etag, uint64_t offset, uint64_t length, uint32_t paced,
                         bool is_final)
{
    char cached[CACHE_CONTROL_SIZE];
    const struct http_representation representation = {.content_type = content_type,
                                                       .etag = etag,
                                                       .cache_control = cached,
                                                       .headers = &CORS,
                                                       .paced_bytes_per_s = paced};
    struct http_file *file = open_file(call, file_name);

    if (!file)
        return;
    cache_control(call, cached);
    if (length == 0) /* all of it */
        length = http_file_size(file);
    struct http_prepared *ready = NULL;
    if (is_final && http_prepared_new_file(&representation, file, offset, length, &ready) == 0)
        answer_and_keep(call, ready);
    else
        http_answer_file(call->x, &representation, file, offset, length);
    http_file_unref(file);
}

static const char *media_type(const struct rendition *rendition)
{
    if (rendition->kind == RENDITION_CAPTIONS)
        return CAPTIONS_TYPE;
    return rendition->kind == RENDITION_VIDEO ? "video/mp4" : "audio/mp4";
}

static void answer_fragment(const struct call *call, const struct package *package,
                            const struct rendition *rendition, const struct fragment *fragment,
                            const char *name)
{
    char etag[ETAG_SIZE];

    (void)snprintf(etag, sizeof etag, "\"%.*s-%s-%s\"", 12, call->params[1].data, rendition->name,
                   name);
    answer_range(call, rendition->files[fragment->file].name, media_type(rendition), etag,
                 fragment->offset, fragment->size_bytes, paced_bytes_per_s(call, package),
                 package->is_complete);
}

static void handle_init_section(struct call *call)
{
    const struct package *package = NULL;
    const struct rendition *rendition = find_rendition(call, &package);

    if (!rendition)
        return;
    if (rendition->init.size_bytes > 0)
        answer_fragment(call, package, rendition, &rendition->init, "init");
    else
        answer_not_found(call->x); /* captions */
}

/* Text is worth compressing, so it is not sent from the file. */
static void answer_text(const struct call *call, const char *name, const char *type)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(TEXT_LIMIT);
    char package[PACKAGE_ID_SIZE];
    char folder[MEDIA_PATH_SIZE];
    char path[MEDIA_PATH_SIZE + 64];
    char etag[ETAG_SIZE];
    char cached[CACHE_CONTROL_SIZE];

    cache_control(call, cached);
    (void)slice_to_cstr(call->params[1], package, sizeof package);
    media_path_package(package, folder);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)snprintf(etag, sizeof etag, "\"%.*s-%s\"", 12, call->params[1].data, name);
    const int err = file_read_all(media_store_root_fd(call->services->media), path, &text);
    const char *body = err ? NULL : arena_copy(http_exchange_arena(call->x), buf_slice(&text));
    const struct http_representation representation = {.content_type = type,
                                                       .etag = etag,
                                                       .cache_control = cached,
                                                       .headers = &CORS,
                                                       .is_compressible = true};
    if (err)
        answer_err(call->x, err);
    else if (!body)
        answer_problem(call->x, PROBLEM_NO_MEMORY);
    else
        http_answer_representation(call->x, &representation, slice_of(body, text.length));
}

/* "12.m4s": the segment's number without leading zeros; "0.vtt" of captions. */
static int parse_segment_name(struct slice name, const char *extension, size_t *ret_index)
{
    const struct slice digits = slice_of(name.data, name.length < 4 ? 0 : name.length - 4);
    uint64_t index;

    if (!slice_is(slice_skip(name, digits.length), extension) || slice_to_u64(digits, &index) ||
        (digits.data[0] == '0' && digits.length > 1) || index > PACKAGE_MAX_FRAGMENTS)
        return ERR_NOT_FOUND;
    *ret_index = (size_t)index;
    return 0;
}

/* A picture of slides/, which is no rendition: params[3] is its file there. */
static void answer_slide_picture(struct call *call)
{
    char name[SLIDE_NAME_SIZE];
    char etag[ETAG_SIZE];
    const struct package *package = find_package(call);

    if (!package)
        return;
    (void)snprintf(name, sizeof name, SLIDE_FOLDER "/%.*s", SLICE_ARGS(call->params[3]));
    const uint32_t number = slide_picture_number(slice_from(name));
    if (number == 0 || !slide_picture_is_shown(package, number)) {
        answer_not_found(call->x);
        return;
    }
    (void)snprintf(etag, sizeof etag, "\"%.*s-s%" PRIu32 "\"", 12, call->params[1].data, number);
    answer_range(call, name, "image/webp", etag, 0, 0, 0, package->is_complete);
}

static void handle_segment(struct call *call)
{
    const struct package *package = NULL;
    char name[16];
    size_t index;

    if (slice_is(call->params[2], SLIDE_FOLDER)) {
        answer_slide_picture(call);
        return;
    }
    const struct rendition *rendition = find_rendition(call, &package);
    if (!rendition)
        return;
    const bool is_text = rendition->kind == RENDITION_CAPTIONS;
    if (parse_segment_name(call->params[3], is_text ? ".vtt" : ".m4s", &index) ||
        index >= rendition->n_fragments) {
        answer_not_found(call->x);
        return;
    }
    if (is_text) {
        answer_text(call, rendition->files[rendition->fragments[0].file].name, CAPTIONS_TYPE);
        return;
    }
    (void)snprintf(name, sizeof name, "%zu", index);
    answer_fragment(call, package, rendition, &rendition->fragments[index], name);
}

static void answer_storyboard_file(const struct call *call, const char *name, const char *type,
                                   const char *etag)
{
    if (strcmp(type, "image/jpeg") == 0)
        answer_range(call, name, type, etag, 0, 0, 0, true);
    else
        answer_text(call, name, type);
}

/* Whole files: the poster, the storyboard, and renditions of a complete package for those who take
 * them home. */
static void handle_package_file(struct call *call)
{
    char name[40];
    char etag[ETAG_SIZE];
    const struct package *package = find_package(call);

    if (!package)
        return;
    if (slice_to_cstr(call->params[2], name, sizeof name)) {
        answer_not_found(call->x);
        return;
    }
    (void)snprintf(etag, sizeof etag, "\"%.*s-%s\"", 12, call->params[1].data, name);
    if (strcmp(name, POSTER_NAME) == 0 || strcmp(name, POSTER_SMALL_NAME) == 0) {
        answer_range(call, name, "image/jpeg", etag, 0, 0, 0, package->is_complete);
        return;
    }
    const char *type = storyboard_media_type(package, name);
    if (type) {
        answer_storyboard_file(call, name, type, etag);
        return;
    }
    for (size_t i = 0; package->is_complete && i < package->n_renditions; i++) {
        const struct rendition *rendition = &package->renditions[i];
        if (rendition->n_files == 1 && strcmp(rendition->files[0].name, name) == 0) {
            answer_range(call, name, media_type(rendition), etag, 0, 0, 0, true);
            return;
        }
    }
    answer_not_found(call->x);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/media.m3u8", POLICY_PLAYBACK, NULL, handle_media_playlist),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/iframes.m3u8", POLICY_PLAYBACK, NULL, handle_iframe_playlist),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/init.mp4", POLICY_PLAYBACK, NULL, handle_init_section),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/{segment}", POLICY_PLAYBACK, NULL, handle_segment),
    ROUTE(HTTP_GET, "/v/{token}/{package}/multivariant.m3u8", POLICY_PLAYBACK, NULL, handle_multivariant),
    ROUTE(HTTP_GET, "/v/{token}/{package}/multivariant-opus.m3u8", POLICY_PLAYBACK, NULL, handle_multivariant_opus),
    ROUTE(HTTP_GET, "/v/{token}/{package}/audio.m3u8", POLICY_PLAYBACK, NULL, handle_audio_only),
    ROUTE(HTTP_GET, "/v/{token}/{package}/audio-opus.m3u8", POLICY_PLAYBACK, NULL, handle_audio_only_opus),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{file}", POLICY_PLAYBACK, NULL, handle_package_file),
};
/* clang-format on */

const struct route_table PLAYBACK_ROUTES = ROUTE_TABLE("playback", ROUTES);
