// SPDX-License-Identifier: GPL-3.0-or-later
/* file_list.h - enters in a package what its files are: their bytes and their SHA-256, so that
 * whoever carries one to another place can tell that it is whole. */
#ifndef TRANSCODER_STAGES_FILE_LIST_H
#define TRANSCODER_STAGES_FILE_LIST_H

#include "common/package/package.h"
#include "transcoder/link.h"

/* Reads every file that the package has but its index, and what is rendered from it. Returns 0 or a
 * negative ERR_. */
int file_list_make(struct link *link, struct package *package);

#endif
