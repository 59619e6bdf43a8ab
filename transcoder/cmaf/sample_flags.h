// SPDX-License-Identifier: GPL-3.0-or-later
/* sample_flags.h - ISO/IEC 14496-12 §8.8.3.1: what a decoder may know before it reads a sample. */
#ifndef TRANSCODER_CMAF_SAMPLE_FLAGS_H
#define TRANSCODER_CMAF_SAMPLE_FLAGS_H

enum {
    SAMPLE_FLAGS_SYNC = 0x02000000,      /* depends on nothing */
    SAMPLE_FLAGS_DEPENDENT = 0x01010000, /* depends on others, not a sync sample */
};

#endif
