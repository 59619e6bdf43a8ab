// SPDX-License-Identifier: GPL-3.0-or-later
/* exposition.h - the load as Prometheus reads it (text format 0.0.4). A metric is one row of the
 * table in exposition.c. What is not known is left out. Pure. */
#ifndef SERVER_LOAD_EXPOSITION_H
#define SERVER_LOAD_EXPOSITION_H

#include "common/buf.h"
#include "server/load/load.h"

void exposition_write(const struct load_view *view, struct buf *text);

#endif
