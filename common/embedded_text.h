// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded_text.h - text files that are part of the program: cmake/embed_texts.cmake makes an array
 * of them that ends with a NULL name. */
#ifndef COMMON_EMBEDDED_TEXT_H
#define COMMON_EMBEDDED_TEXT_H

struct embedded_text {
    const char *name; /* of the file, without its folder */
    const char *text;
};

#endif
