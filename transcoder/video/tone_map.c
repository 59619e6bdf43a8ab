// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/tone_map.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <libavutil/pixdesc.h>

#include "common/err.h"

/* Nodes of the table lie at every 16th code of luma and every 32nd of chroma; between them it is
 * linear. Values are 8-bit codes in 1/256. */
enum {
    LUMA_SHIFT = 4,
    CHROMA_SHIFT = 5,
    LUMA_NODES = (1024 >> LUMA_SHIFT) + 1,
    CHROMA_NODES = (1024 >> CHROMA_SHIFT) + 1,
    WEIGHT_SHIFT = LUMA_SHIFT + 2 * CHROMA_SHIFT,
    N_NODES = LUMA_NODES * CHROMA_NODES * CHROMA_NODES,
};

#define WHITE_NITS 203.0
#define PEAK_NITS  1000.0

struct tone_map {
    struct tone_map_form form;
    double peak_pq; /* the brightest that is told apart, as a PQ signal */
    double knee;    /* the signal, over peak_pq, from which on it is rolled off */
    double top;     /* that of white, over peak_pq: what the peak becomes */
    uint16_t tables[3][N_NODES];
};

struct rgb {
    double r, g, b;
};

bool tone_map_is_needed(const AVFrame *picture, struct tone_map_form *ret_form)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(picture->format);
    const bool is_rgb = format && (format->flags & AV_PIX_FMT_FLAG_RGB);
    const bool is_high_range =
        picture->color_trc == AVCOL_TRC_SMPTE2084 || picture->color_trc == AVCOL_TRC_ARIB_STD_B67;

    const bool is_p3 = picture->color_primaries == AVCOL_PRI_SMPTE432 ||
                       picture->color_primaries == AVCOL_PRI_SMPTE431;
    const bool is_old =
        picture->colorspace == AVCOL_SPC_SMPTE170M || picture->colorspace == AVCOL_SPC_BT470BG;

    *ret_form = (struct tone_map_form){
        .transfer = is_high_range ? picture->color_trc : AVCOL_TRC_BT709,
        .has_wide_primaries =
            picture->color_primaries == AVCOL_PRI_BT2020 ||
            (is_high_range && !is_p3 && picture->color_primaries != AVCOL_PRI_BT709),
        .has_p3_primaries = is_p3,
        .has_wide_matrix = !is_rgb && (picture->colorspace == AVCOL_SPC_BT2020_NCL ||
                                       picture->colorspace == AVCOL_SPC_BT2020_CL ||
                                       (is_high_range && !(is_p3 && is_old) &&
                                        picture->colorspace != AVCOL_SPC_BT709)),
        .has_old_matrix = !is_rgb && is_p3 && is_old,
    };
    return is_high_range || ret_form->has_wide_matrix || is_p3 ||
           (is_rgb && ret_form->has_wide_primaries);
}

/* ---- transfer curves: signals and light are from 0 to 1 ---- */

#define PQ_M1 (2610.0 / 16384)
#define PQ_M2 (2523.0 / 4096 * 128)
#define PQ_C1 (3424.0 / 4096)
#define PQ_C2 (2413.0 / 4096 * 32)
#define PQ_C3 (2392.0 / 4096 * 32)

static double nits_from_pq(double signal)
{
    const double power = pow(signal, 1 / PQ_M2);
    const double above = power > PQ_C1 ? power - PQ_C1 : 0;

    return 10000 * pow(above / (PQ_C2 - PQ_C3 * power), 1 / PQ_M1);
}

static double pq_from_nits(double nits)
{
    const double power = pow(nits / 10000, PQ_M1);

    return pow((PQ_C1 + PQ_C2 * power) / (1 + PQ_C3 * power), PQ_M2);
}

static double scene_from_hlg(double signal)
{
    const double a = 0.17883277;
    const double b = 0.28466892;
    const double c = 0.55991073;

    return signal <= 0.5 ? signal * signal / 3 : (exp((signal - c) / a) + b) / 12;
}

static struct rgb map_each(struct rgb from, double (*function)(double))
{
    return (struct rgb){function(from.r), function(from.g), function(from.b)};
}

static struct rgb times(struct rgb from, double factor)
{
    return (struct rgb){from.r * factor, from.g * factor, from.b * factor};
}

/* On a screen of 1000 cd/m2 the system's gamma is 1.2. */
static struct rgb nits_from_hlg(struct rgb signal)
{
    const struct rgb scene = map_each(signal, scene_from_hlg);
    const double luminance = 0.2627 * scene.r + 0.6780 * scene.g + 0.0593 * scene.b;

    return luminance > 0 ? times(scene, PEAK_NITS * pow(luminance, 0.2)) : scene;
}

static double light_from_plain(double signal)
{
    return pow(signal, 2.4);
}

