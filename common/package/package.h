// SPDX-License-Identifier: GPL-3.0-or-later
/* package.h - the published media of a lecture: renditions, and where each of their fragments is.
 *
 * A package is a folder of CMAF files and its index, package.json. Each rendition has one init
 * section and a table of fragments; a fragment is one HLS segment, starts with an IDR frame (video)
 * and is at (file, offset, size). Playlists are rendered from the index and never stored.
 *
 *   growing: parts arrive; a part is the next fragments of some renditions, in a file of its own: a
 *     chunk's video, or some minutes of sound. A playlist only gets longer (EVENT).
 *   complete: all parts were joined into one file per rendition (VOD). Fragments keep their
 *     numbers, bytes and durations, so a player need not notice.
 *
 * Captions are one WebVTT file: one fragment as long as the lecture, without an init section. A
 * complete package may have a storyboard and a slide list (storyboard_files.h).
 *
 * A part's index has the same form: one parser and writer serve both. All of this is pure. */
#ifndef COMMON_PACKAGE_PACKAGE_H
#define COMMON_PACKAGE_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/id.h"
#include "common/package/package_listing.h"
#include "common/package/tally.h"
#include "common/package/track_title.h"
#include "common/slice.h"

enum {
    PACKAGE_VERSION = 1,
    PACKAGE_MAX_RENDITIONS = 64,
    PACKAGE_MAX_FRAGMENTS = 100000, /* of one rendition: 27 hours of the shortest segments */
    PACKAGE_MAX_SHEETS = 1000,
    PACKAGE_MAX_FILES = 10000,    /* of one rendition, while growing */
    PACKAGE_MAX_FRAGMENT_S = 120, /* keeps sums of microseconds far from overflow */
    PACKAGE_MAX_CAPTIONS_S = 27 * 3600,
    PACKAGE_JSON_LIMIT = 256 << 20, /* bytes of package.json */
};

enum rendition_kind { RENDITION_VIDEO, RENDITION_AUDIO, RENDITION_CAPTIONS };

struct fragment {
    uint64_t offset;         /* in its file */
    uint32_t size_bytes;     /* > 0 */
    uint32_t duration_ticks; /* in the rendition's timescale, > 0 */
    uint32_t file;           /* index into the rendition's files */
    uint32_t iframe_bytes;   /* video: up to the end of its IDR frame; else 0 */
};

struct package_file {
    char name[40]; /* plain: letters, digits, "-", "." inside; no "/" */
};

struct rendition {
    char name[16]; /* "v240", "a48": lower-case letters, digits and "-"; also the URL part */
    enum rendition_kind kind;
    char codecs[32];    /* RFC 6381, from the bitstream: "avc1.64001e", "mp4a.40.2" */
    uint32_t timescale; /* ticks per second */

    uint32_t width, height;           /* video: coded size with square pixels */
    uint32_t rate_num, rate_den;      /* video: frames per second at most (RFC 8216 §4.3.4.2) */
    uint32_t sample_rate, n_channels; /* audio */
    char language[16];                /* audio, captions: BCP 47, "und" when unknown */
    char title[TRACK_TITLE_SIZE];     /* audio: what its maker calls it; "" for nothing */
    char group[16];                   /* audio: the group it is in; video: the group it goes with */

    uint64_t peak_bps;    /* as RFC 8216bis §4.4.6.2 means BANDWIDTH; 0 when nothing is measured */
    uint64_t average_bps; /* the same for AVERAGE-BANDWIDTH */

    struct package_file *files; /* owned */
    size_t n_files;
    struct fragment init;       /* the init section; duration 0; file 0 */
    struct fragment *fragments; /* owned, in order of time */
    size_t n_fragments;
};

struct package {
    bool is_complete;
    int64_t duration_us;          /* of the whole lecture, also while growing */
    uint32_t target_duration_s;   /* of all media playlists */
    struct rendition *renditions; /* owned; video from the lowest rung up, then audio */
    size_t n_renditions;
    uint32_t n_sheets;         /* of the storyboard; 0: there is none, and no slide list either */
    uint32_t n_slides;         /* in the slide list */
    struct tally_list tallies; /* owned; what parts took from the source, empty when complete */
    uint32_t picture_width, picture_height; /* of all files of slides/ */
    struct package_picture *pictures;       /* owned, in order of time */
    size_t n_pictures;
    struct package_entry *entries; /* owned: its files but package.json; none while it grows */
    size_t n_entries;
};

/* An empty package; package_free() ends it. NULL when memory is exhausted. */
struct package *package_new(void);
void package_free(struct package *p);
DEFINE_CLEANUP(package_free, struct package *)

/* Adds a copy of *description without files, init section and fragments, and stores a pointer to
 * it that is valid until the next rendition is added. Returns 0, ERR_NO_MEMORY, or ERR_INVALID for
 * a bad or taken name, too many renditions, or a text that may not stand in a playlist. */
int package_add_rendition(struct package *p, const struct rendition *description,
                          struct rendition **ret_rendition);

/* Adds a file name and stores its index. ERR_INVALID for a name with a path in it. */
int rendition_add_file(struct rendition *r, const char *name, uint32_t *ret_file);

/* ERR_INVALID for a fragment without bytes or duration, longer than PACKAGE_MAX_FRAGMENT_S
 * (captions: PACKAGE_MAX_CAPTIONS_S), or in a file that is not there. */
int rendition_add_fragment(struct rendition *r, const struct fragment *fragment);

/* Sets the frame rate where it is higher than what is known; 0/0 is none. */
void rendition_raise_rate(struct rendition *r, uint32_t rate_num, uint32_t rate_den);

/* The rendition of that name, or NULL. Borrowed from p. */
struct rendition *package_find(const struct package *p, struct slice name);

/* Appends a part: files and fragments of its renditions go behind those that p has. A rendition
 * that p does not have yet is added with its init section. Fields other than the tables must agree
 * for one that it has; its frame rate becomes the higher one. All or nothing.
 * Returns 0, ERR_NO_MEMORY, or ERR_CONFLICT when the part does not fit. */
int package_append(struct package *p, const struct package *part);

/* Sets peak_bps and average_bps of every rendition from its fragments. The peak is the largest bit
 * rate of any run of consecutive segments that lasts 0.5 to 1.5 target durations (RFC 8216bis
 * §4.4.6.2 and §4.1), or of the whole when it is shorter than that. */
void package_measure(struct package *p);

/* The same two rates for the rendition's I-frame playlist; both 0 when it has none. */
void rendition_measure_iframes(const struct rendition *r, uint32_t target_duration_s,
                               uint64_t *ret_peak_bps, uint64_t *ret_average_bps);

/* Sums: of the fragments' durations; of the sizes of init section and fragments. */
int64_t rendition_duration_us(const struct rendition *r);
uint64_t rendition_size_bytes(const struct rendition *r);

/* package_json.c: the stored form. Parsing trusts nothing: every count, name and range is checked.
 * Returns 0 and a package to free, ERR_INVALID, ERR_NO_MEMORY. */
int package_parse(struct slice json, struct package **ret_package);
void package_write(const struct package *p, struct buf *out);

enum { PACKAGE_ID_SIZE = ID_SIZE };

/* The id of the package that a source and a plan make: the first 128 bits of SHA-256 over the
 * source's SHA-256 (hex) and the plan's bytes. The same bytes give the same package. */
void package_id(const char *source_sha256, struct slice plan_json, char id[PACKAGE_ID_SIZE]);

#endif
