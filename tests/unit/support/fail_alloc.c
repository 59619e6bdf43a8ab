// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/support/fail_alloc.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static size_t n_left = (size_t)-1; /* allocations that still succeed */
static bool is_counting;
static bool is_once;
static bool has_failed;
static bool is_first_round = true;

/* The linker sends our code's calls here (--wrap) and __real_ ones to the C library. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
char *__wrap_strdup(const char *text);

static bool may_allocate(void)
{
    if (!is_counting)
        return true;
    if (n_left > 0) {
        n_left--;
        return true;
    }
    has_failed = true;
    if (is_once)
        n_left = (size_t)-1;
    errno = ENOMEM;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return may_allocate() ? __real_calloc(n, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    return may_allocate() ? __real_realloc(old, size) : NULL;
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
    return may_allocate() ? __real_reallocarray(old, n, size) : NULL;
}

char *__wrap_strdup(const char *text)
{
    return may_allocate() ? __real_strdup(text) : NULL;
}

void fail_alloc_start(size_t n)
{
    json_set_alloc_funcs(malloc, free);
    n_left = n;
    has_failed = false;
    is_once = false;
    is_counting = true;
}

void fail_alloc_start_once(size_t n)
{
    fail_alloc_start(n);
    is_once = true;
}

bool fail_alloc_stop(void)
{
    is_counting = false;
    return has_failed;
}

bool fail_alloc_again(size_t *n)
{
    if (!is_first_round)
        ++*n;
    const bool again = is_first_round || has_failed;
    is_first_round = !again;
    return again;
}
