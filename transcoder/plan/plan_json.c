// SPDX-License-Identifier: GPL-3.0-or-later
/* plan.json:
 *
 *   {"version":1,"source":{"size_bytes":1468006,"fingerprint":"…"},
 *    "duration_us":145520000,"target_duration_s":6,"warnings":[{"code":"E_NO_AUDIO"}],
 *    "picture":{"stream":0,"orientation":[0,0,0],"interlaced":false,"width":480,"height":270,
 *     "colour":[6,6,6],"frame_rate":[30000,1001],"slots":4361,"shifts":[[0,0]],
 *     "rungs":[{"name":"v110","width":426,"height":240,"slot_step":1,"max_kbps":110,
 *               "crf_tenths":270,"preset":"slow","sound_group":"low",
 *               "expected_kbps":93,"quality_mdb":14200}],      and "codec":"av1" where it is
 *     "content":{"moving_permille":4,"segment_ms":9000},
 *     "trials":[[426,240,1,270,93000,14200,11500]],
 *     "chunks":[[0,360],[360,719]]},
 *    "sounds":[{"stream":1,"language":"und","channels":2,"mono":"sum",
 *      "loudness_lufs":-23.10,"peak_dbfs":-4.00,"gain_db":7.10,"shifts":[[0,0]],
 *      "rungs":[{"name":"a48","group":"high","codec":"aac","sample_rate":48000,"channels":1,
 *                "packet_samples":1024,"kbps":48}]}],
 *    "captions":[{"stream":2,"language":"vi"}]}
 *
 * A trial is [width, height, slot step, tenths of CRF, bit/s, -10 log10(1 - SSIM) in thousandths of
 * dB at the display's size]. A chunk is [first slot, slots], a shift [from byte, microseconds]. The
 * parts "picture", "sounds" and "captions" are absent when the source has none. */
#include "transcoder/plan/plan_json.h"

#include <inttypes.h>
#include <string.h>

#include "common/err.h"

/* Slots times denominators, in microseconds, fit 64 bits. */
enum {
    MAX_SIDE = 8192,
    MAX_RATE_NUM = 1000000,
    MAX_RATE_DEN = 10000,
    MAX_SLOTS = 1 << 24,
    MAX_STREAM = 255,
};

#define MAX_BYTES    (INT64_C(1) << 50)
#define MAX_TIME_US  (INT64_C(1) << 50)
#define MAX_SHIFT_US (INT64_C(1) << 60)

void plan_json_write_shifts(const struct time_shifts *shifts, struct buf *out)
{
    buf_append_text(out, "\"shifts\":[");
    for (size_t i = 0; i < shifts->n; i++) {
        const struct time_shift *run = &shifts->items[i];
        buf_printf(out, "%s[%" PRId64 ",%" PRId64, i ? "," : "", run->from_byte, run->shift_us);
        if (run->stream > 0)
            buf_printf(out, ",%" PRIu32, run->stream);
        buf_append_char(out, ']');
    }
    buf_append_text(out, "],\n  ");
}

static void write_rungs(const struct plan_picture *p, struct buf *out)
{
    buf_append_text(out, "\"rungs\":[");
    for (size_t i = 0; i < p->n_rungs; i++) {
        const struct rung *r = &p->rungs[i];
        buf_printf(out,
                   "%s\n   {\"name\":\"%s\",\"width\":%" PRIu32 ",\"height\":%" PRIu32
                   ",\"slot_step\":%" PRIu32 ",\"max_kbps\":%" PRIu32 ",\"crf_tenths\":%" PRIu32
                   ",\"preset\":\"%s\",\"sound_group\":\"%s\",\"expected_kbps\":%" PRIu32
                   ",\"quality_mdb\":%" PRIu32,
                   i ? "," : "", r->name, r->width, r->height, r->slot_step, r->max_kbps,
                   r->crf_tenths, r->preset, r->sound_group, r->expected_kbps, r->quality_mdb);
        if (r->codec != VIDEO_H264)
            buf_printf(out, ",\"codec\":\"%s\"", video_codec_name(r->codec));
        buf_append_char(out, '}');
    }
    buf_append_text(out, "],\n  ");
}

