// SPDX-License-Identifier: GPL-3.0-or-later
/* weighted_item.h - the items of the Accept fields with their weights (RFC 9110 §12.4.2). Pure. */
#ifndef SERVER_HTTP_MESSAGE_WEIGHTED_ITEM_H
#define SERVER_HTTP_MESSAGE_WEIGHTED_ITEM_H

#include "common/slice.h"

/* Takes the first "name" or "name;q=weight" off *rest, which becomes a NULL slice behind the last.
 * *ret_weight is in thousandths, 0 to 1000; a malformed weight counts as 0. */
struct slice weighted_item_take(struct slice *rest, int *ret_weight);

#endif
