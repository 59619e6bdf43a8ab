// SPDX-License-Identifier: GPL-3.0-or-later
/* stream_choice.h - which of a source's streams make the lecture, by what the container says of
 * them. Pure: reads no packet.
 *
 * A transport stream may carry several programmes. Picture and sound are of one of them; what
 * shares no programme with the picture is not the lecture's, whatever language it is in. */
#ifndef TRANSCODER_SOURCE_STREAM_CHOICE_H
#define TRANSCODER_SOURCE_STREAM_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "transcoder/source/source.h"

enum { STREAM_CHOICE_MAX_OWN = 8, STREAM_LABEL_SIZE = 64 };

struct stream_list {
    int items[SOURCE_MAX_STREAMS]; /* indexes, in the order of the file */
    size_t n;
};

struct stream_choice {
    int picture;                             /* -1: none */
    struct stream_list sounds;               /* of codecs that are on the allow-list */
    struct stream_list refused_sounds;       /* of other codecs */
    int refused_picture;                     /* one whose codec is not on the list, -1: none */
    int own_programs[STREAM_CHOICE_MAX_OWN]; /* ids of those that the lecture's streams are in */
    size_t n_own_programs;
};

/* The picture: the default one, the one with most in it; never cover art. The sounds: those of its
 * programme, all of them where there are none; without a picture, those of the first sound's.
 * The source may have at most SOURCE_MAX_STREAMS streams (source_check_amounts). */
void stream_choice_make(const struct source *source, struct stream_choice *ret_choice);

/* Whether a program has pictures or sounds and is none of the lecture's. Programs may turn up while
 * the source is read. */
bool stream_choice_is_other(const struct stream_choice *choice, const struct source *source,
                            const AVProgram *program);

/* What people call a program: "VTV7 (2)", "2". UTF-8. */
void stream_program_label(const AVProgram *program, char label[STREAM_LABEL_SIZE]);

/* What people call a sound that is left out: "Micro (DTS)", "DTS"; its codec alone. UTF-8. */
void stream_sound_label(const struct source *source, int stream, char label[STREAM_LABEL_SIZE]);

#endif
