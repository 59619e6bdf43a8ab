// SPDX-License-Identifier: GPL-3.0-or-later
/* install.h - where this program's companions are: beside it when installed, or in the build tree.
 */
#ifndef SERVER_ROLES_INSTALL_H
#define SERVER_ROLES_INSTALL_H

#include <limits.h>

/* This program's own path. Returns 0 or ERR_NOT_FOUND. */
int install_self(char path[PATH_MAX]);

/* banmai-transcode: `wanted` when it is not empty, else beside us. Returns 0 or ERR_NOT_FOUND. */
int install_transcoder(const char *wanted, char path[PATH_MAX]);

/* The folder of the built pages, likewise. */
int install_web(const char *wanted, char path[PATH_MAX]);

#endif
