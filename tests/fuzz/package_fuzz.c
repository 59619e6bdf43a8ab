// SPDX-License-Identifier: GPL-3.0-or-later
/* package.json, and the playlists that are rendered from whatever it says. */
#include "common/err.h"
#include "common/package/package.h"
#include "common/package/playlist.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_TEXT_BYTES = 64 << 20 };

/* Lines of text: nobody's field can start a line of its own. */
static void check_playlist(const struct buf *text)
{
    struct slice rest = buf_slice(text);

    MUST(text->err == 0);
    if (text->length == 0)
        return;
    MUST(slice_starts_with(rest, "#EXTM3U\n") && text->data[text->length - 1] == '\n');
    while (rest.data) {
        const struct slice line = slice_split(&rest, '\n');
        MUST(slice_is_plain_utf8(line));
        MUST(line.length == 0 || line.data[0] == '#' || slice_starts_with(line, "v") ||
             !memchr(line.data, ' ', line.length));
    }
}

static void render(const struct package *p, enum playlist_form form)
{
    struct buf text = buf_with_limit(MAX_TEXT_BYTES);

    playlist_multivariant(p, PLAYLIST_COMMON, form, &text);
    buf_reset(&text);
    playlist_multivariant(p, PLAYLIST_OPUS, form, &text);
    check_playlist(&text);
    buf_reset(&text);
    playlist_audio_only(p, PLAYLIST_COMMON, form, &text);
    buf_reset(&text);
    playlist_audio_only(p, PLAYLIST_OPUS, form, &text);
    check_playlist(&text);
    for (size_t i = 0; i < p->n_renditions; i++) {
        buf_reset(&text);
        playlist_media(p, &p->renditions[i], form, &text);
        check_playlist(&text);
    }
    buf_clear(&text);
}

/* Written and read again it is the same. */
static void check_round_trip(const struct package *p)
{
    struct buf once = buf_with_limit(MAX_TEXT_BYTES);
    struct buf twice = buf_with_limit(MAX_TEXT_BYTES);
    struct package *again = NULL;

    package_write(p, &once);
    MUST(once.err == 0 && package_parse(buf_slice(&once), &again) == 0);
    package_write(again, &twice);
    MUST(slice_equals(buf_slice(&once), buf_slice(&twice)));
    package_free(again);
    buf_clear(&once);
    buf_clear(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct package *p = NULL;

    if (package_parse(fuzz_slice(data, size), &p) < 0)
        return 0;
    check_round_trip(p);
    render(p, PLAYLIST_SEGMENTS);
    if (p->is_complete)
        render(p, PLAYLIST_BYTE_RANGES);
    package_measure(p);
    for (size_t i = 0; i < p->n_renditions; i++)
        MUST(rendition_duration_us(&p->renditions[i]) >= 0);
    package_free(p);
    return 0;
}
