// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/stream_choice.h"

#include <stdio.h>
#include <string.h>

#include "transcoder/source/allow_list.h"
#include "transcoder/source/codec_label.h"
#include "transcoder/source/source_title.h"

static bool is_in_program(const AVProgram *program, int stream)
{
    for (unsigned i = 0; i < program->nb_stream_indexes; i++) {
        if ((int)program->stream_index[i] == stream)
            return true;
    }
    return false;
}

static bool is_in_any_program(const struct source *source, int stream)
{
    return av_find_program_from_stream(source->format, NULL, stream) != NULL;
}

static bool is_own_program(const struct stream_choice *choice, int id)
{
    for (size_t i = 0; i < choice->n_own_programs; i++) {
        if (choice->own_programs[i] == id)
            return true;
    }
    return false;
}

static void note_programs(const struct source *source, int stream, struct stream_choice *choice)
{
    AVProgram *program = NULL;

    while (choice->n_own_programs < STREAM_CHOICE_MAX_OWN &&
           (program = av_find_program_from_stream(source->format, program, stream)) != NULL)
        choice->own_programs[choice->n_own_programs++] = program->id;
}

/* Whether a stream is of another programme than the lecture's. One that is in none, as in all files
 * but transport streams, or when their table comes late, is the lecture's. */
static bool is_of_another(const struct stream_choice *choice, const struct source *source,
                          int stream)
{
    AVProgram *program = NULL;

    if (choice->n_own_programs == 0 || !is_in_any_program(source, stream))
        return false;
    while ((program = av_find_program_from_stream(source->format, program, stream)) != NULL) {
        if (is_own_program(choice, program->id))
            return false;
    }
    return true;
}

static bool is_cover(const AVStream *stream)
{
    const int odd =
        AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS | AV_DISPOSITION_STILL_IMAGE;

    return (stream->disposition & odd) != 0;
}

static bool is_default(const AVStream *stream)
{
    return (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
}

static bool is_accepted(const AVStream *stream)
{
    return allow_list_decoder(stream->codecpar->codec_id) != NULL;
}

/* The default one comes first, then the one with more to it. */
static int64_t picture_score(const AVStream *stream)
{
    const AVCodecParameters *codec = stream->codecpar;

    return (int64_t)codec->width * codec->height + (is_default(stream) ? INT64_C(1) << 40 : 0);
}

static void choose_picture(const struct source *source, struct stream_choice *choice)
{
    int64_t best = -1;

    for (unsigned i = 0; i < source->format->nb_streams; i++) {
        const AVStream *stream = source->format->streams[i];
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO || is_cover(stream))
            continue;
        if (!is_accepted(stream)) {
            choice->refused_picture = (int)i;
        } else if (picture_score(stream) > best) {
            best = picture_score(stream);
            choice->picture = (int)i;
        }
    }
}

/* What the programme is told by: the picture, else the first sound that is accepted, the default
 * one before the others. */
static int find_anchor(const struct source *source, const struct stream_choice *choice)
{
    int first = -1;

    if (choice->picture >= 0)
        return choice->picture;
    for (unsigned i = 0; i < source->format->nb_streams; i++) {
        const AVStream *stream = source->format->streams[i];
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO || !is_accepted(stream))
            continue;
        if (is_default(stream))
            return (int)i;
        first = first < 0 ? (int)i : first;
    }
    return first;
}

static void list_sounds(const struct source *source, struct stream_choice *choice)
{
    for (unsigned i = 0; i < source->format->nb_streams; i++) {
        const AVStream *stream = source->format->streams[i];
        struct stream_list *list = is_accepted(stream) ? &choice->sounds : &choice->refused_sounds;
        if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && list->n < SOURCE_MAX_STREAMS &&
            !is_of_another(choice, source, (int)i))
            list->items[list->n++] = (int)i;
    }
}

void stream_choice_make(const struct source *source, struct stream_choice *ret_choice)
{
    struct stream_choice choice = {.picture = -1, .refused_picture = -1};

    choose_picture(source, &choice);
    const int anchor = find_anchor(source, &choice);
    if (anchor >= 0)
        note_programs(source, anchor, &choice);
    list_sounds(source, &choice);
    *ret_choice = choice;
}

bool stream_choice_is_other(const struct stream_choice *choice, const struct source *source,
                            const AVProgram *program)
{
    if (choice->n_own_programs == 0 || is_own_program(choice, program->id))
        return false;
    for (unsigned i = 0; i < source->format->nb_streams; i++) {
        const enum AVMediaType type = source->format->streams[i]->codecpar->codec_type;
        if ((type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO) &&
            is_in_program(program, (int)i))
            return true;
    }
    return false;
}

/* "title (detail)", or the detail alone where that is too long. */
static void put_label(const char *title, const char *detail, char label[STREAM_LABEL_SIZE])
{
    const int rest = STREAM_LABEL_SIZE - (int)strlen(detail) - (int)sizeof " ()";

    if (title[0] && !detail[0])
        (void)snprintf(label, STREAM_LABEL_SIZE, "%s", title);
    else if (title[0] && (int)strlen(title) <= rest)
        (void)snprintf(label, STREAM_LABEL_SIZE, "%s (%s)", title, detail);
    else
        (void)snprintf(label, STREAM_LABEL_SIZE, "%s", detail);
}

void stream_program_label(const AVProgram *program, char label[STREAM_LABEL_SIZE])
{
    const AVDictionaryEntry *name = av_dict_get(program->metadata, "service_name", NULL, 0);
    char title[TRACK_TITLE_SIZE];
    char number[16];

    (void)snprintf(number, sizeof number, "%d", program->id);
    track_title_set(slice_from(name ? name->value : ""), title);
    put_label(title, number, label);
}

void stream_sound_label(const struct source *source, int stream, char label[STREAM_LABEL_SIZE])
{
    const AVStream *sound = source->format->streams[stream];
    char codec[CODEC_LABEL_SIZE];
    char title[TRACK_TITLE_SIZE];

    codec_label_of(sound->codecpar, codec);
    source_title_find(source, sound, title);
    put_label(title, codec, label);
}
