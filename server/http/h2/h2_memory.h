// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_memory.h - memory for the sessions of nghttp2: a loop lends all of them one frame buffer.
 *
 * nghttp2 gives each session a buffer of 16 KiB to put a frame together in, most of what an idle
 * HTTP/2 connection would cost. A frame is copied out of it as soon as nghttp2_session_mem_send()
 * returns, or in the callback that sends a body, and nothing comes back to its bytes: so one buffer
 * does for all sessions that take turns. What a session needs beside it (the rest of a header block
 * that does not fit into one frame) is its own. */
#ifndef SERVER_HTTP_H2_H2_MEMORY_H
#define SERVER_HTTP_H2_H2_MEMORY_H

#include <nghttp2/nghttp2.h>

struct h2_memory; /* opaque */

/* One per loop; must outlive its sessions. Returns 0 or ERR_NO_MEMORY. */
int h2_memory_new(struct h2_memory **ret_memory);
void h2_memory_free(struct h2_memory *memory);

/* As nghttp2_session_server_new3(). All that nghttp2_session_mem_send() returns must be copied
 * before that is called for another session of this memory. */
int h2_memory_new_session(struct h2_memory *memory, const nghttp2_session_callbacks *callbacks,
                          void *user, const nghttp2_option *option, nghttp2_session **ret_session);

#endif
