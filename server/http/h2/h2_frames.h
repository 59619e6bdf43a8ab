// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_frames.h - what each frame that comes in or goes out means for the session: which part of a
 * request it completes, and whether it is a misdeed. */
#ifndef SERVER_HTTP_H2_H2_FRAMES_H
#define SERVER_HTTP_H2_H2_FRAMES_H

#include <nghttp2/nghttp2.h>

/* Sets all callbacks of a session; their user pointer is its struct h2_session. */
void h2_frames_set_callbacks(nghttp2_session_callbacks *callbacks);

#endif
