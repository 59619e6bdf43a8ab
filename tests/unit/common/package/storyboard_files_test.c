// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/storyboard_files.h"

#include <criterion/criterion.h>

Test(storyboard_files, are_those_that_the_package_has_and_no_others)
{
    const struct package package = {.n_sheets = 11, .n_slides = 3};
    static const char *const OTHERS[] = {"storyboard-11.jpg", "storyboard-00.jpg",
                                         "storyboard-.jpg",   "storyboard--1.jpg",
                                         "storyboard-1.jpg ", "storyboard-1.png",
                                         "storyboard-1x.jpg", "storyboard.vtt/..",
                                         "slides.json.tmp",   "",
                                         "v240.mp4"};

    cr_assert_str_eq(storyboard_media_type(&package, "storyboard.vtt"), "text/vtt; charset=utf-8");
    cr_assert_str_eq(storyboard_media_type(&package, "slides.json"), "application/json");
    cr_assert_str_eq(storyboard_media_type(&package, "storyboard-0.jpg"), "image/jpeg");
    cr_assert_str_eq(storyboard_media_type(&package, "storyboard-10.jpg"), "image/jpeg");
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        cr_assert_null(storyboard_media_type(&package, OTHERS[i]), "%s", OTHERS[i]);
}

Test(storyboard_files, a_package_without_one_has_none_of_them)
{
    const struct package package = {.n_slides = 3};

    cr_assert_null(storyboard_media_type(&package, "storyboard.vtt"));
    cr_assert_null(storyboard_media_type(&package, "slides.json"));
    cr_assert_null(storyboard_media_type(&package, "storyboard-0.jpg"));
}

Test(storyboard_files, pictures_of_slides_have_names_with_numbers)
{
    static const char *const OTHERS[] = {"",
                                         "slides/",
                                         "slides/.webp",
                                         "slides/1.webp",
                                         "slides/0000.webp",
                                         "slides/00001.webp",
                                         "slides/0001.webp/",
                                         "slides/0001.jpg",
                                         "slides/-001.webp",
                                         "slides/99999.webp",
                                         "slidez/0001.webp",
                                         "../0001.webp",
                                         "0001.webp"};
    struct package_picture pictures[] = {{0, 1, 1, 100}, {5000000, 2, 3, 100}};
    const struct package package = {.pictures = pictures, .n_pictures = 2};
    char name[SLIDE_NAME_SIZE];

    for (uint32_t number = 1; number <= PACKAGE_MAX_PICTURES; number += 3333) {
        slide_picture_name(number, name);
        cr_assert_eq(slide_picture_number(slice_from(name)), number, "%s", name);
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        cr_assert_eq(slide_picture_number(slice_from(OTHERS[i])), 0, "%s", OTHERS[i]);
    cr_assert(slide_picture_is_shown(&package, 3));
    cr_assert_not(slide_picture_is_shown(&package, 2));
}
