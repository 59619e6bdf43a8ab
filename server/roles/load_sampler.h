// SPDX-License-Identifier: GPL-3.0-or-later
/* load_sampler.h - the core's thread that takes readings of the load. */
#ifndef SERVER_ROLES_LOAD_SAMPLER_H
#define SERVER_ROLES_LOAD_SAMPLER_H

struct health;
struct http_server;
struct load;
struct load_sampler; /* opaque */
struct media_store;

enum { LOAD_INTERVAL_MS = 2000 };

struct load_sampler_config {
    const char *database_path; /* copied */
    const char *redis_address; /* copied */
    const char *data_path;     /* copied */
    /* borrowed */
    const struct media_store *media;
    const struct http_server *http;
    struct health *health;
    struct load *load;
};

/* Returns 0 and a sampler that load_sampler_stop() ends, or why not. */
int load_sampler_start(const struct load_sampler_config *config, struct load_sampler **ret_sampler);

/* NULL is allowed. */
void load_sampler_stop(struct load_sampler *sampler);

#endif
