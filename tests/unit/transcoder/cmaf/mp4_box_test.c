// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/mp4_box.h"

#include <criterion/criterion.h>

Test(mp4_box, sizes_are_filled_in_when_boxes_end)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(100);

    const size_t outer = mp4_box_begin(&b, "moov");
    const size_t inner = mp4_full_box_begin(&b, "mvhd", 1, 0x020304);
    mp4_append_zeros(&b, 3);
    mp4_box_end(&b, inner);
    mp4_box_end(&b, outer);
    cr_assert(
        slice_equals(buf_slice(&b), slice_of("\0\0\0\x17moov\0\0\0\x0fmvhd\1\2\3\4\0\0\0", 23)));
}

Test(mp4_box, a_full_buffer_is_not_written_behind_its_end)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(6);

    const size_t box = mp4_box_begin(&b, "moov");
    mp4_box_end(&b, box);
    cr_assert_neq(b.err, 0);
}
