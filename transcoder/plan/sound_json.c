// SPDX-License-Identifier: GPL-3.0-or-later
#include <inttypes.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/json_writer.h"
#include "transcoder/plan/plan_json.h"

enum { MAX_STREAM = 255, MAX_CENTI = 20000 };

static const char *const CODECS[] = {[SOUND_CODEC_AAC] = "aac", [SOUND_CODEC_OPUS] = "opus"};
static const char *const MIXES[] = {[SOUND_MIX_SUM] = "sum", [SOUND_MIX_DIFFERENCE] = "difference"};

static void write_rung(const struct sound_rung *r, struct buf *out)
{
    buf_printf(out,
               "\n    {\"name\":\"%s\",\"group\":\"%s\",\"codec\":\"%s\",\"sample_rate\":%" PRIu32
               ",\"channels\":%" PRIu32 ",\"packet_samples\":%" PRIu32 ",\"kbps\":%" PRIu32 "}",
               r->name, r->group, CODECS[r->codec], r->sample_rate, r->n_channels,
               r->packet_samples, r->kbps);
}

/* Hundredths as a decimal that people read. */
static void write_centi(const char *name, int32_t centi, struct buf *out)
{
    buf_printf(out, ",\"%s\":%s%d.%02d", name, centi < 0 ? "-" : "", abs(centi) / 100,
               abs(centi) % 100);
}

static void write_sound(const struct plan_sound *s, struct buf *out)
{
    buf_printf(out,
               "\n  {\"stream\":%" PRIu32 ",\"language\":\"%s\",\"channels\":%" PRIu32
               ",\"mono\":\"%s\"",
               s->stream, s->language, s->n_channels, MIXES[s->mix]);
    if (s->title[0])
        json_put_text(out, "title", s->title);
    write_centi("loudness_lufs", s->level.centi_lufs, out);
    write_centi("peak_dbfs", s->level.peak_centi_dbfs, out);
    write_centi("gain_db", s->gain_centi_db, out);
    buf_append_text(out, ",\n   ");
    plan_json_write_shifts(&s->shifts, out);
    buf_append_text(out, "\"rungs\":[");
    for (size_t i = 0; i < s->n_rungs; i++) {
        buf_append_text(out, i ? "," : "");
        write_rung(&s->rungs[i], out);
    }
    buf_append_text(out, "]}");
}

void plan_json_write_sounds(const struct plan *plan, struct buf *out)
{
    if (plan->n_sounds == 0)
        return;
    buf_append_text(out, ",\n \"sounds\":[");
    for (size_t i = 0; i < plan->n_sounds; i++) {
        buf_append_text(out, i ? "," : "");
        write_sound(&plan->sounds[i], out);
    }
    buf_append_char(out, ']');
}

/* The index of a text member in a list of n; ERR_INVALID when it is none of them. */
static int get_choice(const json_t *object, const char *name, const char *const *choices, int n)
{
    struct slice text;

    if (json_get_string(object, name, &text))
        return ERR_INVALID;
    for (int i = 0; i < n; i++) {
        if (slice_is(text, choices[i]))
            return i;
    }
    return ERR_INVALID;
}

static int parse_rung(const json_t *object, struct sound_rung *r)
{
    const int codec = get_choice(object, "codec", CODECS, 2);

    if (codec < 0 || json_get_text(object, "name", r->name, sizeof r->name) ||
        json_get_text(object, "group", r->group, sizeof r->group) ||
        plan_json_get_u32(object, "sample_rate", 8000, 48000, &r->sample_rate) ||
        plan_json_get_u32(object, "channels", 1, 2, &r->n_channels) ||
        plan_json_get_u32(object, "packet_samples", 1, 4096, &r->packet_samples) ||
        plan_json_get_u32(object, "kbps", 1, 1000, &r->kbps))
        return ERR_INVALID;
    r->codec = (enum sound_codec)codec;
    return 0;
}

