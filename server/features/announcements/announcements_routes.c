// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/announcements/announcements.h"
#include "server/web/change.h"

struct announcement {
    char text[ANNOUNCEMENT_TEXT_SIZE];
};

static const struct field FIELDS[] = {
    FIELD(FIELD_TEXT, struct announcement, text, .min = 1, .max = ANNOUNCEMENT_MAX_CHARS,
          .is_required = true, .is_multiline = true),
};

static int make(struct db *db, struct change *c)
{
    const struct announcement *made = c->body;

    id_new(c->object_id);
    return announcement_store_add(db, c->object_id, made->text, c->now_ms);
}

static int withdraw(struct db *db, struct change *c)
{
    return announcement_store_withdraw(db, c->object_id, c->now_ms);
}

static const struct change_kind MAKE = {.action = "announcement.make",
                                        CHANGE_BODY(struct announcement, FIELDS),
                                        .apply = make,
                                        .status = 201};
static const struct change_kind WITHDRAW = {.action = "announcement.withdraw",
                                            .apply = withdraw,
                                            .status = 204};

static void handle_list(struct call *call)
{
    list_answer(call, &ANNOUNCEMENT_LIST);
}

static void handle_make(struct call *call)
{
    change_start(call, &MAKE);
}

static void handle_withdraw(struct call *call)
{
    change_start(call, &WITHDRAW);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/announcements", POLICY_ANYONE, NULL, handle_list),
    ROUTE(HTTP_POST, "/api/v1/announcements", POLICY_ADMIN, NULL, handle_make),
    ROUTE(HTTP_DELETE, "/api/v1/announcements/{id}", POLICY_ADMIN, NULL, handle_withdraw),
};
/* clang-format on */

const struct route_table ANNOUNCEMENT_ROUTES = ROUTE_TABLE("announcements", ROUTES);
