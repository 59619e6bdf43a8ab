// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/err.h"

#include <errno.h>

static const char *const TEXTS[] = {
    [-ERR_OK] = "success",
    [-ERR_INVALID] = "invalid argument or input",
    [-ERR_NO_MEMORY] = "out of memory",
    [-ERR_IO] = "input/output failed",
    [-ERR_NOT_FOUND] = "not found",
    [-ERR_EXISTS] = "exists already",
    [-ERR_CONFLICT] = "in another state than expected",
    [-ERR_TOO_LARGE] = "too large",
    [-ERR_NO_SPACE] = "no space left",
    [-ERR_UNAVAILABLE] = "service unavailable",
    [-ERR_DENIED] = "not allowed",
    [-ERR_TIMEOUT] = "timed out",
    [-ERR_CANCELLED] = "cancelled",
    [-ERR_CORRUPT] = "stored data is corrupt",
    [-ERR_AGAIN] = "nothing available now",
    [-ERR_UNSUPPORTED] = "not supported",
};

const char *err_text(int err)
{
    if (err > ERR_OK || err < ERR_UNSUPPORTED)
        return "unknown failure";
    return TEXTS[-err];
}

int err_from_errno(int errnum)
{
    switch (errnum) {
    case 0:
        return ERR_OK;
    case EINVAL:
    case ENAMETOOLONG:
        return ERR_INVALID;
    case ENOMEM:
        return ERR_NO_MEMORY;
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EFBIG:
    case EMSGSIZE:
        return ERR_TOO_LARGE;
    case ENOSPC:
    case EDQUOT:
        return ERR_NO_SPACE;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    case EAGAIN:
        return ERR_AGAIN;
    case ECONNREFUSED:
    case EMFILE: /* until somebody closes a descriptor */
    case ENFILE:
    case ENOBUFS:
        return ERR_UNAVAILABLE;
    default:
        return ERR_IO;
    }
}
