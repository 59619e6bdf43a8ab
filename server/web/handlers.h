// SPDX-License-Identifier: GPL-3.0-or-later
/* handlers.h - the handlers that the table names, by the file they are in. Each answers its
 * exchange exactly once, now or later. */
#ifndef SERVER_WEB_HANDLERS_H
#define SERVER_WEB_HANDLERS_H

struct call;

/* health_routes.c */
void handle_healthz(struct call *call);
void handle_readyz(struct call *call);

/* session_routes.c */
void handle_session_create(struct call *call);
void handle_session_delete(struct call *call);
void handle_me(struct call *call);

/* lecture_routes.c */
void handle_courses(struct call *call);
void handle_course(struct call *call);
void handle_lectures(struct call *call);
void handle_lecture(struct call *call);
void handle_lecture_rename(struct call *call);
void handle_lecture_delete(struct call *call);
void handle_lecture_retry(struct call *call);
void handle_lecture_cancel(struct call *call);

/* progress_routes.c */
void handle_progress_report(struct call *call);
void handle_lecture_progress(struct call *call);

/* upload_routes.c */
void handle_upload_options(struct call *call);
void handle_upload_create(struct call *call);
void handle_upload_head(struct call *call);
void handle_upload_patch(struct call *call);
void handle_upload_delete(struct call *call);

/* playback_routes.c */
void handle_multivariant(struct call *call);
void handle_audio_only(struct call *call);
void handle_media_playlist(struct call *call);
void handle_iframe_playlist(struct call *call);
void handle_init_section(struct call *call);
void handle_segment(struct call *call);
void handle_package_file(struct call *call);

/* load_routes.c */
void handle_metrics(struct call *call);
void handle_load(struct call *call);
void handle_load_events(struct call *call);
void handle_quarantine(struct call *call);

/* account_routes.c: the control socket */
void handle_user_list(struct call *call);
void handle_user_add(struct call *call);
void handle_user_password(struct call *call);
void handle_user_role(struct call *call);
void handle_user_unlock(struct call *call);

/* page_routes.c */
void handle_page(struct call *call);

#endif
