// SPDX-License-Identifier: GPL-3.0-or-later
/* variant_check.h - whether a multivariant playlist says of its variants what is true. Pure. */
#ifndef TRANSCODER_CHECK_VARIANT_CHECK_H
#define TRANSCODER_CHECK_VARIANT_CHECK_H

#include "transcoder/check/findings.h"
#include "transcoder/check/m3u8.h"
#include "transcoder/check/media_check.h"

/* variants[i] and media[i] are what is known about the media playlists of the playlist's variants
 * and EXT-X-MEDIA, NULL where nothing is. */
void variants_check(struct findings *findings, const char *path, const struct m3u8 *playlist,
                    const struct media_facts *const *variants,
                    const struct media_facts *const *media);

#endif
