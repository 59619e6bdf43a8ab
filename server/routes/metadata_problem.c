// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/metadata_problem.h"

#include "common/err.h"

#define AT_MOST_200 "At most 200 characters are kept. Shorten it."
#define ONE_LINE    "It is one line: without line ends, tabs and other control characters."
#define WANTS_UTF8  "The text has to be UTF-8."

static const struct metadata_problem OF_METADATA[] = {
    [TUS_METADATA_TOO_LONG] = {400, "metadata-too-long", "Upload-Metadata is too long",
                               "At most 6144 bytes are read."},
    [TUS_METADATA_MALFORMED] = {400, "metadata-malformed", "Upload-Metadata cannot be understood",
                                "It is a list \"KEY BASE64,KEY BASE64\" in which no key repeats."},
    [TUS_METADATA_NOT_BASE64] = {400, "metadata-not-base64",
                                 "A value of Upload-Metadata is not Base64",
                                 "Each value is Base64 with padding (RFC 4648, section 4)."},
};

static const struct metadata_problem OF_TITLE[] = {
    [TITLE_EMPTY] = {400, "title-empty", "The title is empty", "A lecture needs a title."},
    [TITLE_TOO_LONG] = {400, "title-too-long", "The title is too long", AT_MOST_200},
    [TITLE_NOT_UTF8] = {400, "title-not-utf8", "The title is not text", WANTS_UTF8},
    [TITLE_HAS_CONTROLS] = {400, "title-control-characters", "The title holds control characters",
                            ONE_LINE},
};

static const struct metadata_problem OF_COURSE[] = {
    [TITLE_EMPTY] = {400, "course-empty", "The course's title is empty", "A course needs a title."},
    [TITLE_TOO_LONG] = {400, "course-too-long", "The course's title is too long", AT_MOST_200},
    [TITLE_NOT_UTF8] = {400, "course-not-utf8", "The course's title is not text", WANTS_UTF8},
    [TITLE_HAS_CONTROLS] = {400, "course-control-characters",
                            "The course's title holds control characters", ONE_LINE},
};

static const struct metadata_problem OF_FILENAME[] = {
    [TITLE_NOT_UTF8] = {400, "filename-not-utf8", "The file's name is not text", WANTS_UTF8},
    [TITLE_HAS_CONTROLS] = {400, "filename-control-characters",
                            "The file's name holds control characters", ONE_LINE},
};

struct metadata_problem metadata_problem_of(struct tus_fault fault)
{
    switch (fault.kind) {
    case TUS_BAD_FILENAME:
        return OF_FILENAME[fault.text];
    case TUS_BAD_TITLE:
        return OF_TITLE[fault.text];
    case TUS_BAD_COURSE:
        return OF_COURSE[fault.text];
    case TUS_METADATA_FINE:
    case TUS_METADATA_TOO_LONG:
    case TUS_METADATA_MALFORMED:
    case TUS_METADATA_NOT_BASE64:
        break;
    }
    return OF_METADATA[fault.kind];
}

struct metadata_problem metadata_problem_of_course(int err)
{
    static const struct metadata_problem UNKNOWN = {
        404, "course-unknown", "There is no course with this id",
        "It may have been deleted. Choose another course, or none."};
    static const struct metadata_problem NOT_YOURS = {
        403, "course-not-yours", "The course is somebody else's",
        "Lectures are added to a course by its owner."};

    return err == ERR_DENIED ? NOT_YOURS : UNKNOWN;
}

struct metadata_problem metadata_problem_of_title(enum title_fault fault)
{
    return OF_TITLE[fault];
}
