// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/video_ladder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A budget, the quality beyond which it is not spent, and what mostly fits it when nothing could be
 * tried. Who watches a low rung pays for each byte: it ends where text is clear, the higher ones
 * where nobody sees a difference. */
struct budget {
    uint32_t max_kbps;
    uint32_t enough_mdb;
    uint32_t short_side;
    uint32_t rate; /* frames a second, about */
};

static const struct budget BUDGETS[] = {
    {48, 21500, 180, 12},  {110, 24000, 240, 12}, {240, 26000, 360, 25},
    {450, 27000, 480, 25}, {900, 28000, 720, 30}, {1800, 29000, 1080, 30},
};

enum {
    N_BUDGETS = sizeof BUDGETS / sizeof BUDGETS[0],
    V1800 = N_BUDGETS - 1,
    MAX_LONG_SIDE = 1920, /* that any decoder of a cheap phone takes */
    MIN_SIDE = 16,
    PHONE_PX = 720,            /* larger pictures are for the rung for halls only */
    STILL_PERMILLE = 30,       /* less of the picture moves: slides, a screen, ink */
    FILL_PERCENT = 85,         /* of a budget on average: the cap is for what varies */
    CHEAP_PERCENT = 50,        /* of a budget: what costs less belongs to it, not to the next */
    GAIN_MDB = 1000,           /* that the eye sees */
    MOTION_GAIN_MDB = 3000,    /* that makes a higher rate worth a rung */
    MOTION_ENOUGH_MDB = 15000, /* a pointer that is where it is */
    DEARER_PERCENT = 125,      /* of what the last rung takes: hardly more */
    TOP_ENOUGH_MDB = 28000,    /* who asks for the best has the link */
    FALLBACK_CRF = 270,        /* at 25 frames/s */
    CRF_MAX_TENTHS = 440,      /* beyond, a picture is mush */
    IMPOSSIBLE = -1000000,     /* mdB: a budget that a candidate does not fit */
};

/* Qualities that are tried, at 25 frames/s. */
static const uint32_t TRIED_CRF[LADDER_TRIALS_EACH] = {240, 340};

/* x264 gives a frame that is shown longer more quality, (duration / 40 ms) ^ 0.4 in the quantiser's
 * step: the same look has a higher CRF at a lower rate. */
static uint32_t crf_at(uint32_t crf_tenths, const struct frame_grid *grid, uint32_t slot_step)
{
    const double duration_s = (double)slot_step * grid->rate_den / grid->rate_num;

    return crf_tenths + (uint32_t)lround(10 * 6 * 0.4 * fmax(0, log2(duration_s / 0.040)));
}

uint32_t video_ladder_longest_gap(const struct frame_grid *grid)
{
    const uint32_t slots = grid->rate_num / (5 * grid->rate_den);

    return slots < 1 ? 1 : slots;
}

bool video_ladder_is_still(const struct ladder_content *content)
{
    return content->moving_permille < STILL_PERMILLE;
}

/* side * numerator / denominator as the nearest even number that is not above the side itself. */
static uint32_t scale_side(uint32_t side, uint64_t numerator, uint64_t denominator)
{
    uint64_t half = (side * numerator + denominator) / (2 * denominator);

    if (half * 2 > side)
        half = side / 2;
    return half < MIN_SIDE / 2 ? MIN_SIDE : (uint32_t)half * 2;
}

void video_ladder_fit(uint32_t width, uint32_t height, uint32_t short_side, uint32_t *ret_width,
                      uint32_t *ret_height)
{
    const uint32_t source_short = width < height ? width : height;
    const uint32_t source_long = width < height ? height : width;
    uint64_t numerator = short_side < source_short ? short_side : source_short;
    uint64_t denominator = source_short;

    /* Extreme shapes are bounded by the long side. */
    if (source_long * numerator > MAX_LONG_SIDE * denominator) {
        numerator = MAX_LONG_SIDE;
        denominator = source_long;
    }
    *ret_width = scale_side(width, numerator, denominator);
    *ret_height = scale_side(height, numerator, denominator);
}

