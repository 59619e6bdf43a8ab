// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/balance.h"

#include "common/err.h"

static const struct tally *find(const struct tally_list *tallies, uint32_t stream)
{
    for (size_t i = 0; i < tallies->n; i++) {
        if (tallies->items[i].stream == stream)
            return &tallies->items[i];
    }
    return NULL;
}

static void warn(struct warning_list *warnings, enum failure failure, const struct span_list *spans,
                 const char *detail)
{
    for (size_t i = 0; i < spans->n; i++) {
        struct warning warning = {.failure = failure,
                                  .from_us = spans->items[i].from_us,
                                  .until_us = spans->items[i].until_us};
        warning_set_detail(&warning, detail);
        warning_list_add(warnings, &warning);
    }
}

/* What lies between the first and the last of the spans and is in none. */
static void find_holes(const struct span_list *spans, int64_t until_us, int64_t ignored_us,
                       struct span_list *ret_holes)
{
    struct span_list all = {.n = 0};

    if (spans->n > 0)
        span_list_add(&all, (struct time_span){spans->items[0].from_us, until_us}, 0);
    span_list_subtract(&all, spans, ignored_us, ret_holes);
}

static void balance_sound(const struct plan *plan, const struct tally *tally,
                          struct warning_list *warnings)
{
    const struct span_list *offered = &tally->offered;
    struct span_list rest;

    span_list_subtract(offered, &tally->taken, TALLY_SLACK_US, &rest);
    warn(warnings, FAILURE_LEFT_OUT, &rest, "sound");
    if (offered->n == 0)
        return;
    /* Sound may end before the picture does; alone it is all there is. */
    const bool is_alone = !plan->has_picture && plan->n_sounds == 1;
    find_holes(offered, is_alone ? plan->duration_us : offered->items[offered->n - 1].until_us,
               BALANCE_GAP_US, &rest);
    warn(warnings, FAILURE_GAP, &rest, "");
}

static int balance_picture(const struct plan *plan, const struct tally *tally,
                           struct warning_list *warnings, struct time_span *ret_open)
{
    struct span_list rest;

    span_list_subtract(&tally->offered, &tally->taken, TALLY_SLACK_US, &rest);
    warn(warnings, FAILURE_LEFT_OUT, &rest, "picture");
    find_holes(&tally->offered, plan->duration_us, TALLY_SLACK_US, &rest);
    if (rest.n == 0 && tally->offered.n > 0)
        return 0;
    *ret_open = rest.n > 0 ? rest.items[0] : (struct time_span){0, plan->duration_us};
    return ERR_CORRUPT;
}

int balance_find(const struct plan *plan, const struct tally_list *tallies,
                 struct warning_list *warnings, struct time_span *ret_open)
{
    static const struct tally NOTHING;

    for (size_t i = 0; i < plan->n_sounds; i++) {
        const struct tally *sound = find(tallies, plan->sounds[i].stream);
        if (sound)
            balance_sound(plan, sound, warnings);
    }
    if (!plan->has_picture)
        return 0;
    const struct tally *picture = find(tallies, plan->picture.stream);
    return balance_picture(plan, picture ? picture : &NOTHING, warnings, ret_open);
}
