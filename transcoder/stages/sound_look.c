// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/stages/sound_look.h"

#include <assert.h>
#include <stdio.h>

#include "common/err.h"
#include "transcoder/plan/sound_choice.h"
#include "transcoder/source/codec_label.h"

static_assert((int)PLAN_MAX_SOUNDS <= (int)SURVEY_MAX_SOUNDS, "every sound is surveyed");

static void warn(struct sound_look *look, enum failure failure, const char *about)
{
    struct warning warning = {.failure = failure};

    warning_set_detail(&warning, about);
    warning_list_add(&look->warnings, &warning);
}

static void leave_out(const struct source *source, int stream, struct sound_look *look)
{
    char label[STREAM_LABEL_SIZE];

    stream_sound_label(source, stream, label);
    warn(look, FAILURE_SOUND_LEFT_OUT, label);
}

static void leave_list_out(const struct source *source, const struct stream_list *list,
                           size_t first, struct sound_look *look)
{
    for (size_t i = first; i < list->n; i++)
        leave_out(source, list->items[i], look);
}

/* Its codec alone: the words around it speak of the sound. */
static int refuse(const struct source *source, int stream, struct fault *fault)
{
    char codec[CODEC_LABEL_SIZE];

    codec_label_of(source->format->streams[stream]->codecpar, codec);
    return fault_set(fault, FAILURE_SOUND_CODEC, ERR_UNSUPPORTED, "%s", codec);
}

int sound_look_choose(const struct source *source, const struct stream_choice *choice,
                      bool without_sound, struct fault *fault, struct sound_look *look)
{
    const struct stream_list *sounds = &choice->sounds;
    const bool takes_none = without_sound && choice->picture >= 0;

    if (choice->picture >= 0 && !without_sound && sounds->n == 0 && choice->refused_sounds.n > 0)
        return refuse(source, choice->refused_sounds.items[0], fault);
    while (!takes_none && look->n < sounds->n && look->n < PLAN_MAX_SOUNDS) {
        look->streams[look->n] = sounds->items[look->n];
        look->n++;
    }
    leave_list_out(source, sounds, look->n, look);
    leave_list_out(source, &choice->refused_sounds, 0, look);
    return 0;
}

void sound_look_join(const struct stream_chain *chain, struct sound_look *look)
{
    size_t n = 0;

    for (size_t i = 0; i < look->n; i++) {
        if (chain->head[look->streams[i]] == look->streams[i])
            look->streams[n++] = look->streams[i];
    }
    look->n = n;
}

/* Whether a programme goes on where another one ends: a recorder that was restarted. */
static bool goes_on(const AVProgram *program, const struct stream_chain *chain)
{
    for (unsigned i = 0; i < program->nb_stream_indexes; i++) {
        const unsigned stream = program->stream_index[i];
        if (stream < SOURCE_MAX_STREAMS && chain->head[stream] != (int)stream)
            return true;
    }
    return false;
}

void sound_look_at_programs(const struct source *source, const struct stream_choice *choice,
                            const struct stream_chain *chain, struct sound_look *look)
{
    char label[STREAM_LABEL_SIZE];

    for (unsigned i = 0; i < source->format->nb_programs; i++) {
        const AVProgram *program = source->format->programs[i];
        if (!stream_choice_is_other(choice, source, program) || goes_on(program, chain))
            continue;
        stream_program_label(program, label);
        warn(look, FAILURE_OTHER_PROGRAM, label);
    }
}

static void move_to_front(struct survey *survey, struct sound_look *look, size_t chosen)
{
    const int stream = look->streams[chosen];
    const struct sound_facts facts = look->facts[chosen];
    const struct stream_survey s = survey->sounds[chosen];

    for (size_t i = chosen; i > 0; i--) {
        look->streams[i] = look->streams[i - 1];
        look->facts[i] = look->facts[i - 1];
        survey->sounds[i] = survey->sounds[i - 1];
    }
    look->streams[0] = stream;
    look->facts[0] = facts;
    survey->sounds[0] = s;
}

static void put_default_first(const struct source *source, struct survey *survey,
                              struct sound_look *look)
{
    struct sound_candidate candidates[PLAN_MAX_SOUNDS];

    for (size_t i = 0; i < look->n; i++) {
        const AVStream *stream = source->format->streams[look->streams[i]];
        candidates[i] = (struct sound_candidate){
            .peak_centi_dbfs = look->facts[i].level.peak_centi_dbfs,
            .is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0,
        };
    }
    if (look->n > 1)
        move_to_front(survey, look, sound_choice_default(candidates, look->n));
}

/* What has no packets is not missed. */
void sound_look_decode(struct source *source, struct survey *survey, struct fault *fault,
                       struct sound_look *look)
{
    struct stream_list damaged = {.n = 0};
    size_t n = 0;

    for (size_t i = 0; i < look->n; i++) {
        const struct stream_survey s = survey->sounds[i];
        const int stream = look->streams[i];
        if (s.n_packets == 0)
            continue;
        if (sound_facts_find(source, stream, s.end_us, fault, &look->facts[n])) {
            damaged.items[damaged.n++] = stream;
            continue;
        }
        look->streams[n] = stream;
        survey->sounds[n++] = s;
    }
    look->n = n;
    put_default_first(source, survey, look);
    if (n > 0)
        leave_list_out(source, &damaged, 0, look);
    else if (damaged.n > 0)
        warn(look, FAILURE_SOUND_DAMAGED, "");
}

bool sound_look_has_spoken(const struct sound_look *look)
{
    for (size_t i = 0; i < look->warnings.n; i++) {
        if (look->warnings.items[i].failure == FAILURE_SOUND_LEFT_OUT ||
            look->warnings.items[i].failure == FAILURE_SOUND_DAMAGED)
            return true;
    }
    return false;
}