static uint32_t short_side_of(const struct ladder_frame *frame)
{
    return frame->width < frame->height ? frame->width : frame->height;
}

/* The step whose rate is nearest to that many frames a second, within what may be. */
static uint32_t step_for(const struct frame_grid *grid, uint32_t tenths_per_s)
{
    const uint32_t longest = video_ladder_longest_gap(grid);
    const uint32_t unit = tenths_per_s * grid->rate_den;
    uint32_t step = (grid->rate_num * 10 + unit / 2) / unit;

    if (step > longest)
        step = longest;
    return step < 1 ? 1 : step;
}

uint32_t video_ladder_display_px(const struct ladder_frame *frame)
{
    const uint32_t display = frame->with_v1800 ? 1080 : PHONE_PX;

    return short_side_of(frame) < display ? short_side_of(frame) : display;
}

/* Standard sizes below the source's own, and that one (or the display's). A size that is nearly
 * the source's is not worth a rung of its own. */
static size_t sizes_for(const struct ladder_frame *frame, uint32_t sizes[6])
{
    static const uint32_t STANDARD[] = {180, 240, 360, 480, 720, 1080};
    const uint32_t top = video_ladder_display_px(frame);
    size_t n = 0;

    for (size_t i = 0; i < 6 && STANDARD[i] * 10 <= top * 9; i++)
        sizes[n++] = STANDARD[i];
    sizes[n++] = top;
    return n;
}

struct candidate_list {
    const struct ladder_frame *frame;
    struct ladder_trial *trials;
    size_t n;
};

static void add_candidate(struct candidate_list *list, uint32_t short_side, uint32_t slot_step)
{
    struct ladder_trial trial = {.slot_step = slot_step};

    video_ladder_fit(list->frame->width, list->frame->height, short_side, &trial.width,
                     &trial.height);
    if (list->n + LADDER_TRIALS_EACH > LADDER_MAX_TRIALS)
        return;
    for (size_t i = 0; i < LADDER_TRIALS_EACH; i++) {
        trial.crf_tenths = crf_at(TRIED_CRF[i], &list->frame->grid, slot_step);
        list->trials[list->n++] = trial;
    }
}

/* Rates in tenths of frames a second. Text needs pixels: on still pictures, low rates at every
 * size from 360 up, and high ones only where pixels are not wanting. A speaker needs motion: never
 * 5 frames/s, and half the rate only where the picture is small. */
size_t video_ladder_candidates(const struct ladder_frame *frame,
                               const struct ladder_content *content,
                               struct ladder_trial trials[LADDER_MAX_TRIALS])
{
    enum { SLOW = 50, HALF = 125, FULL = 300, STILL_FROM_PX = 360, HALF_UP_TO_PX = 480 };
    static const uint32_t RATES[] = {SLOW, HALF, FULL};
    const bool is_still = video_ladder_is_still(content);
    struct candidate_list list = {.frame = frame, .trials = trials};
    uint32_t sizes[6];
    const size_t n_sizes = sizes_for(frame, sizes);

    for (size_t i = 0; i < n_sizes; i++) {
        const bool is_top = i + 1 == n_sizes || sizes[i] == PHONE_PX;
        uint32_t last_step = 0;
        for (size_t k = 0; k < 3; k++) {
            const bool is_wanted =
                is_still           ? (is_top || (RATES[k] == SLOW && sizes[i] >= STILL_FROM_PX))
                : RATES[k] == HALF ? is_top ? n_sizes == 1 : sizes[i] <= HALF_UP_TO_PX
                                   : RATES[k] == FULL && sizes[i] > 180;
            const uint32_t step = step_for(&frame->grid, RATES[k]);
            if (is_wanted && step != last_step)
                add_candidate(&list, sizes[i], step);
            last_step = is_wanted ? step : last_step;
        }
    }
    if (list.n == 0) /* a source smaller than all that */
        add_candidate(&list, short_side_of(frame), 1);
    return list.n;
}

/* What a candidate gives for a budget. */
struct offer {
    double crf_tenths, bps, quality_mdb;
};

static uint32_t short_side_of_trial(const struct ladder_trial *trial)
{
    return trial->width < trial->height ? trial->width : trial->height;
}

