// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/playback/near_package.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/file.h"
#include "common/package/package.h"
#include "common/work_pool.h"
#include "server/features/playback/package_cache.h"
#include "server/http/exchange/exchange.h"
#include "server/http/loop/loop.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/media/media_store.h"

struct job {
    struct work work; /* first member */
    struct call *call;
    int root_fd; /* borrowed */
    char folder[MEDIA_PATH_SIZE];
};

/* ---- On a thread of the pool: what goes wrong here is found again, and said, by the loop ---- */

static void look_up_files(int folder_fd)
{
    DIR *folder = fdopendir(folder_fd);

    if (!folder) {
        (void)close(folder_fd);
        return;
    }
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        const int fd =
            openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
        if (fd >= 0)
            (void)close(fd);
    }
    (void)closedir(folder);
}

static void make_near(struct work *work, void *context)
{
    CLEANUP(buf_clear) struct buf index = buf_with_limit(PACKAGE_JSON_LIMIT);
    const struct job *job = (struct job *)(void *)work;
    const int folder_fd = openat(job->root_fd, job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)context;
    if (folder_fd < 0)
        return;
    (void)file_read_all(folder_fd, "package.json", &index);
    look_up_files(folder_fd);
}

/* ---- On the loop ---- */

static void on_near(struct work *work)
{
    struct call *call = ((struct job *)(void *)work)->call;

    call->is_near = true;
    call->handle(call);
}

bool near_package_wait(struct call *call, struct slice package)
{
    const struct services *services = call->services;
    char id[PACKAGE_ID_SIZE];

    if (!services->cold_reads || call->is_near || !id_is_valid(package) ||
        package_cache_has(services->packages, package))
        return false;
    struct job *job = arena_alloc(http_exchange_arena(call->x), sizeof *job);
    if (!job)
        return false;
    *job = (struct job){.work = {.run = make_near, .done = on_near},
                        .call = call,
                        .root_fd = media_store_root_fd(services->media)};
    (void)slice_to_cstr(package, id, sizeof id);
    media_path_package(id, job->folder);
    return work_pool_submit(services->cold_reads, http_loop_mailbox(http_exchange_loop(call->x)),
                            &job->work) == 0;
}
