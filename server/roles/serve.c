// SPDX-License-Identifier: GPL-3.0-or-later
/* Start and stop of everything, in this order, each needing those above it:
 *
 *     user ─ data folder ─ Redis ─ database ─ pools ─ media store ─ loops ─ core threads ─ worker
 *
 * and the other way round at the end. What was started is stopped even when a later step fails:
 * every stop takes "never started". */
#include "server/roles/serve.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/auth/attempts.h"
#include "server/features/table.h"
#include "server/features/uploads/upload_registry.h"
#include "server/front.h"
#include "server/http/server.h"
#include "server/load/load.h"
#include "server/roles/access_log.h"
#include "server/roles/children.h"
#include "server/roles/data_dir.h"
#include "server/roles/dispatcher.h"
#include "server/roles/drain.h"
#include "server/roles/engine_limits.h"
#include "server/roles/finisher.h"
#include "server/roles/housekeeper.h"
#include "server/roles/install.h"
#include "server/roles/listening.h"
#include "server/roles/load_sampler.h"
#include "server/roles/own_user.h"
#include "server/roles/pools.h"
#include "server/roles/private_redis.h"
#include "server/roles/settings.h"
#include "server/roles/stream_loop.h"
#include "server/roles/versions.h"
#include "server/roles/worker_argv.h"
#include "server/roles/write_probe.h"
#include "server/web/route_index.h"
#include "server/web/router.h"
#include "server/web/site.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_address.h"
#include "storage/sqlite/db.h"

enum { STOP_GRACE_MS = 30000 };

struct serving {
    struct settings settings;
    struct access_log access_log;
    serve_reload_fn *reload;
    void *reload_arg;

    struct event_base *base; /* of the main thread: signals and children */
    struct event *on_term;
    struct event *on_int;
    struct event *on_hup;

    int tcp_sockets[LISTENING_MAX_LOOPS]; /* bound while we were root; the engine's once it starts
                                           */
    bool has_sockets;
    struct data_dir dir;
    struct health health;
    struct children *children;
    char redis_address[PATH_MAX];
    char database_path[PATH_MAX];
    struct db *writer;
    struct pools pools;
    struct attempts *attempts;
    struct media_store *media;
    struct playback_key playback_key;
    struct site *site;
    struct route_index *routes;
    struct upload_registry *uploads;
    atomic_uint taken_back; /* of packages, by the loops */
    struct stream_config stream;
    struct http_server *http;
    struct dispatcher *dispatcher;
    struct drain *drain;
    struct finisher *finisher;
    struct housekeeper *housekeeper;
    struct load *load;
    struct load_sampler *load_sampler;
    struct write_probe *write_probe;
    struct worker_argv worker_argv;
};

/* ---- signals ---- */

static void on_stop_signal(evutil_socket_t signal_number, short what, void *arg)
{
    struct serving *s = arg;

    (void)what;
    log_info("stopping", log_str("signal", sigabbrev_np((int)signal_number)));
    (void)event_base_loopbreak(s->base);
}

static void on_reload_signal(evutil_socket_t signal_number, short what, void *arg)
{
    struct serving *s = arg;
    CLEANUP(buf_clear) struct buf message = buf_with_limit(1024);
    const char *tls_message = NULL;
    struct config config;
    size_t n_changed = 0;

    (void)signal_number;
    (void)what;
    if (s->reload(&config, &message, s->reload_arg))
        log_error("settings not reloaded", log_slice("cause", buf_slice(&message)));
    else if (settings_replace(&s->settings, &config, &n_changed))
        log_error("settings not reloaded", log_err(ERR_NO_MEMORY));
    else
        log_info("settings reloaded", log_int("changed", (int64_t)n_changed));
    if (!settings_now(&s->settings)->tls_cert[0])
        return;
    if (http_server_reload_tls(s->http, &tls_message))
        log_error("certificate not reloaded", log_str("cause", tls_message));
    else
        log_info("certificate reloaded");
}