static double between(double a, double b, double share)
{
    return a + (b - a) * share;
}

/* On the line through two trials, in the logarithm of the bit rate: no dearer than the budget, no
 * better than is enough for it, no worse than CRF_MAX_TENTHS. */
static struct offer offer_of(const struct ladder_trial *two, const struct budget *budget)
{
    const double target_bps = budget->max_kbps * 10.0 * FILL_PERCENT;
    const double high = log(fmax(two[0].bps, 1));
    const double low = fmin(log(fmax(two[1].bps, 1)), high - 1e-3);
    const double span_mdb = (double)two[0].quality_mdb - two[1].quality_mdb;
    const double span_crf = (double)two[1].crf_tenths - two[0].crf_tenths;
    const double affordable = (high - log(target_bps)) / (high - low);
    const bool is_too_large = short_side_of_trial(two) > PHONE_PX && budget->short_side <= PHONE_PX;
    const double worst = span_crf > 0 ? (CRF_MAX_TENTHS - (double)two[0].crf_tenths) / span_crf : 1;
    double share = fmax(affordable, 0);

    if (span_mdb > 0)
        share = fmax(share, (two[0].quality_mdb - (double)budget->enough_mdb) / span_mdb);
    share = fmin(share, worst);
    return (struct offer){.crf_tenths = between(two[0].crf_tenths, two[1].crf_tenths, share),
                          .bps = exp(between(high, low, share)),
                          .quality_mdb = between(two[0].quality_mdb, two[1].quality_mdb, share) +
                                         (affordable > worst || is_too_large ? IMPOSSIBLE : 0)};
}

static bool is_tried(const struct ladder_trial *two)
{
    return two[0].bps > 0 && two[1].bps > 0;
}

static bool is_cheap(const struct ladder_trial *two)
{
    return two[1].bps <= BUDGETS[0].max_kbps * 10 * FILL_PERCENT &&
           short_side_of_trial(two) <= PHONE_PX;
}

static bool is_enough(const struct ladder_trial *two)
{
    if (two[0].motion_mdb > 0 && two[0].motion_mdb < MOTION_ENOUGH_MDB)
        return false;
    for (size_t b = 0; b < N_BUDGETS; b++) {
        if (offer_of(two, &BUDGETS[b]).quality_mdb < BUDGETS[b].enough_mdb - 1.0)
            return false;
    }
    return true;
}

/* Whether what `other` gave settles that `one` will not be chosen. */
static bool is_settled_by(const struct ladder_trial *one, const struct ladder_trial *other)
{
    const uint32_t side = short_side_of_trial(one);
    const uint32_t other_side = short_side_of_trial(other);

    if (other_side > side && other->slot_step == one->slot_step)
        return is_cheap(other);
    return other_side == side && other->slot_step > one->slot_step && is_enough(other);
}

static bool is_settled(const struct ladder_trial *trials, size_t n, size_t candidate)
{
    for (size_t i = 0; i + LADDER_TRIALS_EACH <= n; i += LADDER_TRIALS_EACH) {
        if (is_tried(&trials[i]) && is_settled_by(&trials[candidate], &trials[i]))
            return true;
    }
    return false;
}

/* From the largest size down, and at each from the lowest rate up: so that much is settled early.
 */
size_t video_ladder_next(const struct ladder_trial *trials, size_t n)
{
    size_t next = n;

    for (size_t i = n; i >= LADDER_TRIALS_EACH; i -= LADDER_TRIALS_EACH) {
        const size_t candidate = i - LADDER_TRIALS_EACH;
        if (next < n &&
            short_side_of_trial(&trials[candidate]) < short_side_of_trial(&trials[next]))
            break;
        if (!is_tried(&trials[candidate]) && !is_settled(trials, n, candidate))
            next = candidate;
    }
    return next < n && trials[next].bps > 0 ? next + 1 : next;
}

/* Slower where pixels are few, for they cost little there: what takes long is the largest sizes at
 * full rate. Still pictures are mostly skipped, whatever the preset; where frames are rare too, the
 * slowest that pays: 7 % fewer bytes on ink than "slower", for a tenth more time. */
