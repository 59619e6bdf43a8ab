// SPDX-License-Identifier: GPL-3.0-or-later
/* page_routes.h - the built pages, for every path that no route has. */
#ifndef SERVER_WEB_PAGE_ROUTES_H
#define SERVER_WEB_PAGE_ROUTES_H

struct call;

/* Answers with the page or the file of it that the path names, or 404. */
void handle_page(struct call *call);

#endif
