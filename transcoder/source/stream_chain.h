// SPDX-License-Identifier: GPL-3.0-or-later
/* stream_chain.h - which streams of a transport stream go on where another one ends: its packet ids
 * changed, because a recorder was restarted or files were put one behind the other. Others have
 * packets side by side and are streams of their own. */
#ifndef TRANSCODER_SOURCE_STREAM_CHAIN_H
#define TRANSCODER_SOURCE_STREAM_CHAIN_H

#include "transcoder/link.h"
#include "transcoder/source/source.h"

struct stream_chain {
    int head[SOURCE_MAX_STREAMS]; /* the stream that it goes on with from the start; itself, mostly
                                   */
};

/* Reads through a transport stream; of another container every stream is by itself. The source
 * stands anywhere afterwards. Returns 0 or a negative ERR_. */
int stream_chain_find(struct source *source, struct link *link, struct stream_chain *ret_chain);

#endif
