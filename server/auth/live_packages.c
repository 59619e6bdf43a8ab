// SPDX-License-Identifier: GPL-3.0-or-later
/* A table in which each package has one place, found by its id. A newcomer takes the place of whom
 * it meets there. Only what is live is remembered: what is not is asked for seldom, and must be
 * seen as soon as it is. */
#include "server/auth/live_packages.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/id.h"
#include "storage/jobs/lecture_store.h"

enum { N_PLACES = 1024 }; /* a power of two; 40 KiB */

struct place {
    char package[ID_LENGTH]; /* zeros: empty */
    unsigned n_changes;      /* when it was read */
    int64_t over_at_ms;
};

struct live_packages {
    const atomic_uint *changes;
    struct place places[N_PLACES];
};

int live_packages_new(const atomic_uint *changes, struct live_packages **ret_live)
{
    struct live_packages *live = calloc(1, sizeof *live);

    if (!live)
        return ERR_NO_MEMORY;
    live->changes = changes;
    *ret_live = live;
    return 0;
}

void live_packages_free(struct live_packages *live)
{
    free(live);
}

static struct place *find_place(struct live_packages *live, struct slice package)
{
    uint64_t tail = 0; /* of the id: its head is the same for packages of one time */

    memcpy(&tail, package.data + ID_LENGTH - sizeof tail, sizeof tail);
    tail *= 0x9e3779b97f4a7c15;
    return &live->places[tail >> 32 & (N_PLACES - 1)];
}

int live_packages_check(struct live_packages *live, struct db *reader, struct slice package,
                        int64_t now_ms)
{
    struct place *place = find_place(live, package);
    const unsigned n_changes = atomic_load(live->changes);
    char id[ID_SIZE];

    if (now_ms < place->over_at_ms && place->n_changes == n_changes &&
        memcmp(place->package, package.data, ID_LENGTH) == 0)
        return 0;
    (void)slice_to_cstr(package, id, sizeof id);
    const int err = lecture_store_shows_package(reader, id);
    if (!err) {
        memcpy(place->package, package.data, ID_LENGTH);
        place->n_changes = n_changes;
        place->over_at_ms = now_ms + LIVE_PACKAGE_MS;
    }
    return err;
}
