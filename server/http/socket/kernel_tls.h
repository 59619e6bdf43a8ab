// SPDX-License-Identifier: GPL-3.0-or-later
/* kernel_tls.h - whether the kernel can encrypt what a TLS connection sends.
 *
 * Where it can, OpenSSL hands it the key at the end of a handshake (tls_bio.h), and from then on
 * the socket is written to as a plain one: the kernel makes records of what it gets, also of pages
 * that sendfile() gives it. Whether it can is found out by doing it: versions and build options
 * tell less, and the module may not be loaded. */
#ifndef SERVER_HTTP_SOCKET_KERNEL_TLS_H
#define SERVER_HTTP_SOCKET_KERNEL_TLS_H

/* Opens a connection from this host to itself, gives its end a key of TLS 1.3 and looks at a record
 * that comes out; then closes it. Blocks, at most for a second. Any thread.
 * Returns 0, or ERR_UNSUPPORTED with a static sentence in *ret_reason that says what is missing. */
int kernel_tls_probe(const char **ret_reason);

#endif
