// SPDX-License-Identifier: GPL-3.0-or-later
/* err.h - how functions fail: 0 is success, a negative ERR_ value says what kind of failure.
 *
 * The kinds are those a caller can act on differently. Outputs (ret_ parameters) are untouched on
 * failure. The text of a kind is for logs; people get a sentence from where the failure happened.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

enum err {
    ERR_OK = 0,
    ERR_INVALID = -1,      /* the argument or the input breaks its contract */
    ERR_NO_MEMORY = -2,    /* an allocation failed */
    ERR_IO = -3,           /* a device, file or socket failed */
    ERR_NOT_FOUND = -4,    /* no such thing */
    ERR_EXISTS = -5,       /* such a thing is there already */
    ERR_CONFLICT = -6,     /* the thing is in another state than the caller believes */
    ERR_TOO_LARGE = -7,    /* a cap was reached */
    ERR_NO_SPACE = -8,     /* the disk or the quota is full */
    ERR_UNAVAILABLE = -9,  /* a service that is needed does not answer now; try again later */
    ERR_DENIED = -10,      /* not allowed */
    ERR_TIMEOUT = -11,     /* a deadline passed */
    ERR_CANCELLED = -12,   /* somebody asked to stop */
    ERR_CORRUPT = -13,     /* stored data breaks its own rules */
    ERR_AGAIN = -14,       /* nothing to be had now; not a fault */
    ERR_UNSUPPORTED = -15, /* understood, but not something we do */
};

/* A few lower-case words for a kind of failure; never NULL, static. */
const char *err_text(int err);

/* The kind of failure that an errno value stands for; ERR_IO when none fits better. */
int err_from_errno(int errnum);

#endif
