// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/site.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/err.h"
#include "common/file.h"

static char dir[] = "/tmp/banmai-site-XXXXXX";

static void put(const char *name, const char *content)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(file_replace(AT_FDCWD, path, content, strlen(content), 0644), 0);
}

static void make_dir(void)
{
    char path[256];

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/assets", dir);
    mkdir(path, 0755);
}

static void remove_dir(void)
{
    file_remove_tree(AT_FDCWD, dir);
}

TestSuite(site, .init = make_dir, .fini = remove_dir);

Test(site, paths_without_a_file_are_the_page)
{
    struct site *site = NULL;

    put("index.html", "page");
    put("assets/app-1.js", "script");
    put("assets/app-1.js.gz", "zipped");
    cr_assert_eq(site_load(dir, &site), 0);

    const struct site_file *script = site_find(site, slice_from("/assets/app-1.js"));
    cr_assert_not_null(script);
    cr_assert(script->is_immutable);
    cr_assert(slice_is(script->gzip, "zipped"));
    cr_assert_eq(script->brotli.length, 0);

    cr_assert(slice_is(site_find(site, slice_from("/"))->identity, "page"));
    cr_assert(slice_is(site_find(site, slice_from("/lecture/12"))->identity, "page"));
    cr_assert(slice_is(site_find(site, slice_from("/studio/upload"))->identity, "page"));
    cr_assert_null(site_find(site, slice_from("/assets/gone.js")));
    cr_assert_null(site_find(site, slice_from("/favicon.png")));
    cr_assert_null(site_find(site, slice_from("/.git/config")));
    site_free(site);
}

Test(site, a_link_out_of_the_folder_is_not_followed)
{
    char path[256];
    struct site *site = NULL;

    put("index.html", "learner");
    snprintf(path, sizeof path, "%s/passwd.txt", dir);
    cr_assert_eq(symlink("/etc/passwd", path), 0);
    cr_assert_eq(site_load(dir, &site), 0);
    cr_assert_null(site_find(site, slice_from("/passwd.txt")));
    site_free(site);
}

Test(site, a_folder_without_pages_is_an_error)
{
    struct site *site = NULL;

    put("readme.txt", "nothing");
    cr_assert_eq(site_load(dir, &site), ERR_NOT_FOUND);
    cr_assert_eq(site_load("/nowhere", &site), ERR_NOT_FOUND);
    cr_assert_null(site);
}