static double plain_from_light(double light)
{
    return pow(light < 1 ? light : 1, 1 / 2.4);
}

/* ---- one colour ---- */

static double in_signal_range(double signal)
{
    return signal < 0 ? 0 : signal > 1 ? 1 : signal;
}

static struct rgb signal_of(const struct tone_map_form *form, double y, double cb, double cr)
{
    const double kr = form->has_wide_matrix ? 0.2627 : form->has_old_matrix ? 0.299 : 0.2126;
    const double kb = form->has_wide_matrix ? 0.0593 : form->has_old_matrix ? 0.114 : 0.0722;
    const struct rgb signal = {
        .r = y + 2 * (1 - kr) * cr,
        .g = y - 2 * (kb * (1 - kb) * cb + kr * (1 - kr) * cr) / (1 - kr - kb),
        .b = y + 2 * (1 - kb) * cb,
    };

    return map_each(signal, in_signal_range);
}

/* Relative to white. */
static struct rgb light_of(const struct tone_map_form *form, struct rgb signal)
{
    switch (form->transfer) {
    case AVCOL_TRC_SMPTE2084:
        return times(map_each(signal, nits_from_pq), 1 / WHITE_NITS);
    case AVCOL_TRC_ARIB_STD_B67:
        return times(nits_from_hlg(signal), 1 / WHITE_NITS);
    default:
        return map_each(signal, light_from_plain);
    }
}

static double not_negative(double light)
{
    return light > 0 ? light : 0;
}

static struct rgb to_narrow_primaries(struct rgb wide)
{
    const struct rgb narrow = {
        .r = 1.660491 * wide.r - 0.587641 * wide.g - 0.072850 * wide.b,
        .g = -0.124550 * wide.r + 1.132900 * wide.g - 0.008349 * wide.b,
        .b = -0.018151 * wide.r - 0.100579 * wide.g + 1.118730 * wide.b,
    };

    return map_each(narrow, not_negative);
}

/* Both have the white of D65. */
static struct rgb from_p3(struct rgb wide)
{
    const struct rgb narrow = {
        .r = 1.224940 * wide.r - 0.224940 * wide.g,
        .g = -0.042057 * wide.r + 1.042057 * wide.g,
        .b = -0.019638 * wide.r - 0.078636 * wide.g + 1.098274 * wide.b,
    };

    return map_each(narrow, not_negative);
}

/* BT.2390-8, 5.4.1: a Hermite spline between the knee and the peak. */
static double roll_off(const struct tone_map *map, double light)
{
    const double nits = light * WHITE_NITS < PEAK_NITS ? light * WHITE_NITS : PEAK_NITS;
    const double signal = pq_from_nits(nits) / map->peak_pq;

    if (signal <= map->knee)
        return light;
    const double t = (signal - map->knee) / (1 - map->knee);
    const double t2 = t * t;
    const double t3 = t2 * t;
    const double rolled = (2 * t3 - 3 * t2 + 1) * map->knee + (t3 - 2 * t2 + t) * (1 - map->knee) +
                          (3 * t2 - 2 * t3) * map->top;
    return nits_from_pq(rolled * map->peak_pq) / WHITE_NITS;
}

static struct rgb into_range(const struct tone_map *map, struct rgb light)
{
    const double largest = fmax(light.r, fmax(light.g, light.b));

    if (map->form.transfer == AVCOL_TRC_BT709 || largest <= 0)
        return light;
    return times(light, roll_off(map, largest) / largest);
}

static uint16_t to_entry(double code)
{
    const double entry = code * 256;

    return (uint16_t)lrint(entry < 0 ? 0 : entry > 255 * 256 ? 255 * 256 : entry);
}

/* The table's entry for one colour in 10-bit codes. */
static void compute(struct tone_map *map, size_t node, int luma, int cb_code, int cr_code)
{
    const double kr = 0.2126;
    const double kb = 0.0722;
    const struct rgb signal = signal_of(&map->form, (luma - 64) / 876.0, (cb_code - 512) / 896.0,
                                        (cr_code - 512) / 896.0);
    struct rgb light = light_of(&map->form, signal);

    if (map->form.has_wide_primaries)
        light = to_narrow_primaries(light);
    else if (map->form.has_p3_primaries)
        light = from_p3(light);
    const struct rgb out = map_each(into_range(map, light), plain_from_light);
    const double y = kr * out.r + (1 - kr - kb) * out.g + kb * out.b;
    map->tables[0][node] = to_entry(16 + 219 * y);
    map->tables[1][node] = to_entry(128 + 224 * (out.b - y) / (2 * (1 - kb)));
    map->tables[2][node] = to_entry(128 + 224 * (out.r - y) / (2 * (1 - kr)));
}