static void write_trials(const struct plan_picture *p, struct buf *out)
{
    buf_printf(out,
               "\"content\":{\"moving_permille\":%" PRIu32 ",\"segment_ms\":%" PRIu32
               "},\n  \"trials\":[",
               p->content.moving_permille, p->content.segment_ms);
    for (size_t i = 0; i < p->n_trials; i++) {
        const struct ladder_trial *t = &p->trials[i];
        buf_printf(out,
                   "%s\n   [%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32
                   ",%" PRIu32 "]",
                   i ? "," : "", t->width, t->height, t->slot_step, t->crf_tenths, t->bps,
                   t->quality_mdb, t->motion_mdb);
    }
    buf_append_text(out, "],\n  ");
}

static void write_picture(const struct plan_picture *p, struct buf *out)
{
    buf_printf(out,
               ",\n \"picture\":{\"stream\":%" PRIu32
               ",\"orientation\":[%d,%d,%d],\"interlaced\":%s,\"width\":%" PRIu32
               ",\"height\":%" PRIu32 ",\"colour\":[%u,%u,%u],\"frame_rate\":[%" PRIu32 ",%" PRIu32
               "],\"slots\":%" PRId64 ",\n  ",
               p->stream, p->orientation.is_transposed, p->orientation.is_mirrored,
               p->orientation.is_upside_down, p->is_interlaced ? "true" : "false", p->width,
               p->height, p->colour.primaries, p->colour.transfer, p->colour.matrix,
               p->grid.rate_num, p->grid.rate_den, p->n_slots);
    plan_json_write_shifts(&p->shifts, out);
    write_rungs(p, out);
    write_trials(p, out);
    buf_append_text(out, "\"chunks\":[");
    for (size_t i = 0; i < p->n_chunks; i++)
        buf_printf(out, "%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", p->chunks[i].first_slot,
                   p->chunks[i].n_slots);
    buf_append_text(out, "]}");
}

void plan_write(const struct plan *plan, struct buf *out)
{
    buf_printf(out,
               "{\"version\":%d,\n \"source\":{\"size_bytes\":%" PRId64 ",\"fingerprint\":\"%s\"},"
               "\n \"duration_us\":%" PRId64 ",\"target_duration_s\":%" PRIu32 ",\"warnings\":[",
               PLAN_VERSION, plan->source.size_bytes, plan->source.fingerprint, plan->duration_us,
               plan->target_duration_s);
    for (size_t i = 0; i < plan->warnings.n; i++)
        warning_write(&plan->warnings.items[i], out);
    buf_append_char(out, ']');
    if (plan->has_picture)
        write_picture(&plan->picture, out);
    plan_json_write_sounds(plan, out);
    plan_json_write_captions(plan, out);
    buf_append_text(out, "}\n");
}

int plan_json_get_u32(const json_t *object, const char *name, uint32_t min, uint32_t max,
                      uint32_t *ret_value)
{
    int64_t value;
    const int err = json_get_int(object, name, min, max, &value);

    if (!err)
        *ret_value = (uint32_t)value;
    return err;
}

/* Two integers that make one element of a list. */
static int at_pair(const json_t *array, size_t index, int64_t min, int64_t max, int64_t pair[2])
{
    const json_t *element = json_array_get(array, index);

    if (json_array_size(element) != 2 || json_at_int(element, 0, 0, MAX_BYTES, &pair[0]) ||
        json_at_int(element, 1, min, max, &pair[1]))
        return ERR_INVALID;
    return 0;
}

int plan_json_parse_shifts(const json_t *object, struct time_shifts *shifts)
{
    const json_t *array;

    if (json_get_array(object, "shifts", &array) || json_array_size(array) > TIME_SHIFTS_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        int64_t byte;
        int64_t shift_us;
        int64_t stream = 0;
        if (json_array_size(item) < 2 || json_array_size(item) > 3 ||
            json_at_int(item, 0, 0, MAX_BYTES, &byte) ||
            json_at_int(item, 1, -MAX_SHIFT_US, MAX_SHIFT_US, &shift_us) ||
            (json_array_size(item) == 3 && json_at_int(item, 2, 1, MAX_STREAM, &stream)))
            return ERR_INVALID;
        time_shifts_add(shifts, (struct time_shift){byte, shift_us, (uint32_t)stream});
    }
    return 0;
}

/* H.264 where nothing is said: plans were made before there was a choice. */
static int parse_codec(const json_t *object, enum video_codec *ret_codec)
{
    char name[8];

    *ret_codec = VIDEO_H264;
    if (!json_object_get(object, "codec"))
        return 0;
    if (json_get_text(object, "codec", name, sizeof name))
        return ERR_INVALID;
    return video_codec_find(slice_from(name), ret_codec) ? ERR_INVALID : 0;
}

