// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/source_title.h"

#include <libavutil/avstring.h>

#include "transcoder/source/mp4_track_name.h"

/* Parts of "SoundHandler", "Core Media Audio", "GPAC ISO Audio Handler", "Stereo", … */
static const char *const STOCK[] = {"handler", "handle",  "media",  "gpac", "google",   "bento",
                                    "l-smash", "concept", "stereo", "mono", "surround", "produced",
                                    "created", "lavf",    "linear", "x264", "video",    "soun"};

bool source_title_is_stock(const char *handler)
{
    for (size_t i = 0; i < sizeof STOCK / sizeof STOCK[0]; i++) {
        if (av_stristr(handler, STOCK[i]))
            return true;
    }
    return false;
}

static const char *tag_of(const AVStream *stream, const char *name)
{
    const AVDictionaryEntry *entry = av_dict_get(stream->metadata, name, NULL, 0);

    return entry ? entry->value : "";
}

void source_title_find(const struct source *source, const AVStream *stream,
                       char title[TRACK_TITLE_SIZE])
{
    const char *handler = tag_of(stream, "handler_name");

    track_title_set(slice_from(tag_of(stream, "title")), title);
    if (title[0] || !source->is_mp4)
        return;
    mp4_track_name_find(source->fd, source->size_bytes, (uint32_t)stream->id, title);
    if (!title[0] && !source_title_is_stock(handler))
        track_title_set(slice_from(handler), title);
}