static int start_events(struct serving *s)
{
    if (evthread_use_pthreads() < 0)
        return ERR_NO_MEMORY;
    s->base = event_base_new();
    if (!s->base)
        return ERR_NO_MEMORY;
    s->on_term = evsignal_new(s->base, SIGTERM, on_stop_signal, s);
    s->on_int = evsignal_new(s->base, SIGINT, on_stop_signal, s);
    s->on_hup = evsignal_new(s->base, SIGHUP, on_reload_signal, s);
    if (!s->on_term || !s->on_int || !s->on_hup || evsignal_add(s->on_term, NULL) < 0 ||
        evsignal_add(s->on_int, NULL) < 0 || evsignal_add(s->on_hup, NULL) < 0)
        return ERR_NO_MEMORY;
    (void)signal(SIGPIPE, SIG_IGN);
    return 0;
}

static void stop_events(struct serving *s)
{
    struct event *const events[] = {s->on_term, s->on_int, s->on_hup};

    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (events[i])
            event_free(events[i]);
    }
    if (s->base)
        event_base_free(s->base);
}

/* ---- one step each ---- */

/* As root: ports below 1024 first, which only root may have, then a user of our own. */
static int become_own_user(struct serving *s, struct buf *message)
{
    const struct config *config = settings_now(&s->settings);
    const char *cause = NULL;
    struct own_user user;

    int err = own_user_find(config->user, config->data, &user, message);
    if (err)
        return err;
    if (!user.is_needed) {
        if (geteuid() == 0)
            log_warn("everything runs as root: give the data folder to a user of its own, or name "
                     "one with --user");
        return 0;
    }
    if (listening_address(config)) {
        err = listening_check_address(config, message);
        if (!err)
            err = http_server_bind(config->listen, listening_loops(config), s->tcp_sockets, &cause);
        if (err) {
            buf_append_slice(message, slice_from(cause)); /* NULL when it has been told */
            return err;
        }
        s->has_sockets = true;
    }
    err = own_user_become(&user, config->data, message);
    if (!err)
        log_info("runs as a user of its own", log_str("user", user.name));
    return err;
}

/* Told without its value, which may hold a password. */
static int check_redis_address(const struct config *config, struct buf *message)
{
    const char *fault = config->redis[0] ? redis_address_fault(slice_from(config->redis)) : NULL;

    if (fault)
        buf_printf(message, "bad redis: %s", fault);
    return fault ? ERR_INVALID : 0;
}

static int start_redis(struct serving *s, struct buf *message)
{
    const struct config *config = settings_now(&s->settings);

    if (config->redis[0])
        (void)slice_to_cstr(slice_from(config->redis), s->redis_address, sizeof s->redis_address);
    else
        private_redis_address(&s->dir, s->redis_address);
    if (config->local_worker) {
        const int err = worker_argv_make(&s->worker_argv, config, s->redis_address, s->dir.path);
        if (err) {
            buf_append_text(message, "there is no banmai-transcode beside this program: give its "
                                     "path with --transcoder");
            return err;
        }
    }
    const struct children_config children = {
        .base = s->base,
        .dir = &s->dir,
        .health = &s->health,
        .alarms = load_alarms(s->load),
        .has_redis = !config->redis[0],
        .redis_max_bytes = config->redis_max_bytes,
        .worker = config->local_worker ? &s->worker_argv : NULL,
    };
    return children_start(&children, &s->children, message);
}

/* The account that owns what the machine's administrator publishes. */
static int add_system_user(struct db *db)
{
    struct user user = {.role = ROLE_ADMIN, .created_at_ms = clock_wall_ms()};
    struct user found;

    if (user_store_find(db, SYSTEM_USER_ID, &found) == 0)
        return 0;
    (void)slice_to_cstr(slice_from(SYSTEM_USER_ID), user.id, sizeof user.id);
    (void)slice_to_cstr(slice_from("system"), user.login, sizeof user.login);
    (void)slice_to_cstr(slice_from("Banmai"), user.name, sizeof user.name);
    return user_store_add(db, &user, "!"); /* no password has this hash */
}

