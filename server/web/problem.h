// SPDX-License-Identifier: GPL-3.0-or-later
/* problem.h - the refusals that many routes share, in one table (problem.c) with their words in
 * English and in Vietnamese; the client's Accept-Language chooses. What one feature alone refuses
 * is a row of its own, in its folder (route.h). The pages have words of their own for most names.
 */
#ifndef SERVER_WEB_PROBLEM_H
#define SERVER_WEB_PROBLEM_H

struct http_exchange;
struct http_headers;
struct http_problem;

enum problem {
    PROBLEM_NOT_FOUND,
    PROBLEM_BAD_REQUEST,
    PROBLEM_BODY_NOT_JSON,
    PROBLEM_FIELDS_INVALID,
    PROBLEM_TYPE_NOT_JSON,
    PROBLEM_CONFLICT,
    PROBLEM_TOO_LARGE,
    PROBLEM_DISK_FULL,
    PROBLEM_INTERNAL,
    PROBLEM_BUSY,
    PROBLEM_NO_MEMORY,
    PROBLEM_DATABASE_BUSY,
    PROBLEM_DATABASE_AWAY,
    PROBLEM_METHOD,
    PROBLEM_NOT_BUILT,

    PROBLEM_SIGN_IN_FIRST,
    PROBLEM_FORBIDDEN,
    PROBLEM_CROSS_ORIGIN,
    PROBLEM_ORIGIN_UNKNOWN,
    PROBLEM_PLAYBACK_FORBIDDEN,
    PROBLEM_PLAYBACK_OVER,
    PROBLEM_PLAYBACK_GONE,
    PROBLEM_CREDENTIALS_MISSING,
    PROBLEM_WRONG_CREDENTIALS,
    PROBLEM_TOO_MANY_ATTEMPTS,
    PROBLEM_SIGN_IN_BUSY,

    PROBLEM_LIMIT_INVALID,
    PROBLEM_CURSOR_INVALID,
    PROBLEM_TITLE_EMPTY,
    PROBLEM_TITLE_TOO_LONG,
    PROBLEM_TITLE_NOT_UTF8,
    PROBLEM_TITLE_CONTROLS,
    PROBLEM_COURSE_EMPTY,
    PROBLEM_COURSE_TOO_LONG,
    PROBLEM_COURSE_NOT_UTF8,
    PROBLEM_COURSE_CONTROLS,
    PROBLEM_COURSE_UNKNOWN,
    PROBLEM_COURSE_NOT_YOURS,

    PROBLEM_BEATS_INVALID,
    PROBLEM_BEATS_TOO_MANY,
    PROBLEM_REPORTS_TOO_MANY,
    PROBLEM_PROGRESS_AWAY,
    PROBLEM_PROGRESS_UNREADABLE,

    PROBLEM_TUS_VERSION,
    PROBLEM_CHECKSUM_ALGORITHM,
    PROBLEM_CHECKSUM_INVALID,
    PROBLEM_CHECKSUM_MISMATCH,
    PROBLEM_UPLOAD_TAKEN_OVER,
    PROBLEM_UPLOAD_TOO_LONG,
    PROBLEM_UPLOAD_TOO_LARGE,
    PROBLEM_UPLOAD_LENGTH_MISSING,
    PROBLEM_UPLOAD_OFFSET_MISSING,
    PROBLEM_UPLOAD_OFFSET_WRONG,
    PROBLEM_UPLOAD_TYPE,
    PROBLEM_UPLOAD_EXTENSION,
    PROBLEM_UPLOAD_QUOTA,
    PROBLEM_UPLOADS_TOO_MANY,
    PROBLEM_UPLOAD_SET_BACK,
    PROBLEM_METADATA_TOO_LONG,
    PROBLEM_METADATA_MALFORMED,
    PROBLEM_METADATA_NOT_BASE64,
    PROBLEM_FILENAME_NOT_UTF8,
    PROBLEM_FILENAME_CONTROLS,

    N_PROBLEMS
};

/* Each takes the exchange over. A 503 of this one says to come again in 5 s (Retry-After). */
void answer_problem(struct http_exchange *x, enum problem problem);

/* subject stands for the "%s" of the row's detail; borrowed until the call returns. */
void answer_problem_about(struct http_exchange *x, enum problem problem, const char *subject);

/* With header fields besides. */
void answer_problem_with(struct http_exchange *x, enum problem problem,
                         const struct http_headers *headers);

/* The row, for tests. */
const struct http_problem *problem_row(enum problem problem);

#endif
