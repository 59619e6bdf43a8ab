// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/output_budget.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

struct output_budget output_budget_of(enum stage stage, uint64_t folder_bytes)
{
    switch (stage) {
    case STAGE_PLAN: /* one file of PLAN_JSON_LIMIT */
        return (struct output_budget){.n_files = 4, .file_bytes = 4 * MIB, .total_bytes = 8 * MIB};
    case STAGE_CHUNK: /* a minute of 7 Mbit/s is 53 MB, in a file for each of 16 rungs; an index of
                         64 MiB at most, stills, a poster, captions */
        return (
            struct output_budget){.n_files = 64, .file_bytes = 256 * MIB, .total_bytes = 512 * MIB};
    case STAGE_SOUND: /* 12 hours of 8 languages at 120 kbit/s are 5 GB, in parts of a minute */
        return (struct output_budget){.n_files = 65536,
                                      .file_bytes = 64 * MIB,
                                      .total_bytes = 16 * GIB};
    case STAGE_JOIN: /* the parts again, previews and playlists */
        return (struct output_budget){.n_files = 4096,
                                      .file_bytes = folder_bytes + 256 * MIB,
                                      .total_bytes = folder_bytes + 512 * MIB};
    case STAGE_PROBE:
    case STAGE_CHECK:
    case N_STAGES:
    default:
        return (struct output_budget){0};
    }
}
