// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/pass_list.h"

#include <criterion/criterion.h>

static struct plan_picture picture;

static void set_up(void)
{
    picture = (struct plan_picture){.n_rungs = 5, .n_chunks = 3};
    for (size_t i = 0; i < 5; i++)
        picture.rungs[i] =
            (struct rung){.width = (uint32_t)i, .codec = i < 3 ? VIDEO_H264 : VIDEO_AV1};
    for (size_t i = 0; i < 3; i++)
        picture.chunks[i] = (struct chunk){.first_slot = (int64_t)i * 10, .n_slots = 10};
}

TestSuite(pass_list, .init = set_up);

Test(pass_list, h264_is_one_pass_and_each_av1_rung_another)
{
    cr_assert_eq(pass_list_n_passes(&picture), 3);
    cr_assert_eq(pass_list_n_tasks(&picture), 9);
    picture.n_rungs = 3;
    cr_assert_eq(pass_list_n_passes(&picture), 1);
    cr_assert_eq(pass_list_n_tasks(&picture), 3);
}

Test(pass_list, the_first_tasks_make_all_of_h264)
{
    const struct chunk *chunk = pass_list_take(&picture, 2);

    cr_assert_eq(chunk->first_slot, 20);
    cr_assert_eq(picture.n_rungs, 3);
    cr_assert_eq(picture.rungs[2].width, 2);
}

Test(pass_list, each_rung_and_chunk_has_one_task)
{
    const struct plan_picture whole = picture;
    int n[5][3] = {{0}};

    for (uint32_t task = 0; task < pass_list_n_tasks(&whole); task++) {
        picture = whole;
        const struct chunk *chunk = pass_list_take(&picture, task);
        for (size_t i = 0; i < picture.n_rungs; i++)
            n[picture.rungs[i].width][chunk->first_slot / 10]++;
    }
    for (int rung = 0; rung < 5; rung++) {
        for (int chunk = 0; chunk < 3; chunk++)
            cr_assert_eq(n[rung][chunk], 1, "rung %d of chunk %d", rung, chunk);
    }
}
