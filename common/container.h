// SPDX-License-Identifier: GPL-3.0-or-later
/* container.h - from a member that a callback was given to the structure that embeds it. */
#ifndef COMMON_CONTAINER_H
#define COMMON_CONTAINER_H

#include <stddef.h>

#define CONTAINER_OF(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
