// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/listening.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "server/config.h"
#include "server/http/server.h"
#include "server/http/socket/kernel_tls.h"

const char *listening_address(const struct config *config)
{
    return strcmp(config->listen, "none") == 0 ? NULL : config->listen;
}

static size_t n_cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n > 0 ? (size_t)n : 1;
}

unsigned listening_loops(const struct config *config)
{
    const size_t n = config->loops ? (size_t)config->loops : n_cores();

    return n < LISTENING_MAX_LOOPS ? (unsigned)n : LISTENING_MAX_LOOPS;
}

int listening_check_address(const struct config *config, struct buf *message)
{
    const char *address = listening_address(config);
    const char *fault = address ? http_listen_fault(address) : NULL;

    if (fault)
        buf_printf(message, "bad listen \"%s\": %s", address, fault);
    return fault ? ERR_INVALID : 0;
}

int listening_check_tls(const struct config *config, struct buf *message)
{
    const char *const paths[] = {config->tls_cert, config->tls_key};
    const char *const names[] = {"tls_cert", "tls_key"};

    for (size_t i = 0; i < 2; i++) {
        if (paths[i][0] && access(paths[i], R_OK) < 0) {
            buf_printf(message, "bad %s: cannot read %s: %s", names[i], paths[i],
                       strerrordesc_np(errno));
            return ERR_DENIED;
        }
    }
    return 0;
}

bool listening_may_use_kernel_tls(const struct config *config)
{
    const char *reason = NULL;

    if (!config->tls_key[0])
        return false;
    if (!config->kernel_tls)
        reason = "the setting kernel_tls says no";
    else if (kernel_tls_probe(&reason) == 0)
        reason = NULL;
    if (reason)
        log_info("TLS is encrypted by OpenSSL alone", log_str("cause", reason));
    else
        log_info("what is sent over TLS is encrypted by the kernel");
    return !reason;
}
