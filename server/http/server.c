// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/server.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/work_pool.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/read_ahead.h"
#include "server/http/h1/h1_session.h"
#include "server/http/h2/h2_session.h"
#include "server/http/loop/loop_core.h"
#include "server/http/message/limits.h"
#include "server/http/socket/listener.h"
#include "server/http/socket/tls.h"
#include "server/http/socket/tls_tickets.h"

/* Two disks' worth of waiting; a read that finds no place in the queue is done by the loop. */
static const struct work_pool_config DISKS = {.name = "read-ahead",
                                              .n_threads = 2,
                                              .queue_length = 1024};

enum { MAX_LOOPS = 64, MIN_CONNECTIONS = 64, MESSAGE_SIZE = 256 };

struct http_server {
    struct http_server_config config;
    struct http_engine engine;
    struct tls_tickets *tickets; /* NULL without TLS */
    _Atomic int64_t tls_expires_s;
    char *tls_certificate; /* owned copies of the paths, for reloading */
    char *tls_key;
    char *control_socket;
    uint16_t port;
    unsigned n_loops; /* initialised */
    unsigned n_threads;
    struct http_loop loops[MAX_LOOPS];
    struct listener tcp_listeners[MAX_LOOPS];
    struct listener control_listener; /* on the first loop */
};

DEFINE_CLEANUP(http_server_free, struct http_server *)

static const char *message_for(int err, const char *what, const char *subject)
{
    static _Thread_local char message[MESSAGE_SIZE];
    const char *cause = err == ERR_EXISTS      ? "address already in use"
                        : err == ERR_NOT_FOUND ? "no such address on this host"
                                               : err_text(err);

    (void)snprintf(message, sizeof message, "%s %s: %s", what, subject, cause);
    return message;
}

/* ---- Loops ---- */

/* How a loop's thread tells that it has started, or why not. */
struct start_report {
    const struct http_server_config *config;
    struct http_loop *loop;
    sem_t done;
    int err;
};

/* Whatever signals arrive meanwhile. */
static void wait_for(sem_t *event)
{
    int result = 0;

    do
        result = sem_wait(event);
    while (result < 0);
}

static void *loop_thread(void *arg)
{
    struct start_report *report = arg;
    struct http_loop *loop = report->loop;
    const struct http_server_config *config = report->config;

    report->err =
        config->on_loop_start ? config->on_loop_start(loop, config->loop_arg, &loop->context) : 0;
    const bool is_started = report->err == 0;
    (void)sem_post(&report->done); /* the report is gone after this */
    if (!is_started)
        return NULL;
    loop_run(loop);
    if (config->on_loop_stop)
        config->on_loop_stop(loop, loop->context);
    return NULL;
}

/* Signals are for the main thread. SIGPIPE, blocked here, cannot end the process either. */
static int create_thread(struct http_loop *loop, struct start_report *report)
{
    sigset_t all;
    sigset_t before;
    char name[16];

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const int result = pthread_create(&loop->thread, NULL, loop_thread, report);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0)
        return ERR_NO_MEMORY;
    (void)snprintf(name, sizeof name, "loop-%u", loop->index);
    (void)pthread_setname_np(loop->thread, name);
    return 0;
}

static int start_thread(struct http_server *server, struct http_loop *loop)
{
    struct start_report report = {.config = &server->config, .loop = loop};

    (void)sem_init(&report.done, 0, 0);
    int err = create_thread(loop, &report);
    if (err == 0) {
        wait_for(&report.done);
        err = report.err;
        if (err == 0)
            server->n_threads++;
        else
            (void)pthread_join(loop->thread, NULL);
    }
    (void)sem_destroy(&report.done);
    return err;
}

/* The socket of the loop with that index; the first one finds *port, the others share it. */
static int bind_tcp(const char *address, unsigned index, uint16_t *port, int *ret_fd,
                    const char **ret_message)
{
    const bool is_first = index == 0;
    char chosen[MESSAGE_SIZE];

    if (!is_first) { /* the port that the first one got */
        const char *colon = strrchr(address, ':');
        (void)snprintf(chosen, sizeof chosen, "%.*s:%u", (int)(colon - address), address,
                       (unsigned)*port);
        address = chosen;
    }
    const int err = listener_open_tcp(address, is_first, ret_fd, port);
    if (err < 0)
        *ret_message = message_for(err, "cannot listen on", address);
    return err;
}

int http_server_bind(const char *listen, unsigned n_loops, int sockets[], const char **ret_message)
{
    uint16_t port = 0;

    for (unsigned i = 0; i < n_loops; i++) {
        const int err = bind_tcp(listen, i, &port, &sockets[i], ret_message);
        if (err < 0) {
            while (i-- > 0)
                (void)close(sockets[i]);
            return err;
        }
    }
    return 0;
}

