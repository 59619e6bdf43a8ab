// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_cut.h - finds what libav makes wrong of a source's edits: those that begin inside a
 * picture, and those in which nothing moves. */
#ifndef TRANSCODER_SOURCE_PICTURE_CUT_H
#define TRANSCODER_SOURCE_PICTURE_CUT_H

#include "transcoder/source/source.h"

/* Fills source->cuts and source->stands. What cannot be found out is taken for no cut. Opens the
 * file twice more where there may be one. */
void picture_cuts_find(struct source *source);

#endif
