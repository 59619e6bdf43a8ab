// SPDX-License-Identifier: GPL-3.0-or-later
/* part_writer.h - writes one rendition's share of a part: an init section and the next fragments,
 * in a file of its own that is also playable by itself.
 *
 * A fragment is held in memory until its end is known, then written at once. The file appears under
 * its name when it is complete and durable, never earlier. */
#ifndef TRANSCODER_CMAF_PART_WRITER_H
#define TRANSCODER_CMAF_PART_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/package/package.h"
#include "common/slice.h"
#include "transcoder/link.h"

struct part_writer; /* opaque */

struct part_writer_config {
    struct link *link;                   /* borrowed */
    const struct rendition *description; /* copied, without its tables */
    struct slice init_section;
    uint32_t number;       /* of the part */
    uint32_t sample_ticks; /* default duration of a sample, as in the init section */
};

/* Creates the file and writes the init section. */
int part_writer_open(const struct part_writer_config *config, struct part_writer **ret_writer);

/* Drops what was not committed. NULL is allowed. */
void part_writer_free(struct part_writer *writer);
DEFINE_CLEANUP(part_writer_free, struct part_writer *)

/* Adds the next sample in decode order; the first one of a fragment is a sync sample. */
int part_writer_add(struct part_writer *writer, int64_t pts_ticks, struct slice data);

/* Ends the fragment at that time and writes it; nothing happens when it has no samples. */
int part_writer_cut(struct part_writer *writer, int64_t end_ticks);

/* Number of fragments that were cut so far. */
size_t part_writer_n_fragments(const struct part_writer *writer);

/* Makes the file durable, gives it its name and adds the rendition with its tables to *part. */
int part_writer_commit(struct part_writer *writer, struct package *part);

/* The part's index: "part-chunk-0003.json". */
enum { PART_INDEX_NAME_SIZE = 24 };
void part_index_name(enum part_kind kind, uint32_t number, char name[PART_INDEX_NAME_SIZE]);

/* Writes the index of a part whose files are committed: from then on the part exists. */
int part_index_write(struct link *link, enum part_kind kind, uint32_t number, struct package *part);

/* Whether a part exists already, whole and readable: a task that was done is not done again. */
bool part_exists(struct link *link, enum part_kind kind, uint32_t number);

#endif