static const char *preset_for(uint32_t short_side, uint32_t rate, bool is_still)
{
    const uint32_t pixel_rate = short_side * short_side / 100 * rate;

    if (is_still && rate < 10)
        return "veryslow";
    if (pixel_rate <= 360 * 360 / 100 * 13)
        return "slower";
    if (pixel_rate <= 360 * 360 / 100 * 30 || is_still)
        return "slow";
    return pixel_rate <= 480 * 480 / 100 * 30 ? "medium" : "fast";
}

static void fill(const struct ladder_frame *frame, bool is_still, uint32_t max_kbps,
                 struct rung *rung)
{
    const uint32_t rate = frame->grid.rate_num / (frame->grid.rate_den * rung->slot_step);

    (void)snprintf(rung->name, sizeof rung->name, "v%u", max_kbps);
    (void)snprintf(rung->preset, sizeof rung->preset, "%s",
                   preset_for(rung->width < rung->height ? rung->width : rung->height, rate,
                              is_still));
    rung->max_kbps = max_kbps;
}

/* The best way up: path[b] is the candidate of budget b, never below that of b - 1. Candidates are
 * in the order of the ladder. */
static void find_path(const struct ladder_trial *trials, size_t n, size_t n_budgets,
                      size_t path[N_BUDGETS])
{
    double best[N_BUDGETS][LADDER_MAX_CANDIDATES];
    size_t from[N_BUDGETS][LADDER_MAX_CANDIDATES];

    for (size_t b = 0; b < n_budgets; b++) {
        size_t lead = 0;
        for (size_t c = 0; c < n; c++) {
            if (b > 0 && best[b - 1][c] > best[b - 1][lead])
                lead = c;
            from[b][c] = lead;
            best[b][c] = offer_of(&trials[c * LADDER_TRIALS_EACH], &BUDGETS[b]).quality_mdb +
                         (b > 0 ? best[b - 1][lead] : 0);
        }
    }
    size_t at = 0;
    for (size_t c = 1; c < n; c++) {
        if (best[n_budgets - 1][c] > best[n_budgets - 1][at])
            at = c;
    }
    for (size_t b = n_budgets; b-- > 0; at = from[b][at])
        path[b] = at;
}

static size_t choose_by_table(const struct ladder_frame *frame, size_t n_budgets,
                              struct rung rungs[LADDER_MAX_RUNGS])
{
    const uint32_t source = short_side_of(frame);
    size_t n = 0;

    for (size_t b = 0; b < n_budgets; b++) {
        if (n > 0 && BUDGETS[b].short_side > source)
            break;
        struct rung *rung = &rungs[n++];
        video_ladder_fit(frame->width, frame->height, BUDGETS[b].short_side, &rung->width,
                         &rung->height);
        rung->slot_step = step_for(&frame->grid, BUDGETS[b].rate * 10);
        rung->crf_tenths = crf_at(FALLBACK_CRF, &frame->grid, rung->slot_step);
        fill(frame, false, BUDGETS[b].max_kbps, rung);
    }
    return n;
}

static bool is_usable(const struct ladder_trial *trials, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (trials[i].bps == 0)
            return false;
    }
    return n >= LADDER_TRIALS_EACH && n <= (size_t)LADDER_MAX_CANDIDATES * LADDER_TRIALS_EACH;
}

static void take(const struct ladder_frame *frame, const struct ladder_content *content,
                 const struct ladder_trial *two, const struct offer *offer, struct rung *rung)
{
    rung->width = two->width;
    rung->height = two->height;
    rung->slot_step = two->slot_step;
    rung->crf_tenths = (uint32_t)lround(offer->crf_tenths);
    rung->expected_kbps = (uint32_t)lround(offer->bps / 1000);
    rung->quality_mdb = (uint32_t)lround(fmax(offer->quality_mdb, 0));
    fill(frame, video_ladder_is_still(content), rung->max_kbps, rung);
}