static int start_database(struct serving *s, struct buf *message)
{
    data_dir_path(&s->dir, "banmai.sqlite3", s->database_path);
    int err = db_open_writer(s->database_path, &s->writer);
    if (!err)
        err = add_system_user(s->writer);
    if (err == ERR_CORRUPT)
        buf_printf(message,
                   "the database %s is damaged (%s): restore a backup; nothing was changed",
                   s->database_path, s->writer ? err_text(err) : db_open_failure());
    else if (err)
        buf_printf(message, "cannot open the database %s: %s", s->database_path,
                   s->writer ? err_text(err) : db_open_failure());
    return err;
}

static int start_media(struct serving *s, struct buf *message)
{
    const struct config *config = settings_now(&s->settings);
    char web[PATH_MAX];

    int err = media_store_open(s->dir.path, config->disk_floor_bytes, &s->media);
    if (!err)
        err = data_dir_playback_key(&s->dir, &s->playback_key);
    if (!err)
        err = upload_registry_new(&s->uploads);
    if (err) {
        buf_printf(message, "cannot open the media store in %s: %s", s->dir.path, err_text(err));
        return err;
    }
    err = route_index_new(ROUTE_TABLES, N_ROUTE_TABLES, message, &s->routes);
    if (err)
        return err;
    if (install_web(config->web, web))
        log_warn("no web pages: build player-web, or give their folder with --web");
    else if ((err = site_load(web, &s->site)))
        buf_printf(message, "bad web: cannot load the pages in %s: %s", web, err_text(err));
    return err;
}

static void on_answered(const struct http_answered *record, void *arg)
{
    struct serving *s = arg;

    access_log_note(&s->access_log, settings_now(&s->settings), record);
}

static int start_loops(struct serving *s, struct buf *message)
{
    const struct config *config = settings_now(&s->settings);
    const struct http_limits limits = engine_limits(config);
    char control_path[PATH_MAX];
    const char *cause = NULL;

    data_dir_path(&s->dir, "control.sock", control_path);
    s->stream = (struct stream_config){
        .database_path = s->database_path,
        .redis_address = s->redis_address,
        .shared = {.config = &s->settings.now,
                   .media = s->media,
                   .playback_key = &s->playback_key,
                   .routes = s->routes,
                   .site = s->site,
                   .uploads = s->uploads,
                   .taken_back = &s->taken_back,
                   .health = &s->health,
                   .load = s->load,
                   .database = s->pools.database,
                   .readers = s->pools.readers.pool,
                   .guest_readers = s->pools.guest_readers.pool,
                   .disks = s->pools.disks,
                   .cold_reads = s->pools.cold_reads,
                   .hashers = s->pools.hashers,
                   .attempts = s->attempts},
    };
    const struct http_server_config http = {
        .listen = listening_address(config),
        .tcp_sockets = s->has_sockets ? s->tcp_sockets : NULL,
        .tls_certificate = config->tls_cert[0] ? config->tls_cert : NULL,
        .tls_key = config->tls_key[0] ? config->tls_key : NULL,
        .may_use_kernel_tls = listening_may_use_kernel_tls(config),
        .control_socket = control_path,
        .n_loops = listening_loops(config),
        .limits = &limits,
        .site = {.is_public_https = front_is_https(config->public_url),
                 .tells_timing = config->server_timing,
                 .on_request = router_handle,
                 .on_answered = on_answered,
                 .request_arg = s},
        .on_loop_start = stream_loop_start,
        .on_loop_stop = stream_loop_stop,
        .loop_arg = &s->stream,
    };
    int err = listening_check_address(config, message);
    if (!err)
        err = listening_check_tls(config, message);
    if (err)
        return err;
    err = http_server_start(&http, &s->http, &cause);
    if (err)
        buf_append_text(message, cause);
    return err;
}

