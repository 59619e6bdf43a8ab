// SPDX-License-Identifier: GPL-3.0-or-later
/* All URLs of the server, in one place. Anything else that a browser may GET is a page of the web
 * applications (router.c). */
#include "server/web/handlers.h"
#include "server/web/router.h"

/* clang-format off */
const struct route ROUTES[] = {
    /* playback first: most requests are for segments */
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/media.m3u8", POLICY_PLAYBACK, OBJECT_NONE, handle_media_playlist),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/iframes.m3u8", POLICY_PLAYBACK, OBJECT_NONE, handle_iframe_playlist),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/init.mp4",   POLICY_PLAYBACK, OBJECT_NONE, handle_init_section),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{rendition}/{segment}",  POLICY_PLAYBACK, OBJECT_NONE, handle_segment),
    ROUTE(HTTP_GET, "/v/{token}/{package}/multivariant.m3u8",      POLICY_PLAYBACK, OBJECT_NONE, handle_multivariant),
    ROUTE(HTTP_GET, "/v/{token}/{package}/audio.m3u8",             POLICY_PLAYBACK, OBJECT_NONE, handle_audio_only),
    ROUTE(HTTP_GET, "/v/{token}/{package}/{file}",                 POLICY_PLAYBACK, OBJECT_NONE, handle_package_file),

    ROUTE(HTTP_POST,   "/api/v1/progress",               POLICY_SIGNED_IN, OBJECT_NONE,    handle_progress_report),
    ROUTE(HTTP_GET,    "/api/v1/lectures/{id}/progress", POLICY_SIGNED_IN, OBJECT_NONE,    handle_lecture_progress),

    ROUTE(HTTP_POST,   "/api/v1/session",                POLICY_ANYONE,    OBJECT_NONE,    handle_session_create),
    ROUTE(HTTP_DELETE, "/api/v1/session",                POLICY_ANYONE,    OBJECT_NONE,    handle_session_delete),
    ROUTE(HTTP_GET,    "/api/v1/me",                     POLICY_SIGNED_IN, OBJECT_NONE,    handle_me),

    ROUTE(HTTP_GET,    "/api/v1/courses",                POLICY_ANYONE,    OBJECT_NONE,    handle_courses),
    ROUTE(HTTP_GET,    "/api/v1/courses/{id}",           POLICY_ANYONE,    OBJECT_NONE,    handle_course),
    ROUTE(HTTP_GET,    "/api/v1/lectures",               POLICY_ANYONE,    OBJECT_NONE,    handle_lectures),
    ROUTE(HTTP_GET,    "/api/v1/lectures/{id}",          POLICY_ANYONE,    OBJECT_NONE,    handle_lecture),
    ROUTE(HTTP_PATCH,  "/api/v1/lectures/{id}",          POLICY_OWNER,     OBJECT_LECTURE, handle_lecture_rename),
    ROUTE(HTTP_DELETE, "/api/v1/lectures/{id}",          POLICY_OWNER,     OBJECT_LECTURE, handle_lecture_delete),
    ROUTE(HTTP_POST,   "/api/v1/lectures/{id}/retry",    POLICY_OWNER,     OBJECT_LECTURE, handle_lecture_retry),
    ROUTE(HTTP_POST,   "/api/v1/lectures/{id}/cancel",   POLICY_OWNER,     OBJECT_LECTURE, handle_lecture_cancel),

    ROUTE(HTTP_OPTIONS, "/api/v1/uploads",               POLICY_ANYONE,    OBJECT_NONE,    handle_upload_options),
    ROUTE(HTTP_POST,    "/api/v1/uploads",               POLICY_TEACHING,  OBJECT_NONE,    handle_upload_create),
    ROUTE(HTTP_OPTIONS, "/api/v1/uploads/{id}",          POLICY_ANYONE,    OBJECT_NONE,    handle_upload_options),
    ROUTE(HTTP_HEAD,    "/api/v1/uploads/{id}",          POLICY_OWNER,     OBJECT_LECTURE, handle_upload_head),
    ROUTE(HTTP_PATCH,   "/api/v1/uploads/{id}",          POLICY_OWNER,     OBJECT_LECTURE, handle_upload_patch),
    ROUTE(HTTP_DELETE,  "/api/v1/uploads/{id}",          POLICY_OWNER,     OBJECT_LECTURE, handle_upload_delete),

    ROUTE(HTTP_GET,    "/api/v1/admin/load",             POLICY_ADMIN,     OBJECT_NONE,    handle_load),
    ROUTE(HTTP_GET,    "/api/v1/admin/load/events",      POLICY_ADMIN,     OBJECT_NONE,    handle_load_events),
    ROUTE(HTTP_GET,    "/api/v1/admin/quarantine",       POLICY_ADMIN,     OBJECT_NONE,    handle_quarantine),

    ROUTE(HTTP_GET,    "/healthz",                       POLICY_ANYONE,    OBJECT_NONE,    handle_healthz),
    ROUTE(HTTP_GET,    "/readyz",                        POLICY_ANYONE,    OBJECT_NONE,    handle_readyz),
    ROUTE(HTTP_GET,    "/metrics",                       POLICY_METRICS,   OBJECT_NONE,    handle_metrics),

    ROUTE(HTTP_GET,    "/control/v1/users",                  POLICY_LOCAL, OBJECT_NONE,    handle_user_list),
    ROUTE(HTTP_POST,   "/control/v1/users",                  POLICY_LOCAL, OBJECT_NONE,    handle_user_add),
    ROUTE(HTTP_POST,   "/control/v1/users/{login}/password", POLICY_LOCAL, OBJECT_NONE,    handle_user_password),
    ROUTE(HTTP_POST,   "/control/v1/users/{login}/role",     POLICY_LOCAL, OBJECT_NONE,    handle_user_role),
    ROUTE(HTTP_POST,   "/control/v1/users/{login}/unlock",   POLICY_LOCAL, OBJECT_NONE,    handle_user_unlock),
};
/* clang-format on */

const size_t N_ROUTES = sizeof ROUTES / sizeof ROUTES[0];
