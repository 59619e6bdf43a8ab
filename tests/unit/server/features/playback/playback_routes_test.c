// SPDX-License-Identifier: GPL-3.0-or-later
/* A small package that is complete, played in process. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "server/auth/playback_token.h"
#include "storage/media/media_store.h"
#include "tests/unit/server/web_fixture.h"

enum { FILE_BYTES = 50000 };

static const char INDEX[] =
    "{\"version\":1,\"complete\":true,\"duration_us\":6000000,\"target_duration_s\":6,"
    "\"renditions\":[{\"name\":\"v240\",\"kind\":\"video\",\"codecs\":\"avc1.64000d\","
    "\"timescale\":12800,\"width\":426,\"height\":240,\"frame_rate\":[25,1],\"group\":\"aac\","
    "\"peak_bps\":210000,\"average_bps\":95000,\"files\":[\"v240.mp4\"],\"init\":[0,0,700],"
    "\"fragments\":[[0,700,40000,76800]]}]}\n";

static char token[PLAYBACK_TOKEN_SIZE];

static void write_file(const char *name, const char *data, size_t length)
{
    char folder[MEDIA_PATH_SIZE], path[300];

    media_path_package(PACKAGE_OF_TESTS, folder);
    (void)snprintf(path, sizeof path, "%s/media/%s", web.storage.directory, folder);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/media/%s/%s", web.storage.directory, folder, name);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(file_write_all(fd, data, length), 0);
    close(fd);
}

static void start(void)
{
    static char bytes[FILE_BYTES];
    char teacher[ID_SIZE], lecture[ID_SIZE], job[ID_SIZE];

    web_open();
    web_sign_in("teacher", ROLE_INSTRUCTOR, teacher);
    fixture_add_job(&web.storage, teacher, 1, lecture, job);
    fixture_execute(&web.storage,
                    "UPDATE lectures SET state = 'ready', package_id = '" PACKAGE_OF_TESTS "'");
    write_file("package.json", INDEX, sizeof INDEX - 1);
    write_file("v240.mp4", bytes, sizeof bytes);
    playback_token_make(web.services.playback_key, PACKAGE_OF_TESTS, clock_wall_ms(), token);
    web_as("");
}

TestSuite(playback_routes, .init = start, .fini = web_close);

static int play(const char *name)
{
    char path[300];

    (void)snprintf(path, sizeof path, "/v/%s/" PACKAGE_OF_TESTS "/%s", token, name);
    return web_ask("GET", path, NULL);
}

Test(playback_routes, playlists_name_what_is_there)
{
    cr_assert_eq(play("multivariant.m3u8"), 200);
    cr_assert_not_null(strstr(web.body, "v240/media.m3u8"));
    cr_assert_eq(play("v240/media.m3u8"), 200);
    cr_assert_not_null(strstr(web.body, "0.m4s"));
    cr_assert(web_has("immutable"));
    cr_assert(web_has("Access-Control-Allow-Origin: *"));
}

Test(playback_routes, parts_of_a_file_have_their_own_length)
{
    cr_assert_eq(play("v240/init.mp4"), 200);
    cr_assert(web_has("content-length: 700\n"));
    cr_assert_eq(play("v240/0.m4s"), 200);
    cr_assert(web_has("content-length: 40000\n"));
    cr_assert_eq(play("v240.mp4"), 200);
    cr_assert(web_has("content-length: 50000\n"));
}

Test(playback_routes, what_is_not_in_the_package_is_not_found)
{
    static const char *const NAMES[] = {"v240/1.m4s",      "v240/00.m4s", "v240/x.m4s",
                                        "v720/0.m4s",      "poster.jpg",  "package.json",
                                        "v720/media.m3u8", "x.mp4"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        cr_assert_eq(play(NAMES[i]), 404, "%s", NAMES[i]);
}

Test(playback_routes, a_token_that_is_none_opens_nothing)
{
    cr_assert_eq(web_ask("GET", "/v/x/" PACKAGE_OF_TESTS "/multivariant.m3u8", NULL), 403);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    cr_assert_eq(play("v240/0.m4s"), 403);
}

Test(playback_routes, a_lecture_that_was_taken_back_is_not_played)
{
    cr_assert_eq(play("v240/0.m4s"), 200);
    fixture_execute(&web.storage, "DELETE FROM lectures");
    atomic_fetch_add(web.services.taken_back, 1);
    cr_assert_geq(play("v240/0.m4s"), 403);
}
