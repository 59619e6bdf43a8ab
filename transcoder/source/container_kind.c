// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/container_kind.h"

#include <stdbool.h>
#include <string.h>

/* Bytes that a file of that kind has at a place. */
struct mark {
    const char *name;
    size_t offset;
    struct slice bytes;
};

#define MARK(name, offset, bytes)          \
    {                                      \
        name, offset, SLICE_LITERAL(bytes) \
    }

static const struct mark MARKS[] = {
    /* cameras, television */
    MARK("MXF", 0, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"),
    MARK("GXF", 0, "\0\0\0\0\x01\xbc"),
    MARK("DV", 0, "\x1f\x07\0"),
    MARK("Redcode", 4, "RED1"),
    MARK("Redcode", 4, "RED2"),
    MARK("WTV", 0, "\xb7\xd8\0\x20\x37\x49\xda\x11\xa6\x4e\0\x07\xe9\x5e\xad\x8d"),
    MARK("NuppelVideo", 0, "NuppelVideo"),
    MARK("NuppelVideo", 0, "MythTVVideo"),
    MARK("NSV", 0, "NSVf"),
    MARK("NSV", 0, "NSVs"),
    MARK("H.264", 0, "\0\0\0\x01\x09"),
    MARK("H.264", 0, "\0\0\0\x01\x67"),
    MARK("H.264", 0, "\0\0\0\x01\x27"),
    MARK("H.265", 0, "\0\0\0\x01\x40\x01"),
    MARK("H.265", 0, "\0\0\0\x01\x46\x01"),
    MARK("MPEG video", 0, "\0\0\x01\xb3"),
    MARK("IVF", 0, "DKIF"),
    MARK("YUV4MPEG", 0, "YUV4MPEG2 "),
    /* recorders of rooms and doors */
    MARK("DHAV", 0, "DHAV"),
    MARK("Hikvision", 0, "IMKH"),
    /* screens, conferences */
    MARK("WebEx", 0, "WOTF"),
    MARK("Flash (SWF)", 0, "FWS"),
    MARK("Flash (SWF)", 0, "CWS"),
    MARK("Flash (SWF)", 0, "ZWS"),
    /* players */
    MARK("RealMedia", 0, ".RMF"),
    MARK("RealMedia", 0, ".RMP"),
    MARK("RealAudio", 0, ".ra\xfd"),
    MARK("AMV", 8, "AMV "),
    MARK("Bink", 0, "BIKi"),
    /* voice recorders */
    MARK("DSS", 0,
         "\x02"
         "dss"),
    MARK("DSS", 0,
         "\x03"
         "dss"),
    MARK("DS2", 0,
         "\x01"
         "ds2"),
    MARK("DS2", 0,
         "\x02"
         "ds2"),
    MARK("DS2", 0,
         "\x03"
         "ds2"),
    MARK("DS2", 0,
         "\x07"
         "ds2"),
    MARK("QCP", 8, "QLCM"),
    MARK("SMAF", 0, "MMMD"),
    MARK("SILK", 0, "#!SILK_V3"),
    MARK("SILK", 1, "#!SILK_V3"),
    MARK("iLBC", 0, "#!iLBC"),
    MARK("EVS", 0, "#!EVS"),
    MARK("Creative Voice", 0, "Creative Voice File\x1a"),
    /* computers, music */
    MARK("AU", 0, ".snd"),
    MARK("8SVX", 8, "8SVX"),
    MARK("Monkey's Audio", 0, "MAC "),
    MARK("WavPack", 0, "wvpk"),
    MARK("True Audio", 0, "TTA1"),
    MARK("TAK", 0, "tBaK"),
    MARK("OptimFROG", 0, "OFR "),
    MARK("Shorten", 0, "ajkg"),
    MARK("Musepack", 0, "MPCK"),
    MARK("Musepack", 0, "MP+"),
    MARK("DSD", 0, "DSD "),
    MARK("DSD", 0, "FRM8"),
    MARK("DTS", 0, "\x7f\xfe\x80\x01"),
    MARK("MIDI", 0, "MThd"),
};

static bool is_marked(struct slice head, const struct mark *mark)
{
    const struct slice there = slice_skip(head, mark->offset);

    return there.data && there.length >= mark->bytes.length &&
           memcmp(there.data, mark->bytes.data, mark->bytes.length) == 0;
}

const char *container_kind_of(struct slice head)
{
    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++) {
        if (is_marked(head, &MARKS[i]))
            return MARKS[i].name;
    }
    return NULL;
}

/* What libavformat reads besides recordings. */
static const char *const NO_RECORDINGS[] = {
    "hls",
    "dash",
    "concat",
    "imf",
    "sdp",
    "rtsp",
    "rtp",
    "sap",
    "tty",
    "ffmetadata",
    "image2",
    "gif",
    "apng",
    "bin",
    "xbin",
    "adf",
    "idf",
    "txd",
    "lavfi",
    "aqtitle",
    "ass",
    "jacosub",
    "lrc",
    "microdvd",
    "mpl2",
    "mpsub",
    "pjs",
    "realtext",
    "sami",
    "scc",
    "srt",
    "stl",
    "subviewer",
    "subviewer1",
    "sup",
    "vobsub",
    "vplayer",
    "webvtt",
    "ttml",
    "mcc",
    "vapoursynth",
    "avisynth",
    "webm_dash_manifest",
    "ipmovie",
    "data",
    "hcom",
    "ico",
    "alias_pix",
    "brender_pix",
    "libgme",
    "libmodplug",
    "libopenmpt",
    "s337m",
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    const size_t n = strlen(end);

    return length >= n && strcmp(text + length - n, end) == 0;
}

const char *container_kind_of_demuxer(const char *name, const char *long_name)
{
    if (ends_with(name, "_pipe"))
        return NULL; /* a picture */
    for (size_t i = 0; i < sizeof NO_RECORDINGS / sizeof NO_RECORDINGS[0]; i++) {
        if (strcmp(name, NO_RECORDINGS[i]) == 0)
            return NULL;
    }
    return long_name && long_name[0] ? long_name : name;
}
