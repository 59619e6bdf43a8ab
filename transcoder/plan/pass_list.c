// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/pass_list.h"

static size_t n_h264(const struct plan_picture *picture)
{
    size_t n = 0;

    while (n < picture->n_rungs && picture->rungs[n].codec == VIDEO_H264)
        n++;
    return n;
}

uint32_t pass_list_n_passes(const struct plan_picture *picture)
{
    return (uint32_t)(1 + picture->n_rungs - n_h264(picture));
}

uint32_t pass_list_n_tasks(const struct plan_picture *picture)
{
    return pass_list_n_passes(picture) * (uint32_t)picture->n_chunks;
}

const struct chunk *pass_list_take(struct plan_picture *picture, uint32_t task)
{
    const size_t pass = task / picture->n_chunks;
    const size_t n_first = n_h264(picture);

    if (pass == 0) {
        picture->n_rungs = n_first;
    } else {
        picture->rungs[0] = picture->rungs[n_first + pass - 1];
        picture->n_rungs = 1;
    }
    return &picture->chunks[task % picture->n_chunks];
}
