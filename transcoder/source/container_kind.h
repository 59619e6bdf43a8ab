// SPDX-License-Identifier: GPL-3.0-or-later
/* container_kind.h - what a recording that is not accepted is called, so that its owner can be told
 * what to do with it. Pure.
 *
 * The upload page knows the same first bytes (container.ts); tests/vectors/containers.json holds
 * both to them. */
#ifndef TRANSCODER_SOURCE_CONTAINER_KIND_H
#define TRANSCODER_SOURCE_CONTAINER_KIND_H

#include "common/slice.h"

enum { CONTAINER_HEAD_BYTES = 64 }; /* that are enough to tell */

/* By its first bytes: "MXF"; NULL for what is accepted or is not known. Static. */
const char *container_kind_of(struct slice head);

/* By what libavformat takes a file for, when it is sure: a name for people; NULL for what is no
 * recording (scripts, playlists, pictures, text). Borrows `long_name` or is static. */
const char *container_kind_of_demuxer(const char *name, const char *long_name);

#endif