/* A decimal that was written as hundredths. */
static int get_centi(const json_t *object, const char *name, int32_t *ret_centi)
{
    const json_t *value = json_object_get(object, name);
    const double centi = json_number_value(value) * 100;

    if (!json_is_number(value) || !(centi >= -MAX_CENTI && centi <= MAX_CENTI))
        return ERR_INVALID;
    *ret_centi = (int32_t)(centi < 0 ? centi - 0.5 : centi + 0.5);
    return 0;
}

/* Of a plan that anybody may have written. */
static int parse_title(const json_t *object, char title[TRACK_TITLE_SIZE])
{
    if (!json_object_get(object, "title"))
        return 0;
    if (json_get_text(object, "title", title, TRACK_TITLE_SIZE) || !track_title_is_valid(title))
        return ERR_INVALID;
    return 0;
}

static int parse_sound(const json_t *object, struct plan_sound *s)
{
    const json_t *array;
    const int mix = get_choice(object, "mono", MIXES, 2);

    if (mix < 0 || plan_json_get_u32(object, "stream", 0, MAX_STREAM, &s->stream) ||
        json_get_text(object, "language", s->language, sizeof s->language) ||
        parse_title(object, s->title) ||
        plan_json_get_u32(object, "channels", 1, 2, &s->n_channels) ||
        get_centi(object, "loudness_lufs", &s->level.centi_lufs) ||
        get_centi(object, "peak_dbfs", &s->level.peak_centi_dbfs) ||
        get_centi(object, "gain_db", &s->gain_centi_db) ||
        plan_json_parse_shifts(object, &s->shifts) || json_get_array(object, "rungs", &array) ||
        json_array_size(array) == 0 || json_array_size(array) > LADDER_MAX_SOUND_RUNGS)
        return ERR_INVALID;
    s->mix = (enum sound_mix)mix;
    s->n_rungs = json_array_size(array);
    for (size_t i = 0; i < s->n_rungs; i++) {
        if (parse_rung(json_array_get(array, i), &s->rungs[i]))
            return ERR_INVALID;
    }
    return 0;
}

int plan_json_parse_sounds(const json_t *document, struct plan *plan)
{
    const json_t *array;

    if (!json_object_get(document, "sounds"))
        return 0;
    if (json_get_array(document, "sounds", &array) || json_array_size(array) == 0 ||
        json_array_size(array) > PLAN_MAX_SOUNDS)
        return ERR_INVALID;
    plan->n_sounds = json_array_size(array);
    for (size_t i = 0; i < plan->n_sounds; i++) {
        if (parse_sound(json_array_get(array, i), &plan->sounds[i]))
            return ERR_INVALID;
    }
    return 0;
}

void plan_json_write_captions(const struct plan *plan, struct buf *out)
{
    if (plan->n_captions == 0)
        return;
    buf_append_text(out, ",\n \"captions\":[");
    for (size_t i = 0; i < plan->n_captions; i++)
        buf_printf(out, "%s{\"stream\":%" PRIu32 ",\"language\":\"%s\"}", i ? "," : "",
                   plan->captions[i].stream, plan->captions[i].language);
    buf_append_char(out, ']');
}

int plan_json_parse_captions(const json_t *document, struct plan *plan)
{
    const json_t *array;

    if (!json_object_get(document, "captions"))
        return 0;
    if (json_get_array(document, "captions", &array) || json_array_size(array) == 0 ||
        json_array_size(array) > PLAN_MAX_CAPTIONS)
        return ERR_INVALID;
    plan->n_captions = json_array_size(array);
    for (size_t i = 0; i < plan->n_captions; i++) {
        struct plan_caption *c = &plan->captions[i];
        const json_t *object = json_array_get(array, i);
        if (plan_json_get_u32(object, "stream", 0, MAX_STREAM, &c->stream) ||
            json_get_text(object, "language", c->language, sizeof c->language))
            return ERR_INVALID;
    }
    return 0;
}
