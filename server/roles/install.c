// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/install.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/slice.h"

int install_self(char path[PATH_MAX])
{
    const ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

    if (n <= 0)
        return ERR_NOT_FOUND;
    path[n] = '\0';
    return 0;
}

/* The first of the places, relative to our folder, that is there; ends with NULL. */
static int find(const char *wanted, const char *const places[], int mode, char path[PATH_MAX])
{
    char folder[PATH_MAX];

    if (wanted[0])
        return access(wanted, mode) == 0 ? slice_to_cstr(slice_from(wanted), path, PATH_MAX)
                                         : ERR_NOT_FOUND;
    if (install_self(folder))
        return ERR_NOT_FOUND;
    *strrchr(folder, '/') = '\0'; /* the kernel gives an absolute path */
    for (size_t i = 0; places[i]; i++) {
        const int n = snprintf(path, PATH_MAX, "%s/%s", folder, places[i]);
        if (n > 0 && n < PATH_MAX && access(path, mode) == 0)
            return 0;
    }
    return ERR_NOT_FOUND;
}

int install_transcoder(const char *wanted, char path[PATH_MAX])
{
    static const char *const PLACES[] = {"banmai-transcode", "../transcoder/banmai-transcode",
                                         NULL};

    return find(wanted, PLACES, X_OK, path);
}

int install_web(const char *wanted, char path[PATH_MAX])
{
    static const char *const PLACES[] = {"../share/banmai/web", "../../../player-web/dist", NULL};

    return find(wanted, PLACES, R_OK | X_OK, path);
}
