// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/stream_choice.h"

#include <criterion/criterion.h>

/* A source of which only the container's facts are there. */
static struct source *make_source(void)
{
    struct source *source = calloc(1, sizeof *source);

    source->fd = -1;
    source->format = avformat_alloc_context();
    source->format->iformat = av_find_input_format("mpegts");
    return source;
}

static void drop_source(struct source *source)
{
    avformat_free_context(source->format);
    free(source);
}

static AVStream *add(struct source *source, enum AVMediaType type, enum AVCodecID id)
{
    AVStream *stream = avformat_new_stream(source->format, NULL);

    stream->codecpar->codec_type = type;
    stream->codecpar->codec_id = id;
    return stream;
}

static int add_sound(struct source *source, enum AVCodecID id)
{
    return add(source, AVMEDIA_TYPE_AUDIO, id)->index;
}

static int add_picture(struct source *source, int width)
{
    AVStream *stream = add(source, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_H264);

    stream->codecpar->width = stream->codecpar->height = width;
    return stream->index;
}

static AVProgram *put_in(struct source *source, int program, int stream)
{
    AVProgram *p = av_new_program(source->format, program);

    av_program_add_stream_index(source->format, program, (unsigned)stream);
    return p;
}

static struct stream_choice choose(const struct source *source)
{
    struct stream_choice choice;

    stream_choice_make(source, &choice);
    return choice;
}

Test(stream_choice, without_programmes_all_sounds_are_the_lectures_in_their_order)
{
    struct source *source = make_source();
    const int first = add_sound(source, AV_CODEC_ID_AAC);
    const int refused = add_sound(source, AV_CODEC_ID_DTS);
    const int picture = add_picture(source, 100);
    const int last = add_sound(source, AV_CODEC_ID_AC3);
    const struct stream_choice choice = choose(source);

    cr_assert_eq(choice.picture, picture);
    cr_assert_eq(choice.sounds.n, 2);
    cr_assert_eq(choice.sounds.items[0], first);
    cr_assert_eq(choice.sounds.items[1], last);
    cr_assert_eq(choice.refused_sounds.n, 1);
    cr_assert_eq(choice.refused_sounds.items[0], refused);
    drop_source(source);
}

Test(stream_choice, sounds_of_the_other_programme_are_neither_taken_nor_refused)
{
    struct source *source = make_source();
    put_in(source, 1, add_picture(source, 100));
    put_in(source, 1, add_sound(source, AV_CODEC_ID_AAC));
    AVProgram *second = put_in(source, 2, add_picture(source, 200));
    const int own = add_sound(source, AV_CODEC_ID_AC3);
    put_in(source, 2, own);
    AVProgram *third = put_in(source, 3, add_sound(source, AV_CODEC_ID_DTS));
    const struct stream_choice choice = choose(source);

    cr_assert_eq(choice.sounds.n, 1);
    cr_assert_eq(choice.sounds.items[0], own);
    cr_assert_eq(choice.refused_sounds.n, 0);
    cr_assert_not(stream_choice_is_other(&choice, source, second));
    cr_assert(stream_choice_is_other(&choice, source, third));
    drop_source(source);
}

Test(stream_choice, a_programme_without_picture_and_sound_is_not_missed)
{
    struct source *source = make_source();
    put_in(source, 1, add_picture(source, 100));
    AVProgram *data = put_in(source, 2, add(source, AVMEDIA_TYPE_DATA, AV_CODEC_ID_NONE)->index);
    const struct stream_choice choice = choose(source);

    cr_assert_not(stream_choice_is_other(&choice, source, data));
    drop_source(source);
}

Test(stream_choice, programmes_that_share_the_picture_and_streams_in_none_are_the_lectures)
{
    struct source *source = make_source();
    const int picture = add_picture(source, 100);
    put_in(source, 1, picture);
    put_in(source, 2, picture);
    put_in(source, 1, add_sound(source, AV_CODEC_ID_AAC));
    put_in(source, 2, add_sound(source, AV_CODEC_ID_AAC));
    (void)add_sound(source, AV_CODEC_ID_MP2);
    put_in(source, 3, add_sound(source, AV_CODEC_ID_MP2));

    cr_assert_eq(choose(source).sounds.n, 3);
    drop_source(source);
}

Test(stream_choice, the_default_picture_goes_before_a_larger_one_and_covers_are_none)
{
    struct source *source = make_source();
    const int small = add_picture(source, 50);
    (void)add_picture(source, 100);
    const int cover = add_picture(source, 400);

    source->format->streams[cover]->disposition = AV_DISPOSITION_ATTACHED_PIC;
    cr_assert_eq(choose(source).picture, 1);
    source->format->streams[small]->disposition = AV_DISPOSITION_DEFAULT;
    cr_assert_eq(choose(source).picture, small);
    drop_source(source);
}

Test(stream_choice, a_picture_of_another_codec_is_remembered)
{
    struct source *source = make_source();
    const int refused = add(source, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_MAGICYUV)->index;
    const struct stream_choice choice = choose(source);

    cr_assert_eq(choice.picture, -1);
    cr_assert_eq(choice.refused_picture, refused);
    drop_source(source);
}

Test(stream_choice, labels_are_names_of_people_and_what_tells_them_apart)
{
    struct source *source = make_source();
    const int sound = add_sound(source, AV_CODEC_ID_DTS);
    AVProgram *program = put_in(source, 42, sound);
    char label[STREAM_LABEL_SIZE];

    stream_program_label(program, label);
    cr_assert_str_eq(label, "42");
    av_dict_set(&program->metadata, "service_name", "Phòng \"A\"", 0);
    stream_program_label(program, label);
    cr_assert_str_eq(label, "Phòng 'A' (42)");
    stream_sound_label(source, sound, label);
    cr_assert_str_eq(label, "DTS");
    av_dict_set(&source->format->streams[sound]->metadata, "title", "Micro", 0);
    stream_sound_label(source, sound, label);
    cr_assert_str_eq(label, "Micro (DTS)");
    drop_source(source);
}
