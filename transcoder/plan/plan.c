// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/plan.h"

#include <stdio.h>
#include <stdlib.h>

struct plan *plan_new(void)
{
    return calloc(1, sizeof(struct plan));
}

void plan_free(struct plan *plan)
{
    free(plan);
}

void plan_warn(struct plan *plan, enum failure failure)
{
    warning_list_add(&plan->warnings, &(struct warning){.failure = failure});
}

void plan_sound_label(const struct plan *plan, size_t index, char label[TRACK_TITLE_SIZE])
{
    const struct plan_sound *sound = &plan->sounds[index];
    const char *language = language_name(sound->language);

    label[0] = '\0';
    if (plan->n_sounds < 2)
        return;
    if (sound->title[0] || language[0])
        (void)snprintf(label, TRACK_TITLE_SIZE, "%s", sound->title[0] ? sound->title : language);
    else
        (void)snprintf(label, TRACK_TITLE_SIZE, "%zu", index + 1);
}