static int open_tcp(struct http_server *server, struct http_loop *loop, const char **ret_message)
{
    const struct http_server_config *config = &server->config;
    int fd = -1;
    int err = 0;

    if (config->tcp_sockets) {
        fd = config->tcp_sockets[loop->index];
        server->port = listener_port(fd);
    } else {
        err = bind_tcp(config->listen, loop->index, &server->port, &fd, ret_message);
    }
    return err < 0 ? err : listener_start(&server->tcp_listeners[loop->index], loop, fd, false);
}

static int open_control_socket(struct http_server *server, const char **ret_message)
{
    struct http_loop *loop = &server->loops[0];
    int fd = -1;

    int err = listener_open_unix(server->control_socket, &fd);
    if (err == 0)
        err = listener_start(&server->control_listener, loop, fd, true);
    if (err < 0)
        *ret_message = message_for(err, "cannot listen on", server->control_socket);
    return err;
}

static int start_loops(struct http_server *server, struct tls_context *tls,
                       const char **ret_message)
{
    const struct http_server_config *config = &server->config;
    int err = 0;

    *ret_message = "cannot set up an event loop: out of memory or descriptors";
    for (unsigned i = 0; i < config->n_loops && err == 0; i++) {
        struct http_loop *loop = &server->loops[i];
        err = loop_init(loop, &server->engine, i);
        server->n_loops++;
        if (err == 0 && tls)
            err = tls_set_context(loop, tls);
        if (err == 0 && config->listen)
            err = open_tcp(server, loop, ret_message);
    }
    if (err == 0 && server->control_socket)
        err = open_control_socket(server, ret_message);
    for (unsigned i = 0; i < config->n_loops && err == 0; i++) {
        err = start_thread(server, &server->loops[i]);
        if (err < 0)
            *ret_message = message_for(err, "cannot start", "an event loop");
    }
    return err;
}

/* ---- Start ---- */

static int copy_text(const char *text, char **ret_copy)
{
    if (!text)
        return 0;
    *ret_copy = strdup(text);
    return *ret_copy ? 0 : ERR_NO_MEMORY;
}

/* As many connections as descriptors allow; asks for as many descriptors as it may have. */
static uint32_t find_max_connections(const struct http_limits *limits)
{
    struct rlimit files = {.rlim_cur = 1024};

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
        (void)getrlimit(RLIMIT_NOFILE, &files);
    }
    uint32_t n = files.rlim_cur > INT32_MAX ? INT32_MAX : (uint32_t)files.rlim_cur;
    n = n > HTTP_RESERVED_DESCRIPTORS + MIN_CONNECTIONS ? n - HTTP_RESERVED_DESCRIPTORS
                                                        : MIN_CONNECTIONS;
    return limits->max_connections > 0 && limits->max_connections < n ? limits->max_connections : n;
}

static int new_server(const struct http_server_config *config, struct http_server **ret_server)
{
    CLEANUP(http_server_free) struct http_server *server = calloc(1, sizeof *server);

    if (!server)
        return ERR_NO_MEMORY;
    server->config = *config;
    server->engine.site = &server->config.site;
    server->engine.start_h1 = h1_session_start;
    server->engine.start_h2 = h2_session_start;
    server->engine.limits = config->limits ? *config->limits : HTTP_DEFAULT_LIMITS;
    server->engine.max_connections = find_max_connections(&server->engine.limits);
    if (copy_text(config->tls_certificate, &server->tls_certificate) < 0 ||
        copy_text(config->tls_key, &server->tls_key) < 0 ||
        copy_text(config->control_socket, &server->control_socket) < 0)
        return ERR_NO_MEMORY;
    *ret_server = server;
    server = NULL;
    return 0;
}

static int new_tls(struct http_server *server, struct tls_context **ret_tls,
                   const char **ret_message)
{
    const struct tls_config config = {.certificate = server->tls_certificate,
                                      .key = server->tls_key,
                                      .tickets = server->tickets,
                                      .may_use_kernel = server->config.may_use_kernel_tls};

    const int err = tls_context_new(&config, ret_tls, ret_message);
    if (!err)
        atomic_store(&server->tls_expires_s, tls_context_expires_s(*ret_tls));
    return err;
}

