// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/kernel_tls.h"

#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "common/cleanup.h"
#include "common/err.h"

enum {
    APPLICATION_DATA = 23, /* the first byte of such a record */
    RECORD_HEAD_BYTES = 5,
    RECORD_TYPE_BYTES = 1, /* in the encrypted part, of TLS 1.3 */
};

static int listen_on_loopback(struct sockaddr_in *ret_address)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    CLEANUP(close_fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, length) < 0 || listen(fd, 1) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -1;
    *ret_address = address;
    const int ret = fd;
    fd = -1;
    return ret;
}

/* The two ends of one connection. Returns 0 or ERR_IO. */
static int connect_to_ourselves(int *ret_from, int *ret_to)
{
    const struct timeval patience = {.tv_sec = 1};
    struct sockaddr_in address;
    CLEANUP(close_fd) int listener = listen_on_loopback(&address);
    CLEANUP(close_fd) int from = -1;

    if (listener < 0)
        return ERR_IO;
    from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (from < 0 || connect(from, (const struct sockaddr *)&address, sizeof address) < 0)
        return ERR_IO;
    const int to = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (to < 0)
        return ERR_IO;
    (void)setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    *ret_from = from;
    *ret_to = to;
    from = -1;
    return 0;
}

static bool give_key(int fd)
{
    const struct tls12_crypto_info_aes_gcm_128 key = {
        .info = {.version = TLS_1_3_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128}};

    return setsockopt(fd, SOL_TLS, TLS_TX, &key, sizeof key) == 0;
}

/* Whether one byte that is written comes out as a record. */
static bool makes_records(int from, int to)
{
    static const char PLAIN[1] = "p";
    unsigned char record[RECORD_HEAD_BYTES + sizeof PLAIN + RECORD_TYPE_BYTES +
                         TLS_CIPHER_AES_GCM_128_TAG_SIZE];

    return send(from, PLAIN, sizeof PLAIN, MSG_NOSIGNAL) == (ssize_t)sizeof PLAIN &&
           recv(to, record, sizeof record, MSG_WAITALL) == (ssize_t)sizeof record &&
           record[0] == APPLICATION_DATA && record[4] == sizeof record - RECORD_HEAD_BYTES;
}

/* NULL when all of it works. */
static const char *find_what_is_missing(void)
{
    CLEANUP(close_fd) int from = -1;
    CLEANUP(close_fd) int to = -1;

#ifdef OPENSSL_NO_KTLS
    return "OpenSSL was built without it";
#endif
    if (connect_to_ourselves(&from, &to) < 0)
        return "no connection over the loopback device to try it on";
    if (setsockopt(from, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") < 0)
        return "the kernel has none, or its module \"tls\" is not loaded";
    if (!give_key(from))
        return "the kernel does not encrypt TLS 1.3";
    if (!makes_records(from, to))
        return "what the kernel sends is no TLS 1.3";
    return NULL;
}

int kernel_tls_probe(const char **ret_reason)
{
    const char *reason = find_what_is_missing();

    if (!reason)
        return 0;
    *ret_reason = reason;
    return ERR_UNSUPPORTED;
}
