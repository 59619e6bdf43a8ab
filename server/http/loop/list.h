// SPDX-License-Identifier: GPL-3.0-or-later
/* list.h - circular doubly linked lists whose nodes live inside their elements. A node of zeroes is
 * unlinked; a list is a node of its own. */
#ifndef SERVER_HTTP_LOOP_LIST_H
#define SERVER_HTTP_LOOP_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *prev;
    struct list_node *next;
};

/* The element of the given type whose member is the node. */
#define LIST_ELEMENT(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list_node *list)
{
    list->prev = list;
    list->next = list;
}

static inline bool list_is_empty(const struct list_node *list)
{
    return list->next == list;
}

static inline bool list_is_linked(const struct list_node *node)
{
    return node->next != NULL;
}

static inline void list_append(struct list_node *list, struct list_node *node)
{
    node->prev = list->prev;
    node->next = list;
    list->prev->next = node;
    list->prev = node;
}

static inline void list_prepend(struct list_node *list, struct list_node *node)
{
    list_append(list->next, node);
}

/* An unlinked node stays so. */
static inline void list_remove(struct list_node *node)
{
    if (!node->next)
        return;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->prev = NULL;
    node->next = NULL;
}

#endif
