// SPDX-License-Identifier: GPL-3.0-or-later
/* id.h - identifiers of stored things: UUID version 7 (RFC 9562 §5.7), written as 32 lower-case hex
 * digits without dashes. Sorting by text is sorting by millisecond of creation; within one
 * there is no order. 74 bits are random. */
#ifndef COMMON_ID_H
#define COMMON_ID_H

#include <stdbool.h>

#include "common/slice.h"

enum { ID_LENGTH = 32, ID_SIZE = ID_LENGTH + 1 };

/* A new id. Aborts when the kernel has no random bytes: nothing safe can be done without them. */
void id_new(char text[ID_SIZE]);

/* Whether s is 32 lower-case hex digits. Anything else never reaches a path or a query. */
bool id_is_valid(struct slice s);

/* Fills with random bytes from the kernel; aborts as id_new does. */
void random_bytes(void *data, size_t length);

#endif
