// SPDX-License-Identifier: GPL-3.0-or-later
/* fingerprint.h - recognises a source without reading all of it: the server knows its full hash;
 * the tasks of a job only have to notice when they were given another file than the plan was made
 * for. */
#ifndef TRANSCODER_SOURCE_FINGERPRINT_H
#define TRANSCODER_SOURCE_FINGERPRINT_H

#include <stdint.h>

enum { FINGERPRINT_SIZE = 65 };

/* Hex SHA-256 over the size and samples from the file's start, middle and end.
 * Returns 0, ERR_IO or ERR_NO_MEMORY. */
int fingerprint_of(int fd, int64_t size_bytes, char text[FINGERPRINT_SIZE]);

#endif