int http_server_start(const struct http_server_config *config, struct http_server **ret_server,
                      const char **ret_message)
{
    CLEANUP(http_server_free) struct http_server *server = NULL;
    struct tls_context *tls = NULL;

    *ret_message = "out of memory";
    if (config->n_loops == 0 || config->n_loops > MAX_LOOPS ||
        !config->tls_certificate != !config->tls_key) {
        *ret_message = "the number of loops must be 1 to 64, and TLS needs certificate and key";
        return ERR_INVALID;
    }
    int err = new_server(config, &server);
    if (err == 0 && config->tls_certificate)
        err = tls_tickets_new(&server->tickets);
    if (err == 0 && config->tls_certificate)
        err = new_tls(server, &tls, ret_message);
    if (err == 0)
        err = work_pool_start(&DISKS, &server->engine.disks);
    if (err == 0)
        err = start_loops(server, tls, ret_message);
    tls_context_unref(tls);
    if (err < 0)
        return err;
    *ret_server = server;
    server = NULL;
    return 0;
}

const char *http_listen_fault(const char *address)
{
    return listener_fault(address);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

int64_t http_server_tls_expires_s(const struct http_server *server)
{
    return server->tickets ? atomic_load(&server->tls_expires_s) : -1;
}

void http_server_counters(const struct http_server *server, unsigned loop_index,
                          struct http_counters *ret_counters)
{
    *ret_counters = (struct http_counters){.values = {0}};
    for (unsigned i = 0; i < server->n_loops; i++) {
        if (loop_index == HTTP_ALL_LOOPS || loop_index == i)
            counters_add_up(&server->loops[i].counters, ret_counters);
    }
}

/* ---- Messages to the loops ---- */

/* A call that each loop makes once; the sender waits for all of them. */
struct order {
    struct mail mail;
    struct http_server *server;
    struct http_loop *loop;
    struct tls_context *tls;
    uint32_t grace_ms;
    sem_t *done;
};

static void take_new_tls(void *arg)
{
    struct order *order = arg;

    (void)tls_set_context(order->loop, order->tls); /* fails at first only */
    (void)sem_post(order->done);
}

int http_server_reload_tls(struct http_server *server, const char **ret_message)
{
    struct order orders[MAX_LOOPS];
    struct tls_context *tls = NULL;
    sem_t done;

    *ret_message = "TLS is not configured";
    if (!server->tickets)
        return ERR_INVALID;
    const int err = new_tls(server, &tls, ret_message);
    if (err < 0)
        return err;
    (void)sem_init(&done, 0, 0);
    for (unsigned i = 0; i < server->n_threads; i++) {
        struct order *order = &orders[i];
        *order = (struct order){.mail = {.fn = take_new_tls, .arg = order},
                                .loop = &server->loops[i],
                                .tls = tls,
                                .done = &done};
        mail_queue_post(&server->loops[i].mail, &order->mail);
    }
    for (unsigned i = 0; i < server->n_threads; i++)
        wait_for(&done);
    (void)sem_destroy(&done);
    tls_context_unref(tls);
    return 0;
}

static void stop_loop(void *arg)
{
    const struct order *order = arg;
    struct http_loop *loop = order->loop;

    listener_drain_and_close(&order->server->tcp_listeners[loop->index]);
    if (loop->index == 0)
        listener_drain_and_close(&order->server->control_listener);
    loop_begin_stop(loop, order->grace_ms);
}

void http_server_stop(struct http_server *server, uint32_t grace_ms)
{
    struct order orders[MAX_LOOPS];

    if (!server || server->n_threads == 0)
        return;
    for (unsigned i = 0; i < server->n_threads; i++) {
        struct order *order = &orders[i];
        *order = (struct order){.mail = {.fn = stop_loop, .arg = order},
                                .server = server,
                                .loop = &server->loops[i],
                                .grace_ms = grace_ms};
        mail_queue_post(&server->loops[i].mail, &order->mail);
    }
    for (unsigned i = 0; i < server->n_threads; i++)
        (void)pthread_join(server->loops[i].thread, NULL);
    server->n_threads = 0;
    if (server->control_socket)
        (void)unlink(server->control_socket);
}

static void clear_loop(struct http_server *server, struct http_loop *loop)
{
    listener_close(&server->tcp_listeners[loop->index]);
    read_ahead_clear(loop);
    exchange_clear_spare(loop);
    h2_session_clear_spare(loop);
    tls_clear_context(loop);
    loop_clear(loop);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    http_server_stop(server, 0);
    work_pool_free(server->engine.disks);
    listener_close(&server->control_listener);
    for (unsigned i = 0; i < server->n_loops; i++)
        clear_loop(server, &server->loops[i]);
    tls_tickets_free(server->tickets);
    free(server->tls_certificate);
    free(server->tls_key);
    free(server->control_socket);
    free(server);
}
