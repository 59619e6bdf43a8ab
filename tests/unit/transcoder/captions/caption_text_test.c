// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_text.h"

#include <criterion/criterion.h>
#include <string.h>

static struct buf out;

static const char *text_of_bytes(enum caption_form form, const char *payload, size_t length)
{
    buf_clear(&out);
    out = buf_with_limit(100000);
    buf_append_text(&out, "");
    caption_text_append(form, slice_of(payload, length), &out);
    return out.data;
}

static const char *text_of(enum caption_form form, const char *payload)
{
    return text_of_bytes(form, payload, strlen(payload));
}

static void tear_down(void)
{
    buf_clear(&out);
}

TestSuite(caption_text, .fini = tear_down);

Test(caption_text, subrip_loses_its_tags)
{
    cr_assert_str_eq(text_of(CAPTION_SUBRIP,
                             "<i>Xin</i> <font color=\"#fff\">chào</font>\r\n{\\an8}bạn"),
                     "Xin chào\nbạn");
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "a < b && b > c"), "a &lt; b &amp;&amp; b &gt; c");
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "{x}"), "{x}", "no command");
}

Test(caption_text, what_stands_between_angle_brackets_once_was_eaten)
{
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "MyValue<String> map<i, j>"),
                     "MyValue&lt;String&gt; map&lt;i, j&gt;");
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "x<y và y>z, a<b và c>d"),
                     "x&lt;y và y&gt;z, a&lt;b và c&gt;d");
    cr_assert_str_eq(text_of(CAPTION_WEBVTT, "vector<int> <3> <v Lan>chào</v>"),
                     "vector&lt;int&gt; &lt;3&gt; chào");
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "<I>a</I><br/>b<BR>c"), "a\nb\nc");
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "a < b"), "a &lt; b");
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "<>"), "&lt;&gt;");
}

Test(caption_text, a_drawing_is_no_text)
{
    cr_assert_str_eq(text_of(CAPTION_ASS,
                             "0,0,D,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}Hình {\\pos(1,2)}tròn"),
                     "Hình tròn");
    cr_assert_str_eq(text_of(CAPTION_ASS, "0,0,D,,0,0,0,,{\\an7\\p4}m 0 0 b 1 2"), "");
}

Test(caption_text, text_ends_at_nul_and_may_be_utf16)
{
    cr_assert_str_eq(text_of_bytes(CAPTION_SUBRIP, "mot\0hai", 7), "mot");
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT, "\0\5mo\0ai", 7), "mo");
    cr_assert_str_eq(text_of_bytes(CAPTION_SUBRIP,
                                   "\xff\xfe"
                                   "a\0\xa1\x1e\0\0b\0",
                                   10),
                     "aạ");
}

Test(caption_text, webvtt_is_understood_and_written_anew)
{
    cr_assert_str_eq(text_of(CAPTION_WEBVTT,
                             "<v Lan>Chào</v> &amp; <c.x><00:00:01.000>hết</c>&nbsp;rồi &lt;b&gt;"),
                     "Chào &amp; hết rồi &lt;b&gt;");
}

Test(caption_text, ass_loses_its_fields_and_commands)
{
    cr_assert_str_eq(text_of(CAPTION_ASS, "0,0,Default,,0,0,0,,{\\b1}Một, hai{\\b0}\\Nba\\hbốn"),
                     "Một, hai\nba bốn");
    cr_assert_str_eq(text_of(CAPTION_ASS, "0,0,Default"), "");
}

Test(caption_text, mov_text_is_as_long_as_it_says)
{
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT, "\0\3abc\0\0\0\x0cstyl", 13), "abc");
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT, "\0\6\xfe\xff\0a\x1e\xa1", 8), "aạ");
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT, "\0\6\xff\xfe\x3d\xd8\0\xde", 8),
                     "\xf0\x9f\x98\x80");
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT, "\0\0", 2), "", "the caption before it ends");
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT,
                                   "\xff\xff"
                                   "ab",
                                   4),
                     "ab", "a length beyond the end");
    cr_assert_str_eq(text_of_bytes(CAPTION_MOV_TEXT, "\0", 1), "");
}

Test(caption_text, no_cue_can_be_broken_out_of)
{
    const char *text =
        text_of(CAPTION_SUBRIP,
                "\n\n a\t\t b \r\n\r\n\r\n00:00 --> 00:01\n<script>alert(1)</script>\033[2J");

    cr_assert_str_eq(text, "a b\n00:00 --&gt; 00:01\n&lt;script&gt;alert(1)&lt;/script&gt;[2J");
    cr_assert_null(strstr(text, "\n\n"));
}

Test(caption_text, what_is_no_utf8_is_replaced)
{
    cr_assert_str_eq(text_of(CAPTION_SUBRIP, "a\xc3(b\xff"), "a\xef\xbf\xbd(b\xef\xbf\xbd");
}

Test(caption_text, a_long_one_is_cut)
{
    static char payload[20000];

    memset(payload, '<', sizeof payload);
    cr_assert_leq(strlen(text_of_bytes(CAPTION_ASS, payload, sizeof payload)),
                  CAPTION_MAX_BYTES + 8);
    cr_assert_leq(strlen(text_of_bytes(CAPTION_SUBRIP, payload, sizeof payload)),
                  CAPTION_MAX_BYTES + 8);
}
