// SPDX-License-Identifier: GPL-3.0-or-later
/* accept_language.h - which of our two languages a client wants (RFC 9110 §12.5.4). Pure. */
#ifndef SERVER_HTTP_MESSAGE_ACCEPT_LANGUAGE_H
#define SERVER_HTTP_MESSAGE_ACCEPT_LANGUAGE_H

#include "common/slice.h"

enum http_language { HTTP_ENGLISH, HTTP_VIETNAMESE, HTTP_N_LANGUAGES };

/* "en" and "vi" with any subtag; the heavier one wins, then the one that stands first. English when
 * the field asks for neither, or was not sent: whoever sends none is a program. */
enum http_language accept_language(struct slice value);

/* "en" or "vi", as Content-Language has it. */
const char *http_language_tag(enum http_language language);

#endif
