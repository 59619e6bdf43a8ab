// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_frames.h - what each frame that comes in or goes out means for the session: which part of a
 * request it completes, and whether it is a misdeed. */
#ifndef SERVER_HTTP_H2_H2_FRAMES_H
#define SERVER_HTTP_H2_H2_FRAMES_H

#include <nghttp2/nghttp2.h>
#include <stdint.h>

struct h2_session;

/* Sets all callbacks of a session; their user pointer is its struct h2_session. */
void h2_frames_set_callbacks(nghttp2_session_callbacks *callbacks);

/* After n_came frames went through nghttp2: notes those of them that it dropped. A few are legal
 * (RFC 9113 §5.5: types that we do not know; §5.1: what was on its way to a stream that we reset),
 * a flood of them must not be free. Returns as h2_note. */
int h2_note_dropped(struct h2_session *h, uint32_t n_came);

#endif
