// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai worker --redis URL --media DIR */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/log.h"
#include "server/cli/commands.h"
#include "server/roles/install.h"
#include "server/roles/own_user.h"
#include "server/roles/settings.h"
#include "server/roles/worker.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_address.h"

/* Signals that end the worker are waited for by the main thread alone. */
static void block_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static void choose_name(const struct config *config, char name[sizeof config->worker_name])
{
    char host[33] = "";

    if (config->worker_name[0]) {
        (void)snprintf(name, sizeof config->worker_name, "%s", config->worker_name);
        return;
    }
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(name, sizeof config->worker_name, "%s:%d", host, (int)getpid());
}

static int run(const struct config *config, const struct media_store *media, const char *transcoder)
{
    const long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
    char name[sizeof config->worker_name];
    struct worker *worker = NULL;
    sigset_t signals;
    int signal_number = 0;

    block_signals(&signals);
    choose_name(config, name);
    const struct worker_config worker_config = {
        .redis_address = config->redis,
        .name = name,
        .transcoder = transcoder,
        .media = media,
        .n_slots = config->workers ? (size_t)config->workers : (size_t)(n_cores > 0 ? n_cores : 1),
        .is_sandboxed = !config->unsafe_no_sandbox,
    };
    const int err = worker_start(&worker_config, &worker);
    if (err)
        return fail("cannot start the worker: %s", err_text(err));
    log_info("worker starts", log_str("name", name),
             log_int("slots", (int64_t)worker_config.n_slots));
    do {
        (void)sigwait(&signals, &signal_number);
    } while (signal_number == SIGHUP); /* nothing to reload */
    worker_stop(worker);
    log_info("worker stopped");
    return EXIT_DONE;
}

int command_worker(int argc, char **argv)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(4096);
    CLEANUP(media_store_free) struct media_store *media = NULL;
    struct own_user user;
    struct settings settings;
    struct config config;
    char transcoder[PATH_MAX];
    int n_left = 0;

    int status = load_settings(&config, argc, argv, &n_left);
    if (status)
        return status;
    config_forget_secrets(); /* the programs that read strangers' media inherit the rest */
    if (n_left > 0)
        return fail_usage("worker does not know \"%s\"", argv[0]);
    if (!config.redis[0] || !config.media[0])
        return fail_usage("worker needs --redis URL and --media DIR");
    const char *fault = redis_address_fault(slice_from(config.redis));
    if (fault)
        return fail_usage("bad redis: %s", fault); /* without its value: it may hold a password */
    if (install_transcoder(config.transcoder, transcoder))
        return fail("there is no banmai-transcode: give its path with --transcoder");
    if (own_user_find(config.user, config.media, &user, &message) ||
        own_user_become(&user, config.media, &message))
        return fail("%s", message.data);
    const int err = media_store_open_root(config.media, &media);
    if (err)
        return fail("bad media: cannot open the media store %s: %s", config.media, err_text(err));
    if (settings_init(&settings, &config)) /* sets the log up */
        return fail("out of memory");
    status = run(&config, media, transcoder);
    settings_clear(&settings);
    return status;
}
