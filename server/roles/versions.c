// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/versions.h"

#include <argon2.h>
#include <brotli/encode.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <jansson.h>
#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>
#include <utf8proc.h>
#include <zlib.h>

#include "common/log.h"

void versions_log(void)
{
    char hiredis[32];
    char argon2[16];
    char brotli[16];
    char glibc[32] = "";
    const uint32_t brotli_version = BrotliEncoderVersion();

    /* these two tell their version in their headers alone */
    (void)snprintf(hiredis, sizeof hiredis, "%d.%d.%d", HIREDIS_MAJOR, HIREDIS_MINOR,
                   HIREDIS_PATCH);
    (void)snprintf(argon2, sizeof argon2, "%x", (unsigned)ARGON2_VERSION_NUMBER);
    (void)snprintf(brotli, sizeof brotli, "%u.%u.%u", (unsigned)(brotli_version >> 24),
                   (unsigned)(brotli_version >> 12 & 0xfff), (unsigned)(brotli_version & 0xfff));
    (void)confstr(_CS_GNU_LIBC_VERSION, glibc, sizeof glibc);
    log_info("banmai starts", log_str("version", BANMAI_VERSION), log_int("pid", getpid()),
             log_str("libevent", event_get_version()),
             log_str("openssl", OpenSSL_version(OPENSSL_VERSION_STRING)),
             log_str("nghttp2", nghttp2_version(0)->version_str),
             log_str("sqlite", sqlite3_libversion()), log_str("hiredis", hiredis),
             log_str("jansson", jansson_version_str()), log_str("zlib", zlibVersion()),
             log_str("brotli", brotli), log_str("argon2", argon2),
             log_str("utf8proc", utf8proc_version()), log_str("libc", glibc));
}