static int parse_rung(const json_t *object, struct rung *r)
{
    if (json_get_text(object, "name", r->name, sizeof r->name) ||
        plan_json_get_u32(object, "width", 2, MAX_SIDE, &r->width) ||
        plan_json_get_u32(object, "height", 2, MAX_SIDE, &r->height) ||
        plan_json_get_u32(object, "slot_step", 1, 255, &r->slot_step) ||
        plan_json_get_u32(object, "max_kbps", 1, 100000, &r->max_kbps) ||
        plan_json_get_u32(object, "expected_kbps", 0, 1000000, &r->expected_kbps) ||
        plan_json_get_u32(object, "quality_mdb", 0, 100000, &r->quality_mdb) ||
        plan_json_get_u32(object, "crf_tenths", 0, 630, &r->crf_tenths) ||
        json_get_text(object, "preset", r->preset, sizeof r->preset) ||
        json_get_text(object, "sound_group", r->sound_group, sizeof r->sound_group) ||
        parse_codec(object, &r->codec) || r->width % 2 != 0 || r->height % 2 != 0)
        return ERR_INVALID;
    return 0;
}

static int parse_rungs(const json_t *object, struct plan_picture *p)
{
    const json_t *array;
    size_t n_of[N_VIDEO_CODECS] = {0};

    if (json_get_array(object, "rungs", &array) || json_array_size(array) > PLAN_MAX_RUNGS)
        return ERR_INVALID;
    p->n_rungs = json_array_size(array);
    for (size_t i = 0; i < p->n_rungs; i++) {
        struct rung *rung = &p->rungs[i];
        if (parse_rung(json_array_get(array, i), rung) ||
            (i > 0 && rung->codec < p->rungs[i - 1].codec) ||
            n_of[rung->codec]++ == LADDER_MAX_RUNGS)
            return ERR_INVALID;
    }
    return n_of[VIDEO_H264] > 0 ? 0 : ERR_INVALID;
}

static int parse_trial(const json_t *array, struct ladder_trial *t)
{
    enum { N_FIELDS = 7 };
    int64_t values[N_FIELDS] = {0};
    const size_t n = json_array_size(array);

    if (n != N_FIELDS && n != N_FIELDS - 1) /* older plans knew no motion */
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (json_at_int(array, i, 0, UINT32_MAX, &values[i]))
            return ERR_INVALID;
    }
    *t = (struct ladder_trial){.width = (uint32_t)values[0],
                               .height = (uint32_t)values[1],
                               .slot_step = (uint32_t)values[2],
                               .crf_tenths = (uint32_t)values[3],
                               .bps = (uint32_t)values[4],
                               .quality_mdb = (uint32_t)values[5],
                               .motion_mdb = (uint32_t)values[6]};
    return 0;
}

static int parse_trials(const json_t *object, struct plan_picture *p)
{
    const json_t *content;
    const json_t *array;

    if (json_get_object(object, "content", &content) ||
        plan_json_get_u32(content, "moving_permille", 0, 1000, &p->content.moving_permille) ||
        plan_json_get_u32(content, "segment_ms", 0, 60000, &p->content.segment_ms) ||
        json_get_array(object, "trials", &array) || json_array_size(array) > LADDER_MAX_TRIALS)
        return ERR_INVALID;
    p->n_trials = json_array_size(array);
    for (size_t i = 0; i < p->n_trials; i++) {
        if (parse_trial(json_array_get(array, i), &p->trials[i]))
            return ERR_INVALID;
    }
    return 0;
}

/* Chunks follow each other without holes and make up the lecture. */
static int parse_chunks(const json_t *object, struct plan_picture *p)
{
    const json_t *array;
    int64_t first = 0;

    if (json_get_array(object, "chunks", &array) || json_array_size(array) == 0 ||
        json_array_size(array) > CHUNK_LIST_MAX)
        return ERR_INVALID;
    p->n_chunks = json_array_size(array);
    for (size_t i = 0; i < p->n_chunks; i++) {
        int64_t pair[2];
        if (at_pair(array, i, 1, MAX_SLOTS, pair) || pair[0] != first)
            return ERR_INVALID;
        p->chunks[i] = (struct chunk){.first_slot = pair[0], .n_slots = pair[1]};
        first += pair[1];
    }
    return first == p->n_slots ? 0 : ERR_INVALID;
}

