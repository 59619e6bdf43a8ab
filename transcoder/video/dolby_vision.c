// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/dolby_vision.h"

#include <libavutil/dovi_meta.h>

/* Profiles 1, 3 and 5 have no layer that others can show. From 8 on the configuration says what the
 * base layer is; the older ones are always compatible with something. */
static bool is_needed(const AVDOVIDecoderConfigurationRecord *record)
{
    switch (record->dv_profile) {
    case 1:
    case 3:
    case 5:
        return true;
    case 8:
    case 10: /* as 8, in AV1 */
        return record->dv_bl_signal_compatibility_id == 0;
    default:
        return false;
    }
}

bool dolby_vision_is_needed_for(const AVStream *stream)
{
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DOVI_CONF, &size);

    return data && size >= sizeof(AVDOVIDecoderConfigurationRecord) &&
           is_needed((const AVDOVIDecoderConfigurationRecord *)(const void *)data);
}

/* Profile 5 is the one of that RPU profile whose base layer uses the full range. */
bool dolby_vision_is_needed_by(const AVFrame *picture)
{
    const AVFrameSideData *side = av_frame_get_side_data(picture, AV_FRAME_DATA_DOVI_METADATA);

    if (!side || side->size < sizeof(AVDOVIMetadata))
        return false;
    const AVDOVIRpuDataHeader *header =
        av_dovi_get_header((const AVDOVIMetadata *)(const void *)side->data);
    return header->vdr_rpu_profile == 0 && header->bl_video_full_range_flag;
}
