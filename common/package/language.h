// SPDX-License-Identifier: GPL-3.0-or-later
/* language.h - language tags (BCP 47): from what containers say, and what people call them. Pure.
 */
#ifndef COMMON_PACKAGE_LANGUAGE_H
#define COMMON_PACKAGE_LANGUAGE_H

#include "common/slice.h"

enum { LANGUAGE_SIZE = 16, LANGUAGE_ISO_SIZE = 4 };

/* Stores the BCP 47 tag for what a container says: "vie" and "vi" give "vi", "pt-br" gives "pt-br",
 * "ger" and "deu" give "de". What is no tag, or says that the language is not known, gives "und". A
 * tag that does not fit loses its last subtags. */
void language_tag(struct slice text, char tag[LANGUAGE_SIZE]);

/* Stores the ISO 639-2/T code (three letters) of a tag, for containers; "und" when there is none.
 */
void language_iso_code(const char *tag, char code[LANGUAGE_ISO_SIZE]);

/* What a language is called by those who speak it, in UTF-8; the tag itself for one that we do not
 * know, "" for "und". Borrows tag. */
const char *language_name(const char *tag);

#endif