static int start_core(struct serving *s)
{
    const struct dispatcher_config dispatcher = {.database_path = s->database_path,
                                                 .redis_address = s->redis_address,
                                                 .media = s->media,
                                                 .database = s->pools.database,
                                                 .health = &s->health,
                                                 .alarms = load_alarms(s->load)};
    const struct load_sampler_config sampler = {.database_path = s->database_path,
                                                .redis_address = s->redis_address,
                                                .data_path = s->dir.path,
                                                .media = s->media,
                                                .http = s->http,
                                                .health = &s->health,
                                                .load = s->load};

    int err = dispatcher_start(&dispatcher, &s->dispatcher);
    if (!err)
        err = drain_start(s->redis_address, s->pools.database, &s->health, load_alarms(s->load),
                          &s->drain);
    if (!err)
        err = finisher_start(s->database_path, s->media, s->pools.database, &s->finisher);
    if (!err)
        err = housekeeper_start(s->database_path, s->media, s->pools.database, &s->settings,
                                &s->health, &s->housekeeper);
    if (!err)
        err = load_sampler_start(&sampler, &s->load_sampler);
    if (!err)
        err = write_probe_start(s->pools.database, s->media, &s->health, &s->write_probe);
    return err;
}

/* ---- all of them ---- */

static int start(struct serving *s, struct buf *message)
{
    int err = become_own_user(s, message);

    if (!err)
        err = start_events(s);
    if (!err)
        err = check_redis_address(settings_now(&s->settings), message);
    if (!err)
        err = data_dir_open(settings_now(&s->settings)->data, &s->dir, message);
    if (!err)
        err = load_new(clock_monotonic_ms(), &s->load);
    if (!err)
        err = start_redis(s, message);
    if (!err)
        err = start_database(s, message);
    if (!err)
        err = pools_start(s->writer, s->database_path, &s->pools);
    if (!err)
        err = attempts_new(&s->attempts);
    if (!err)
        err = start_media(s, message);
    if (!err)
        err = start_loops(s, message);
    if (!err)
        err = start_core(s);
    if (!err)
        children_start_worker(s->children);
    if (err && message->length == 0)
        buf_printf(message, "cannot start: %s", err_text(err));
    return err;
}

static void stop(struct serving *s)
{
    atomic_store(&s->health.is_stopping, true);
    http_server_stop(s->http, STOP_GRACE_MS);
    if (s->children)
        children_stop_worker(s->children);
    write_probe_stop(s->write_probe);
    load_sampler_stop(s->load_sampler);
    dispatcher_stop(s->dispatcher);
    housekeeper_stop(s->housekeeper);
    finisher_stop(s->finisher);
    drain_stop(s->drain);
    pools_stop(&s->pools);
    http_server_free(s->http);
    attempts_free(s->attempts);
    upload_registry_free(s->uploads);
    site_free(s->site);
    route_index_free(s->routes);
    media_store_free(s->media);
    db_free(s->writer);
    children_free(s->children);
    load_free(s->load); /* the alarms in it outlive who raises them */
    data_dir_close(&s->dir);
    stop_events(s);
}

static void log_serving(const struct serving *s)
{
    const struct config *config = settings_now(&s->settings);
    struct slice address = slice_from(config->listen);
    char host[128] = "";
    char redis[REDIS_ADDRESS_TEXT_SIZE];

    while (address.length > 0 && address.data[address.length - 1] != ':')
        address.length--;
    if (address.length > 0)
        address.length--; /* the colon */
    (void)slice_to_cstr(address, host, sizeof host);
    redis_address_show(s->redis_address, redis);
    log_info("serving", log_str("data", s->dir.path), log_str("host", host),
             log_int("port", http_server_port(s->http)),
             log_bool("tls", config->tls_cert[0] != '\0'), log_str("redis", redis),
             log_bool("worker", config->local_worker), log_bool("pages", s->site != NULL));
}

int serve_run(const struct config *config, serve_reload_fn *reload, void *arg, struct buf *message)
{
    struct serving *s = calloc(1, sizeof *s);
    int err;

    if (!s || settings_init(&s->settings, config)) {
        free(s);
        buf_append_text(message, "out of memory");
        return ERR_NO_MEMORY;
    }
    s->reload = reload;
    s->reload_arg = arg;
    s->dir.lock_fd = -1;
    versions_log();
    err = start(s, message);
    if (!err) {
        log_serving(s);
        (void)event_base_dispatch(s->base);
    }
    stop(s);
    if (!err)
        log_info("stopped");
    settings_clear(&s->settings);
    free(s);
    return err;
}
