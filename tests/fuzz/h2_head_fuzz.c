// SPDX-License-Identifier: GPL-3.0-or-later
/* Fields as HPACK gives them: whatever they are, a request that is accepted keeps the rules of one
 * of HTTP/1.1. The first byte says whether a body follows; fields are separated by 0x1e, and a name
 * from its value by 0x1f, so that both may hold any other byte. */
#include "common/err.h"
#include "server/http/h2/h2_head.h"
#include "server/http/message/chars.h"
#include "tests/fuzz/fuzz.h"

static struct h2_draft draft;

static void fill_draft(struct slice input)
{
    struct slice rest = input;

    h2_draft_reset(&draft);
    while (rest.data) {
        struct slice value = slice_split(&rest, 0x1e);
        const struct slice name = slice_split(&value, 0x1f);
        h2_draft_add(&draft, name, value);
    }
    MUST(draft.n_fields <= H2_MAX_DRAFT_FIELDS && draft.n_bytes <= sizeof draft.text);
}

static void check_field(const struct http_header *field)
{
    MUST(chars_all_in(&CHARS_TOKEN, field->name));
    for (size_t i = 0; i < field->name.length; i++)
        MUST(field->name.data[i] == char_lower(field->name.data[i]));
    for (size_t i = 0; i < field->value.length; i++)
        MUST(char_is_field_value(field->value.data[i]));
    MUST(!slice_equals_nocase(field->name, slice_from("connection")));
    MUST(!slice_equals_nocase(field->name, slice_from("transfer-encoding")));
}

static void check_head(const struct h2_head *head, const struct http_header *fields, bool is_last)
{
    MUST(head->n_fields <= draft.n_fields);
    MUST(head->path.length > 0 && slice_is_plain_utf8(head->path));
    MUST(head->path.data[0] == '/' || (slice_is(head->path, "*") && head->method == HTTP_OPTIONS));
    MUST(!memchr(head->path.data, '\\', head->path.length));
    MUST(!is_last || !head->has_body || head->content_length == 0);
    for (size_t i = 0; i < head->n_fields; i++)
        check_field(&fields[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct h2_head head = {.n_fields = 0};
    const bool is_last = size > 0 && data[0] % 2 == 1;

    fill_draft(fuzz_slice(data + (size > 0), size > 0 ? size - 1 : 0));
    char *text = malloc(h2_draft_text_size(&draft));
    struct http_header *fields = calloc(draft.n_fields + 1, sizeof *fields);
    MUST(text && fields);
    const int status = h2_head_parse(&draft, is_last, text, fields, &head);
    if (status == 0)
        check_head(&head, fields, is_last);
    else
        MUST(status == ERR_INVALID || status == 400 || status == 414 || status == 417 ||
             status == 431 || status == 501);
    (void)h2_trailers_are_good(&draft);
    free(fields);
    free(text);
    return 0;
}
