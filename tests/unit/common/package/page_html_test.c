// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/page_html.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/dice.h"

static struct page_slide slides[300];
static struct buf out;

static struct page_html page_of(size_t n, const char *captions)
{
    return (struct page_html){.language = "vi",
                              .link = "multivariant.m3u8#t=",
                              .duration_us = INT64_C(3600000000),
                              .width = 1280,
                              .height = 720,
                              .slides = slides,
                              .n_slides = n,
                              .captions = slice_from(captions)};
}

static const char *write_page(const struct page_html *page)
{
    buf_clear(&out);
    out = buf_with_limit(10 << 20);
    page_html_write(page, &out);
    cr_assert_eq(out.err, 0);
    return out.data;
}

static void clear(void)
{
    buf_clear(&out);
}

TestSuite(page_html, .fini = clear);

static const char CAPTIONS[] = "WEBVTT\n\n"
                               "1\n00:00:01.500 --> 00:00:04.000 align:start\nXin chào\ncác bạn\n\n"
                               "NOTE nothing\n\n"
                               "00:03.000 --> 00:05.000\n<v Lan>a &lt; b & c</v>\r\n\r\n"
                               "01:00:40.000 --> 01:00:41.000\nhết";

Test(page_html, each_slide_has_its_picture_its_time_and_its_words)
{
    slides[0] = (struct page_slide){0, slice_from("RIFFx")};
    slides[1] = (struct page_slide){INT64_C(3630000000), slice_from("RIFFyy")};
    const struct page_html page = page_of(2, CAPTIONS);
    const char *text = write_page(&page);

    cr_assert_not_null(strstr(text, "<html lang=\"vi\">"));
    cr_assert_not_null(
        strstr(text, "<h2>Trang 1 · <a href=\"multivariant.m3u8#t=0\">0:00</a></h2>"));
    cr_assert_not_null(strstr(text, "<a href=\"multivariant.m3u8#t=3630\">1:00:30</a></h2>"));
    cr_assert_not_null(strstr(text, "src=\"data:image/webp;base64,UklGRng=\">"));
    const char *hello = strstr(text, "0:01</a> Xin chào các bạn\na &lt; b &amp; c\n</p>");
    const char *second = strstr(text, "Trang 2");
    cr_assert(hello && second && hello < second);
    cr_assert_not_null(strstr(second, "hết"));
    cr_assert_null(strstr(text, "NOTE"));
}

Test(page_html, a_lecture_without_slides_is_its_words)
{
    const struct page_html page = page_of(0, CAPTIONS);
    const char *text = write_page(&page);

    cr_assert_not_null(strstr(text, "Xin chào"));
    cr_assert_null(strstr(text, "<img"));
    cr_assert_null(strstr(text, "<section"));
}

Test(page_html, it_is_in_the_language_of_the_lecture)
{
    struct page_html page = page_of(1, "");

    page.language = "en-GB";
    cr_assert_not_null(strstr(write_page(&page), "<h2>Slide 1"));
    cr_assert_not_null(strstr(out.data, "lang=\"en-GB\""));
    page.language = "und";
    cr_assert_not_null(strstr(write_page(&page), "lang=\"vi\""));
}

Test(page_html, nothing_in_it_runs_whatever_a_title_or_captions_hold)
{
    struct page_html page =
        page_of(1, "WEBVTT\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script>"
                   "<img src=x onerror=y> 1 < 2 <b\n\n"
                   "00:02.000 --> 00:03.000\n&lt;script&gt; &#60;script> \" onclick=\"");
    page.title = slice_from("</title><script>x</script>\"");
    page.link = "x\"onclick=\"";
    const char *text = write_page(&page);

    cr_assert_null(strstr(text, "<script"));
    cr_assert_null(strstr(text, "<img src=x"));
    cr_assert_null(strstr(text, "\"onclick"));
    cr_assert_not_null(strstr(text, "alert(1)"), "the words stay");
    cr_assert_not_null(strstr(text, "&lt;b"), "what is no tag is text");
    cr_assert_not_null(strstr(text, "&amp;#60;script&gt;"));
    cr_assert_not_null(strstr(text, "default-src 'none'"));
}

Test(page_html, captions_that_are_none_make_no_words)
{
    static const char *const BAD[] = {"WEBVTT",
                                      "-->",
                                      "WEBVTT\n\n00:01 --> 00:02\nx",
                                      "WEBVTT\n\n00:61.000 --> 00:62.000\nx",
                                      "WEBVTT\n\n1:00:01.5555 --> 2\nx",
                                      "WEBVTT\n\n9999999:00:00.000 --> 2\nx"};

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        const struct page_html page = page_of(0, BAD[i]);
        cr_assert_null(strstr(write_page(&page), "<p>"), "%zu", i);
    }
}

Test(page_html, captions_of_random_bytes_harm_nothing)
{
    static char text[400];
    static const char LETTERS[] = "<>&-:.\n\r0123456789 -->ab";

    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i + 1 < sizeof text; i++)
            text[i] = LETTERS[dice(sizeof LETTERS - 1)];
        const struct page_html page = page_of(1, text);
        (void)write_page(&page);
    }
}

Test(page_html, two_megabytes_are_enough_for_an_hour)
{
    static char picture[25000];
    struct page_html page = page_of(100, "");
    size_t n = 0;

    for (size_t i = 0; i < 100; i++)
        slides[i] = (struct page_slide){(int64_t)i * 36000000, slice_of(picture, sizeof picture)};
    slides[51].start_us += 1000000; /* 50 is seen longer, 51 shorter */
    page_html_fit(&page);
    for (size_t i = 0; i < 100; i++)
        n += slides[i].webp.length > 0;
    cr_assert_eq(n, PAGE_HOUR_BYTES / 33336);
    cr_assert_gt(slides[50].webp.length, 0);
    cr_assert_eq(slides[51].webp.length, 0);
    (void)write_page(&page);
    cr_assert_leq(out.length, 2000000);
}

Test(page_html, a_short_lecture_keeps_its_few_pictures)
{
    static char picture[25000];
    struct page_html page = page_of(10, "");

    page.duration_us = 60000000;
    for (size_t i = 0; i < 10; i++)
        slides[i] = (struct page_slide){(int64_t)i * 6000000, slice_of(picture, sizeof picture)};
    page_html_fit(&page);
    for (size_t i = 0; i < 10; i++)
        cr_assert_gt(slides[i].webp.length, 0);
}
