// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_cut.h - finds the streams of a source whose edit begins inside a picture. */
#ifndef TRANSCODER_SOURCE_PICTURE_CUT_H
#define TRANSCODER_SOURCE_PICTURE_CUT_H

#include "transcoder/source/source.h"

/* Fills source->cuts. What cannot be found out is taken for no cut. Opens the file twice more where
 * there may be one. */
void picture_cuts_find(struct source *source);

#endif
