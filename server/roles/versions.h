// SPDX-License-Identifier: GPL-3.0-or-later
/* versions.h - the first line of every log: what runs here. */
#ifndef SERVER_ROLES_VERSIONS_H
#define SERVER_ROLES_VERSIONS_H

/* Logs this program's version and those of the libraries that are linked at run time, so that a
 * security notice can be checked against a log. */
void versions_log(void);

#endif
