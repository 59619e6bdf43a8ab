// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/source_title.h"

#include <criterion/criterion.h>

Test(source_title, what_programs_call_every_track_is_no_title)
{
    static const char *const STOCK[] = {"SoundHandler",
                                        "Core Media Audio",
                                        "GPAC ISO Audio Handler",
                                        "OBS Audio Handler",
                                        "Apple Sound Media Handler",
                                        "\x1fMainconcept MP4 Sound Media Handler",
                                        "ISO Media file produced by Google Inc.",
                                        "Stereo",
                                        "soun"};

    for (size_t i = 0; i < sizeof STOCK / sizeof STOCK[0]; i++)
        cr_assert(source_title_is_stock(STOCK[i]), "%s", STOCK[i]);
}

Test(source_title, what_people_call_one_is)
{
    cr_assert_not(source_title_is_stock("Tiếng giảng"));
    cr_assert_not(source_title_is_stock("Micro phòng 2"));
    cr_assert_not(source_title_is_stock("Desktop"));
    cr_assert_not(source_title_is_stock("Track1"));
}
