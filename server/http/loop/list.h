// SPDX-License-Identifier: GPL-3.0-or-later
/* link.h - circular doubly linked lists whose nodes live inside their elements. A node of zeroes is
 * unlinked; a list is a node of its own. */
#ifndef SERVER_HTTP_LOOP_LINK_H
#define SERVER_HTTP_LOOP_LINK_H

#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *prev;
    struct link *next;
};

/* The element of the given type whose member is the node. */
#define LINK_ELEMENT(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void link_init(struct link *list)
{
    list->prev = list;
    list->next = list;
}

static inline bool link_is_empty(const struct link *list)
{
    return list->next == list;
}

static inline bool link_is_linked(const struct link *node)
{
    return node->next != NULL;
}

static inline void link_append(struct link *list, struct link *node)
{
    node->prev = list->prev;
    node->next = list;
    list->prev->next = node;
    list->prev = node;
}

static inline void link_prepend(struct link *list, struct link *node)
{
    link_append(list->next, node);
}

/* An unlinked node stays so. */
static inline void link_remove(struct link *node)
{
    if (!node->next)
        return;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->prev = NULL;
    node->next = NULL;
}

#endif
