// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/package_files.h"

#include <criterion/criterion.h>

#include "common/err.h"

static const char *resolve(const char *base, const char *uri)
{
    static char path[PACKAGE_PATH_SIZE];

    return package_path_resolve(base, slice_from(uri), path) ? NULL : path;
}

Test(package_files, a_uri_is_relative_to_its_playlist)
{
    cr_assert_str_eq(resolve("multivariant.m3u8", "v240/media.m3u8"), "v240/media.m3u8");
    cr_assert_str_eq(resolve("v240/media.m3u8", "0.m4s"), "v240/0.m4s");
    cr_assert_str_eq(resolve("v240.m3u8", "v240.mp4?a=1"), "v240.mp4?a=1");
}

Test(package_files, no_uri_leads_out)
{
    static const char *const OUTSIDE[] = {"",    "/etc/passwd", "../x",   "a/../x",
                                          "./x", "http://h/x",  "file:x", "a\\b",
                                          "a b", "a\nb",        "a\"b",   "a#b"};

    for (size_t i = 0; i < sizeof OUTSIDE / sizeof OUTSIDE[0]; i++)
        cr_assert_null(resolve("v/m.m3u8", OUTSIDE[i]), "%s", OUTSIDE[i]);
}

Test(package_files, what_is_too_long_is_none)
{
    char uri[PACKAGE_PATH_SIZE];

    memset(uri, 'a', sizeof uri);
    uri[sizeof uri - 1] = '\0';
    cr_assert_not_null(resolve("m.m3u8", uri));
    cr_assert_null(resolve("v/m.m3u8", uri));
}
