// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/package_files.h"

#include <string.h>

#include "common/err.h"

static bool is_plain(struct slice uri)
{
    for (size_t i = 0; i < uri.length; i++) {
        const unsigned char c = (unsigned char)uri.data[i];
        if (c <= ' ' || c >= 127 || c == '\\' || c == '"' || c == ':' || c == '#')
            return false;
    }
    return uri.length > 0 && uri.data[0] != '/';
}

static bool has_step_up(struct slice uri)
{
    while (uri.length > 0) {
        const struct slice part = slice_split(&uri, '/');
        if (slice_is(part, "..") || slice_is(part, "."))
            return true;
    }
    return false;
}

int package_path_resolve(const char *base, struct slice uri, char path[PACKAGE_PATH_SIZE])
{
    const char *slash = strrchr(base, '/');
    const size_t folder = slash ? (size_t)(slash - base) + 1 : 0;

    if (!is_plain(uri) || has_step_up(uri) || folder + uri.length >= PACKAGE_PATH_SIZE)
        return ERR_DENIED;
    memcpy(path, base, folder);
    memcpy(path + folder, uri.data, uri.length);
    path[folder + uri.length] = '\0';
    return 0;
}
