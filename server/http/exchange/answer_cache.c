// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/answer_cache.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/err.h"
#include "server/http/exchange/prepared.h"
#include "server/http/loop/list.h"

enum { MAX_KEY_BYTES = 255, MIN_BUCKETS = 16 };

struct entry {
    struct list_node node; /* in the cache's order of use; first member */
    struct entry *next_in_bucket;
    struct http_prepared *answer; /* a reference */
    uint64_t hash;
    int64_t over_at_ms;
    size_t n_bytes; /* that count against the budget */
    size_t key_length;
    char key[];
};

struct http_answer_cache {
    struct list_node in_use_order; /* least recently used first */
    size_t n_answers;
    size_t max_answers;
    size_t n_bytes;
    size_t max_bytes;
    size_t n_buckets; /* a power of two */
    struct entry *buckets[];
};

/* Eight bytes at a time; keys are ours, so nobody looks for collisions. */
static uint64_t hash_key(struct slice key)
{
    const uint64_t factor = 0x9e3779b97f4a7c15;
    uint64_t hash = key.length * factor;
    uint64_t word = 0;

    for (; key.length >= sizeof word; key = slice_skip(key, sizeof word)) {
        memcpy(&word, key.data, sizeof word);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    word = 0;
    if (key.length > 0)
        memcpy(&word, key.data, key.length);
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

int http_answer_cache_new(size_t max_answers, size_t max_bytes,
                          struct http_answer_cache **ret_cache)
{
    size_t n_buckets = MIN_BUCKETS;

    while (n_buckets < max_answers)
        n_buckets *= 2;
    struct http_answer_cache *cache = calloc(1, sizeof *cache + n_buckets * sizeof(void *));
    if (!cache)
        return ERR_NO_MEMORY;
    list_init(&cache->in_use_order);
    cache->max_answers = max_answers;
    cache->max_bytes = max_bytes;
    cache->n_buckets = n_buckets;
    *ret_cache = cache;
    return 0;
}

static struct entry **find_place(struct http_answer_cache *cache, uint64_t hash, struct slice key)
{
    struct entry **place = &cache->buckets[hash & (cache->n_buckets - 1)];

    while (*place && ((*place)->hash != hash ||
                      !slice_equals(slice_of((*place)->key, (*place)->key_length), key)))
        place = &(*place)->next_in_bucket;
    return place;
}

static void evict(struct http_answer_cache *cache, struct entry *entry)
{
    *find_place(cache, entry->hash, slice_of(entry->key, entry->key_length)) =
        entry->next_in_bucket;
    list_remove(&entry->node);
    cache->n_answers--;
    cache->n_bytes -= entry->n_bytes;
    http_prepared_unref(entry->answer);
    free(entry);
}

static struct entry *oldest(struct http_answer_cache *cache)
{
    return LIST_ELEMENT(cache->in_use_order.next, struct entry, node);
}

void http_answer_cache_free(struct http_answer_cache *cache)
{
    if (!cache)
        return;
    while (!list_is_empty(&cache->in_use_order))
        evict(cache, oldest(cache));
    free(cache);
}

struct http_prepared *http_answer_cache_find(struct http_answer_cache *cache, struct slice key,
                                             int64_t now_ms)
{
    struct entry *entry = *find_place(cache, hash_key(key), key);

    if (!entry)
        return NULL;
    if (now_ms >= entry->over_at_ms) {
        evict(cache, entry);
        return NULL;
    }
    if (cache->in_use_order.prev != &entry->node) {
        list_remove(&entry->node);
        list_append(&cache->in_use_order, &entry->node);
    }
    return entry->answer;
}

/* What nobody asks for any more would hold its files open, also when they were deleted. A few at a
 * time: what is added pays for what goes. */
static void evict_over(struct http_answer_cache *cache, int64_t now_ms)
{
    for (int i = 0; i < 4 && !list_is_empty(&cache->in_use_order); i++) {
        if (now_ms < oldest(cache)->over_at_ms)
            return;
        evict(cache, oldest(cache));
    }
}

void http_answer_cache_add(struct http_answer_cache *cache, struct slice key,
                           struct http_prepared *answer, int64_t now_ms, int64_t life_ms)
{
    const uint64_t hash = hash_key(key);
    const size_t size = sizeof(struct entry) + key.length + http_prepared_size(answer);

    evict_over(cache, now_ms);
    if (key.length > MAX_KEY_BYTES || size > cache->max_bytes || *find_place(cache, hash, key))
        return;
    struct entry *entry = malloc(sizeof *entry + key.length);
    if (!entry)
        return;
    *entry = (struct entry){.answer = answer,
                            .hash = hash,
                            .over_at_ms = now_ms + life_ms,
                            .n_bytes = size,
                            .key_length = key.length};
    memcpy(entry->key, key.data, key.length);
    while (cache->n_answers >= cache->max_answers || cache->n_bytes + size > cache->max_bytes)
        evict(cache, oldest(cache));
    http_prepared_ref(answer);
    *find_place(cache, hash, key) = entry;
    list_append(&cache->in_use_order, &entry->node);
    cache->n_answers++;
    cache->n_bytes += size;
}