int tone_map_new(const struct tone_map_form *form, struct tone_map **ret_map)
{
    struct tone_map *map = calloc(1, sizeof *map);
    size_t node = 0;

    if (!map)
        return ERR_NO_MEMORY;
    map->form = *form;
    map->peak_pq = pq_from_nits(PEAK_NITS);
    map->top = pq_from_nits(WHITE_NITS) / map->peak_pq;
    map->knee = 1.5 * map->top - 0.5;
    for (int luma = 0; luma < LUMA_NODES; luma++) {
        for (int cb = 0; cb < CHROMA_NODES; cb++) {
            for (int cr = 0; cr < CHROMA_NODES; cr++)
                compute(map, node++, luma << LUMA_SHIFT, cb << CHROMA_SHIFT, cr << CHROMA_SHIFT);
        }
    }
    *ret_map = map;
    return 0;
}

void tone_map_free(struct tone_map *map)
{
    free(map);
}

const struct tone_map_form *tone_map_form(const struct tone_map *map)
{
    return &map->form;
}

/* ---- pictures ---- */

/* Where a colour lies: the node below it, and how far above. */
struct position {
    size_t node;
    uint32_t luma, cb, cr;
};

static struct position locate(uint32_t luma, uint32_t cb, uint32_t cr)
{
    const uint32_t max = 1023;
    const uint32_t luma_mask = (1U << LUMA_SHIFT) - 1;
    const uint32_t chroma_mask = (1U << CHROMA_SHIFT) - 1;

    luma = luma < max ? luma : max;
    cb = cb < max ? cb : max;
    cr = cr < max ? cr : max;
    return (struct position){
        .node =
            ((size_t)(luma >> LUMA_SHIFT) * CHROMA_NODES + (cb >> CHROMA_SHIFT)) * CHROMA_NODES +
            (cr >> CHROMA_SHIFT),
        .luma = luma & luma_mask,
        .cb = cb & chroma_mask,
        .cr = cr & chroma_mask,
    };
}

/* Along Cr, between two nodes. */
static uint32_t along_cr(const uint16_t *table, size_t node, uint32_t cr)
{
    return table[node] * ((1U << CHROMA_SHIFT) - cr) + table[node + 1] * cr;
}

static uint32_t along_chroma(const uint16_t *table, size_t node, const struct position *at)
{
    return along_cr(table, node, at->cr) * ((1U << CHROMA_SHIFT) - at->cb) +
           along_cr(table, node + CHROMA_NODES, at->cr) * at->cb;
}

static uint8_t look_up(const uint16_t *table, const struct position *at)
{
    enum { SHIFT = WEIGHT_SHIFT + 8 };
    const size_t next = (size_t)CHROMA_NODES * CHROMA_NODES;
    const uint32_t sum = along_chroma(table, at->node, at) * ((1U << LUMA_SHIFT) - at->luma) +
                         along_chroma(table, at->node + next, at) * at->luma;

    return (uint8_t)((sum + (1U << (SHIFT - 1))) >> SHIFT);
}

static const uint16_t *line_of(const AVFrame *frame, int plane, int y)
{
    return (const uint16_t *)(const void *)(frame->data[plane] +
                                            (ptrdiff_t)y * frame->linesize[plane]);
}

/* Two lines of luma with the line of chroma that they share. */
static void apply_to_pair(const struct tone_map *map, const AVFrame *from, int pair,
                          uint8_t *const planes[3], const int strides[3])
{
    const uint16_t *lines[2] = {line_of(from, 0, 2 * pair), line_of(from, 0, 2 * pair + 1)};
    const uint16_t *cb = line_of(from, 1, pair);
    const uint16_t *cr = line_of(from, 2, pair);
    uint8_t *out[2] = {planes[0] + (ptrdiff_t)2 * pair * strides[0],
                       planes[0] + ((ptrdiff_t)2 * pair + 1) * strides[0]};
    uint8_t *out_cb = planes[1] + (ptrdiff_t)pair * strides[1];
    uint8_t *out_cr = planes[2] + (ptrdiff_t)pair * strides[2];

    for (int x = 0; x < from->width / 2; x++) {
        uint32_t sum = 0;
        for (int i = 0; i < 4; i++) {
            const size_t column = (size_t)2 * (size_t)x + (size_t)(i & 1);
            const uint32_t luma = lines[i >> 1][column];
            const struct position at = locate(luma, cb[x], cr[x]);
            out[i >> 1][column] = look_up(map->tables[0], &at);
            sum += luma;
        }
        const struct position mean = locate((sum + 2) / 4, cb[x], cr[x]);
        out_cb[x] = look_up(map->tables[1], &mean);
        out_cr[x] = look_up(map->tables[2], &mean);
    }
}

void tone_map_apply(const struct tone_map *map, const AVFrame *from, uint8_t *const planes[3],
                    const int strides[3])
{
    for (int pair = 0; pair < from->height / 2; pair++)
        apply_to_pair(map, from, pair, planes, strides);
}
