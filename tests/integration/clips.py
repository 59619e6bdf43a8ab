# SPDX-License-Identifier: GPL-3.0-or-later
"""Short clips of every kind that is accepted, made once and kept as bytes: what hostile and damaged files
are made of."""
import functools
import os
import tempfile

from transcode_lib import ffmpeg

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s={size}:r=10:d=0.6")
SOUND = ("-f", "lavfi", "-i", "sine=330:r={rate}:d=0.6")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "3", "-bf", "1")

# name: (options, with picture, with sound, size, sampling rate)
FORMS = {
    "h264-aac.mp4": (X264 + ("-c:a", "aac"), True, True, "64x48", 16000),
    "fragments.mp4": (X264 + ("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"), True, True, "64x48", 16000),
    "hevc.mp4": (("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1"), True, False,
                 "64x64", 0),
    "av1.mp4": (("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-b:v", "50k"), True, False, "64x64", 0),
    "mpeg4.3gp": (("-c:v", "h263", "-c:a", "aac"), True, True, "128x96", 16000),
    "prores.mov": (("-c:v", "prores_ks", "-c:a", "pcm_s16be"), True, True, "64x48", 16000),
    "dv.mov": (("-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-r", "25"), True, False, "720x576", 0),
    "captions.mp4": (X264 + ("-c:s", "mov_text"), True, False, "64x48", 0),
    "h264-opus.mkv": (X264 + ("-c:a", "libopus"), True, True, "64x48", 48000),
    "captions.mkv": (X264 + ("-c:s", "ass"), True, False, "64x48", 0),
    "vp8-vorbis.webm": (("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"), True, True, "64x48", 16000),
    "vp9.webm": (("-c:v", "libvpx-vp9", "-deadline", "realtime"), True, False, "64x48", 0),
    "mpeg2-mp2.ts": (("-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2"), True, True, "64x48", 32000),
    "h264-aac.ts": (X264 + ("-c:a", "aac"), True, True, "64x48", 16000),
    "mpeg1-mp2.mpg": (("-c:v", "mpeg1video", "-r", "25", "-c:a", "mp2"), True, True, "64x48", 32000),
    "mjpeg-pcm.avi": (("-c:v", "mjpeg", "-c:a", "pcm_s16le"), True, True, "64x48", 8000),
    "mpeg4-mp3.avi": (("-c:v", "mpeg4", "-c:a", "libmp3lame"), True, True, "64x48", 16000),
    "msmpeg4.avi": (("-c:v", "msmpeg4", "-c:a", "adpcm_ms"), True, True, "64x48", 16000),
    "wmv2-wma.asf": (("-c:v", "wmv2", "-c:a", "wmav2"), True, True, "64x48", 16000),
    "flv1-mp3.flv": (("-c:v", "flv1", "-c:a", "libmp3lame"), True, True, "64x48", 22050),
    "h264-aac.flv": (X264 + ("-c:a", "aac"), True, True, "64x48", 16000),
    "theora-vorbis.ogg": (("-c:v", "libtheora", "-c:a", "libvorbis"), True, True, "64x48", 16000),
    "opus.ogg": (("-c:a", "libopus"), False, True, "", 48000),
    "pcm.wav": (("-c:a", "pcm_s16le"), False, True, "", 8000),
    "mp3.mp3": (("-c:a", "libmp3lame"), False, True, "", 16000),
    "flac.flac": (("-c:a", "flac"), False, True, "", 16000),
    "aac.aac": (("-c:a", "aac"), False, True, "", 16000),
    "ac3.mkv": (("-c:a", "ac3"), False, True, "", 32000),
    "alac.m4a": (("-c:a", "alac"), False, True, "", 16000),
}

# Accepted later, of the same form: their damage has numbers of its own.
LATE_FORMS = {
    "animation.mov": (("-c:v", "qtrle", "-c:a", "pcm_s16be"), True, True, "64x48", 16000),
    "png.mov": (("-c:v", "png", "-pix_fmt", "rgb24"), True, False, "64x48", 0),
    "raw.avi": (("-c:v", "rawvideo", "-pix_fmt", "bgr24", "-c:a", "pcm_s16le"), True, True, "32x24", 8000),
    "ima4.mov": (X264 + ("-c:a", "adpcm_ima_qt"), True, True, "64x48", 16000),
    "gsm.mov": (("-c:a", "libgsm"), False, True, "", 8000),
    "gsm.wav": (("-c:a", "libgsm_ms"), False, True, "", 8000),
    "blu-ray.m2ts": (X264 + ("-c:a", "pcm_bluray", "-ac", "2", "-mpegts_m2ts_mode", "1"), True, True, "64x48", 48000),
    "dvd.vob": (("-c:v", "mpeg2video", "-r", "25", "-c:a", "pcm_dvd", "-ac", "2"), True, True, "64x48", 48000),
    "latm.ts": (X264 + ("-c:a", "aac", "-mpegts_flags", "latm"), True, True, "64x48", 16000),
    "adpcm.flv": (("-c:v", "flv1", "-c:a", "adpcm_swf"), True, True, "64x48", 22050),
    "nellymoser.flv": (("-c:v", "flv1", "-c:a", "nellymoser"), True, True, "64x48", 22050),
    "pcm.aiff": (("-c:a", "pcm_s16be"), False, True, "", 8000),
    "double.aiff": (("-c:a", "pcm_f64be"), False, True, "", 8000),
    "ima4.aiff": (("-c:a", "adpcm_ima_qt"), False, True, "", 16000),
    "pcm.caf": (("-c:a", "pcm_s16be"), False, True, "", 8000),
    "alac.caf": (("-c:a", "alac"), False, True, "", 16000),
    "opus.caf": (("-c:a", "libopus"), False, True, "", 48000),
    "wave.w64": (("-c:a", "pcm_s16le"), False, True, "", 8000),
}

CAPTIONS = "1\n00:00:00,000 --> 00:00:00,300\nxin ch\u00e0o\n\n2\n00:00:00,300 --> 00:00:00,500\nhello\n"


@functools.lru_cache(None)
def clip(name):
    """The bytes of a clip."""
    options, has_picture, has_sound, size, rate = (FORMS.get(name) or LATE_FORMS[name])
    with tempfile.TemporaryDirectory(prefix="banmai-clip-") as folder:
        inputs = [part.format(size=size) for part in PICTURE] if has_picture else []
        inputs += [part.format(rate=rate) for part in SOUND] if has_sound else []
        if "-c:s" in options:
            captions = os.path.join(folder, "captions.srt")
            with open(captions, "w", encoding="utf-8") as file:
                file.write(CAPTIONS)
            inputs += ["-i", captions]
        path = os.path.join(folder, name)
        ffmpeg(*inputs, *options, "-t", "0.6", "-fflags", "+bitexact", "-flags", "+bitexact", path)
        with open(path, "rb") as file:
            return file.read()


SOLID = {
    "h264.ts": X264,
    "vp8.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "16"),
    "mjpeg.avi": ("-c:v", "mjpeg"),
    "mpeg4.mov": ("-c:v", "mpeg4"),
}


@functools.lru_cache(None)
def solid(size, name):
    """Three pictures of one colour."""
    with tempfile.TemporaryDirectory(prefix="banmai-clip-") as folder:
        path = os.path.join(folder, name)
        ffmpeg("-f", "lavfi", "-i", f"color=gray:s={size}:r=10:d=0.3", "-pix_fmt", "yuv420p", *SOLID[name], path)
        with open(path, "rb") as file:
            return file.read()