/* The trials of the last rung's size, at its own rate or at the highest one. */
static const struct ladder_trial *find_rate(const struct ladder_trial *trials, size_t n,
                                            const struct rung *last, bool is_own)
{
    const struct ladder_trial *found = NULL;

    for (size_t i = 0; i + LADDER_TRIALS_EACH <= n; i += LADDER_TRIALS_EACH) {
        const struct ladder_trial *two = &trials[i];
        if (two->width != last->width || two->height != last->height ||
            (is_own && two->slot_step != last->slot_step))
            continue;
        found = !found || two->slot_step < found->slot_step ? two : found;
    }
    return found;
}

static struct offer best_offer_of(const struct ladder_trial *two, uint32_t max_kbps)
{
    struct budget budget = {.max_kbps = max_kbps, .enough_mdb = TOP_ENOUGH_MDB};

    for (size_t b = 0; b < N_BUDGETS; b++) {
        if (BUDGETS[b].max_kbps == max_kbps)
            budget.short_side = BUDGETS[b].short_side;
    }
    return offer_of(two, &budget);
}

/* Who asks for the best rung gets the best of its budget; and where motion is seen to come late in
 * it, one more at the highest rate, or that one in its place when it costs hardly more. Returns how
 * many rungs there are. */
static size_t finish_top(const struct ladder_frame *frame, const struct ladder_content *content,
                         const struct ladder_trial *trials, size_t n_trials, size_t n_budgets,
                         struct rung *rungs, size_t n)
{
    const struct rung *last = &rungs[n - 1];
    const struct ladder_trial *own = find_rate(trials, n_trials, last, true);
    const struct ladder_trial *fast = find_rate(trials, n_trials, last, false);
    size_t b = 0;

    while (b < n_budgets && BUDGETS[b].max_kbps <= last->max_kbps)
        b++;
    if (!own || !fast)
        return n;
    const struct offer better = best_offer_of(own, last->max_kbps);
    const struct offer faster = best_offer_of(fast, last->max_kbps);
    if (fast->motion_mdb < own->motion_mdb + MOTION_GAIN_MDB) {
        if (n > 1 && better.quality_mdb > last->quality_mdb)
            take(frame, content, own, &better, &rungs[n - 1]);
    } else if (n > 1 && faster.quality_mdb >= last->quality_mdb &&
               faster.bps <= last->expected_kbps * 10.0 * DEARER_PERCENT) {
        take(frame, content, fast, &faster, &rungs[n - 1]);
    } else if (b < n_budgets && n < LADDER_MAX_RUNGS) {
        const struct offer offer = best_offer_of(fast, BUDGETS[b].max_kbps);
        if (offer.quality_mdb < last->quality_mdb)
            return n;
        rungs[n].max_kbps = BUDGETS[b].max_kbps;
        take(frame, content, fast, &offer, &rungs[n++]);
    }
    return n;
}

size_t video_ladder_choose(const struct ladder_frame *frame, const struct ladder_content *content,
                           const struct ladder_trial *trials, size_t n_trials,
                           struct rung rungs[LADDER_MAX_RUNGS])
{
    const size_t n_budgets = frame->with_v1800 ? N_BUDGETS : V1800;
    size_t path[N_BUDGETS];
    size_t n = 0;

    memset(rungs, 0, LADDER_MAX_RUNGS * sizeof *rungs);
    if (!is_usable(trials, n_trials))
        return choose_by_table(frame, n_budgets, rungs);
    find_path(trials, n_trials / LADDER_TRIALS_EACH, n_budgets, path);
    for (size_t b = 0; b < n_budgets; b++) {
        const struct ladder_trial *two = &trials[path[b] * LADDER_TRIALS_EACH];
        const struct offer offer = offer_of(two, &BUDGETS[b]);
        const bool is_better =
            n == 0 || offer.quality_mdb >= rungs[n - 1].quality_mdb + (double)GAIN_MDB;
        if (!is_better)
            continue;
        if (n == 0 || offer.bps > rungs[n - 1].max_kbps * 10.0 * CHEAP_PERCENT)
            rungs[n++].max_kbps = BUDGETS[b].max_kbps;
        take(frame, content, two, &offer, &rungs[n - 1]);
    }
    return finish_top(frame, content, trials, n_trials, n_budgets, rungs, n);
}
