// SPDX-License-Identifier: GPL-3.0-or-later
/* handshakes.c - new TLS connections as fast as a few threads can make them, each with one request.
 *
 *   bench-handshakes PORT PATH SECONDS THREADS full|resumed 1.2|1.3
 *
 * Prints "N connections, R resumed, in S s". Resumed ones use the ticket of the connection before.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 64, BUFFER_SIZE = 65536 };

struct plan {
    uint16_t port;
    const char *path;
    double end_s;
    bool is_resumed;
    int version;
};

struct worker {
    const struct plan *plan;
    pthread_t thread;
    SSL_CTX *context;
    SSL_SESSION *session; /* the newest ticket */
    unsigned long n_connections;
    unsigned long n_resumed;
};

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct worker *w = SSL_get_app_data(ssl);

    SSL_SESSION_free(w->session);
    w->session = session;
    return 1;
}

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int one = 1;
    const struct linger abort_at_close = {.l_onoff = 1}; /* no TIME_WAIT: ports would run out */
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        fail("cannot connect");
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_at_close, sizeof abort_at_close);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* Reads until the answer's head and its declared body are there. */
static void read_answer(SSL *ssl)
{
    static _Thread_local char buffer[BUFFER_SIZE + 1];
    size_t length = 0;
    size_t wanted = SIZE_MAX;

    while (length < wanted) {
        const int n = SSL_read(ssl, buffer + length, (int)(BUFFER_SIZE - length));
        if (n <= 0)
            fail("no answer");
        length += (size_t)n;
        buffer[length] = '\0';
        const char *end = strstr(buffer, "\r\n\r\n");
        const char *field = end ? strcasestr(buffer, "content-length:") : NULL;
        if (field)
            wanted = (size_t)(end + 4 - buffer) + strtoul(field + 15, NULL, 10);
    }
    if (strncmp(buffer, "HTTP/1.1 200", 12) != 0)
        fail("the answer is not 200");
}

static void connect_once(struct worker *w)
{
    char request[1024];
    const int fd = connect_to(w->plan->port);
    SSL *ssl = SSL_new(w->context);

    if (!ssl || SSL_set_fd(ssl, fd) != 1)
        fail("no memory");
    SSL_set_app_data(ssl, w);
    if (w->plan->is_resumed && w->session && SSL_set_session(ssl, w->session) != 1)
        fail("cannot offer the ticket");
    if (SSL_connect(ssl) != 1)
        fail("no handshake");
    w->n_connections++;
    if (SSL_session_reused(ssl))
        w->n_resumed++;
    const int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                           w->plan->path);
    if (SSL_write(ssl, request, n) != n)
        fail("cannot write");
    read_answer(ssl);
    /* Else OpenSSL takes the session for one that must not be resumed. */
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
    (void)close(fd);
}

static void *run(void *arg)
{
    struct worker *w = arg;

    while (now_s() < w->plan->end_s)
        connect_once(w);
    return NULL;
}

static SSL_CTX *new_context(int version)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (!context || !SSL_CTX_set_min_proto_version(context, version) ||
        !SSL_CTX_set_max_proto_version(context, version))
        fail("no TLS context");
    (void)SSL_CTX_set_session_cache_mode(context,
                                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, on_session);
    return context;
}

int main(int argc, char **argv)
{
    static struct worker workers[MAX_THREADS];
    struct plan plan = {0};

    if (argc != 7)
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    const double seconds = strtod(argv[3], NULL);
    const double start = now_s();
    const int n = (int)strtol(argv[4], NULL, 10);
    plan.port = (uint16_t)strtoul(argv[1], NULL, 10);
    plan.path = argv[2];
    plan.end_s = start + seconds;
    plan.is_resumed = strcmp(argv[5], "resumed") == 0;
    plan.version = strcmp(argv[6], "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    for (int i = 0; i < n && i < MAX_THREADS; i++) {
        workers[i].plan = &plan;
        workers[i].context = new_context(plan.version);
        if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
            fail("no thread");
    }
    unsigned long n_connections = 0;
    unsigned long n_resumed = 0;
    for (int i = 0; i < n && i < MAX_THREADS; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        n_connections += workers[i].n_connections;
        n_resumed += workers[i].n_resumed;
    }
    (void)printf("%lu connections, %lu resumed, in %.3f s\n", n_connections, n_resumed,
                 now_s() - start);
    return 0;
}