static int parse_frame_rate(const json_t *object, struct frame_grid *grid)
{
    const json_t *array;
    int64_t num;
    int64_t den;

    if (json_get_array(object, "frame_rate", &array) || json_array_size(array) != 2 ||
        json_at_int(array, 0, 1, MAX_RATE_NUM, &num) ||
        json_at_int(array, 1, 1, MAX_RATE_DEN, &den))
        return ERR_INVALID;
    *grid = frame_grid_of((uint32_t)num, (uint32_t)den);
    return 0;
}

static int parse_colour(const json_t *object, struct plan_colour *colour)
{
    const json_t *array;
    int64_t values[3];

    if (json_get_array(object, "colour", &array) || json_array_size(array) != 3)
        return ERR_INVALID;
    for (size_t i = 0; i < 3; i++) {
        if (json_at_int(array, i, 0, 255, &values[i]))
            return ERR_INVALID;
    }
    *colour = (struct plan_colour){(uint16_t)values[0], (uint16_t)values[1], (uint16_t)values[2]};
    return 0;
}

static int parse_orientation(const json_t *object, struct orientation *orientation)
{
    const json_t *array;
    int64_t values[3];

    if (json_get_array(object, "orientation", &array) || json_array_size(array) != 3)
        return ERR_INVALID;
    for (size_t i = 0; i < 3; i++) {
        if (json_at_int(array, i, 0, 1, &values[i]))
            return ERR_INVALID;
    }
    *orientation = (struct orientation){.is_transposed = values[0] != 0,
                                        .is_mirrored = values[1] != 0,
                                        .is_upside_down = values[2] != 0};
    return 0;
}

static int parse_picture(const json_t *object, struct plan_picture *p)
{
    p->is_interlaced = json_is_true(json_object_get(object, "interlaced"));
    if (plan_json_get_u32(object, "stream", 0, MAX_STREAM, &p->stream) ||
        parse_orientation(object, &p->orientation) ||
        plan_json_get_u32(object, "width", 1, 4 * MAX_SIDE, &p->width) ||
        plan_json_get_u32(object, "height", 1, 4 * MAX_SIDE, &p->height) ||
        parse_colour(object, &p->colour) || parse_frame_rate(object, &p->grid) ||
        json_get_int(object, "slots", 1, MAX_SLOTS, &p->n_slots) ||
        plan_json_parse_shifts(object, &p->shifts) || parse_rungs(object, p) ||
        parse_trials(object, p) || parse_chunks(object, p))
        return ERR_INVALID;
    return 0;
}

static int parse_source(const json_t *document, struct plan_source *source)
{
    const json_t *object;

    if (json_get_object(document, "source", &object) ||
        json_get_int(object, "size_bytes", 0, MAX_BYTES, &source->size_bytes) ||
        json_get_text(object, "fingerprint", source->fingerprint, sizeof source->fingerprint))
        return ERR_INVALID;
    return 0;
}

static int parse_warnings(const json_t *document, struct plan *plan)
{
    const json_t *array;

    if (json_get_array(document, "warnings", &array))
        return ERR_INVALID;
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct warning warning;
        if (warning_parse(json_array_get(array, i), &warning))
            return ERR_INVALID;
        warning_list_add(&plan->warnings, &warning);
    }
    return 0;
}

static int parse_plan(const json_t *document, struct plan *plan)
{
    const json_t *part;
    int64_t version;

    if (json_get_int(document, "version", PLAN_VERSION, PLAN_VERSION, &version) ||
        parse_source(document, &plan->source) ||
        json_get_int(document, "duration_us", 1, MAX_TIME_US, &plan->duration_us) ||
        plan_json_get_u32(document, "target_duration_s", 1, 60, &plan->target_duration_s) ||
        parse_warnings(document, plan))
        return ERR_INVALID;
    plan->has_picture = json_get_object(document, "picture", &part) == 0;
    if (plan->has_picture && parse_picture(part, &plan->picture))
        return ERR_INVALID;
    if (plan_json_parse_sounds(document, plan) || plan_json_parse_captions(document, plan))
        return ERR_INVALID;
    return plan->has_picture || plan->n_sounds > 0 ? 0 : ERR_INVALID;
}

int plan_parse(struct slice json, struct plan **ret_plan)
{
    CLEANUP(json_decref) json_t *document = NULL;
    CLEANUP(plan_free) struct plan *plan = plan_new();

    if (!plan)
        return ERR_NO_MEMORY;
    if (json_parse(json, &document) || parse_plan(document, plan))
        return ERR_INVALID;
    *ret_plan = plan;
    plan = NULL;
    return 0;
}
