// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/dolby_vision.h"

#include <criterion/criterion.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/mem.h>

static bool is_needed_for(uint8_t profile, uint8_t compatible_with)
{
    AVFormatContext *format = avformat_alloc_context();
    AVStream *stream = avformat_new_stream(format, NULL);
    size_t size = 0;
    AVDOVIDecoderConfigurationRecord *record = av_dovi_alloc(&size);

    record->dv_profile = profile;
    record->dv_bl_signal_compatibility_id = compatible_with;
    cr_assert_eq(av_stream_add_side_data(stream, AV_PKT_DATA_DOVI_CONF, (uint8_t *)record, size),
                 0);
    const bool is_needed = dolby_vision_is_needed_for(stream);
    avformat_free_context(format);
    return is_needed;
}

Test(dolby_vision, profile_5_and_its_kin_need_their_own_decoder)
{
    cr_expect(is_needed_for(5, 0));
    cr_expect(is_needed_for(3, 0));
    cr_expect(is_needed_for(8, 0));
    cr_expect(is_needed_for(10, 0), "profile 5 in AV1");
}

Test(dolby_vision, a_base_layer_that_others_can_show_is_shown)
{
    cr_expect_not(is_needed_for(4, 2), "plain");
    cr_expect_not(is_needed_for(7, 6), "discs");
    cr_expect_not(is_needed_for(8, 1), "HDR10");
    cr_expect_not(is_needed_for(8, 4), "HLG, as phones record");
    cr_expect_not(is_needed_for(9, 2), "plain, H.264");
    cr_expect_not(is_needed_for(10, 4), "HLG, AV1");
}

Test(dolby_vision, most_streams_say_nothing)
{
    AVFormatContext *format = avformat_alloc_context();

    cr_expect_not(dolby_vision_is_needed_for(avformat_new_stream(format, NULL)));
    avformat_free_context(format);
}

static bool is_needed_by(uint8_t rpu_profile, uint8_t is_full_range)
{
    AVFrame *picture = av_frame_alloc();
    size_t size = 0;
    AVDOVIMetadata *metadata = av_dovi_metadata_alloc(&size);
    AVBufferRef *buffer =
        av_buffer_create((uint8_t *)metadata, size, av_buffer_default_free, NULL, 0);

    av_dovi_get_header(metadata)->vdr_rpu_profile = rpu_profile;
    av_dovi_get_header(metadata)->bl_video_full_range_flag = is_full_range;
    cr_assert(av_frame_new_side_data_from_buf(picture, AV_FRAME_DATA_DOVI_METADATA, buffer));
    const bool is_needed = dolby_vision_is_needed_by(picture);
    av_frame_free(&picture);
    return is_needed;
}

Test(dolby_vision, a_container_that_lost_the_configuration_is_not_believed)
{
    AVFrame *plain = av_frame_alloc();

    cr_expect(is_needed_by(0, 1));
    cr_expect_not(is_needed_by(0, 0));
    cr_expect_not(is_needed_by(1, 0), "profiles 7 and 8");
    cr_expect_not(dolby_vision_is_needed_by(plain));
    av_frame_free(&plain);
}
