// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/password.h"

#include <argon2.h>
#include <string.h>
#include <utf8proc.h>

#include "common/err.h"
#include "common/id.h"

/* OWASP's smallest recommended cost for argon2id: 19 MiB, two passes, one lane. */
enum { MEMORY_KIB = 19456, PASSES = 2, LANES = 1, SALT_BYTES = 16, HASH_BYTES = 32 };

/* No character becomes more than three bytes' worth of characters longer when it is taken apart
 * (UAX #15, table 9: at most 3 times the bytes in UTF-8). */
enum { MAX_PARTS = 3 * PASSWORD_TYPED_BYTES };

/* A hash of nothing that anybody knows, with our cost. */
static const char NOBODY[] = "$argon2id$v=19$m=19456,t=2,p=1$YmFubWFpLW5vYm9keS1zYWx0$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* In form C. The parts are written over by their UTF-8, which never takes more room. */
struct normal {
    utf8proc_int32_t parts[MAX_PARTS + 1];
    struct slice text; /* in parts */
    size_t n_chars;
};

/* Returns 0, or ERR_INVALID for a text that is too long or not UTF-8. */
static int normalize(struct slice typed, struct normal *n)
{
    const utf8proc_option_t form = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

    if (typed.length > PASSWORD_TYPED_BYTES)
        return ERR_INVALID;
    const utf8proc_ssize_t n_parts =
        utf8proc_decompose((const utf8proc_uint8_t *)typed.data, (utf8proc_ssize_t)typed.length,
                           n->parts, MAX_PARTS, form);
    if (n_parts < 0 || n_parts > MAX_PARTS)
        return ERR_INVALID;
    const utf8proc_ssize_t n_chars = utf8proc_normalize_utf32(n->parts, n_parts, form);
    if (n_chars < 0)
        return ERR_INVALID;
    const utf8proc_ssize_t length = utf8proc_reencode(n->parts, n_chars, form);
    if (length < 0)
        return ERR_INVALID;
    n->n_chars = (size_t)n_chars;
    n->text = slice_of((const char *)n->parts, (size_t)length);
    return 0;
}

static const char *fault_of(struct slice typed, const struct normal *n)
{
    if (memchr(typed.data ? typed.data : "", '\0', typed.length))
        return "The password holds a NUL character, which nobody can type.";
    if (!slice_is_plain_utf8(typed))
        return "The password holds control characters or is not UTF-8.";
    if (n->n_chars < PASSWORD_MIN_CHARS)
        return "The password is too short: it needs 8 to 128 characters.";
    if (n->n_chars > PASSWORD_MAX_CHARS)
        return "The password is too long: it needs 8 to 128 characters.";
    return NULL;
}

const char *password_fault(struct slice typed)
{
    struct normal n = {.n_chars = 0};

    if (typed.length > PASSWORD_TYPED_BYTES)
        return "The password is too long: it needs 8 to 128 characters.";
    (void)normalize(typed, &n);
    const char *fault = fault_of(typed, &n);
    explicit_bzero(&n, sizeof n);
    return fault;
}

static int hash_text(struct slice text, char hash[PASSWORD_PHC_SIZE])
{
    unsigned char salt[SALT_BYTES];

    random_bytes(salt, sizeof salt);
    const int result =
        argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, text.data, text.length, salt, sizeof salt,
                              HASH_BYTES, hash, PASSWORD_PHC_SIZE);
    return result == ARGON2_OK ? 0 : ERR_NO_MEMORY;
}

int password_hash(struct slice typed, char hash[PASSWORD_PHC_SIZE])
{
    struct normal n = {.n_chars = 0};

    int err = password_fault(typed) ? ERR_INVALID : normalize(typed, &n);
    if (!err)
        err = hash_text(n.text, hash);
    explicit_bzero(&n, sizeof n);
    return err;
}

static bool is_of(struct slice text, const char *hash)
{
    return argon2id_verify(hash, text.data, text.length) == ARGON2_OK;
}

enum password_match password_verify(struct slice typed, const char *hash)
{
    const bool is_ours = hash && slice_starts_with(slice_from(hash), "$argon2id$");
    const char *compared = is_ours ? hash : NOBODY;
    enum password_match match = PASSWORD_WRONG;
    struct normal n = {.n_chars = 0};

    if (typed.length > PASSWORD_TYPED_BYTES)
        return PASSWORD_WRONG;
    if (normalize(typed, &n))
        n.text = typed;
    /* Both are tried whatever the hash is: the time tells what was typed, and nothing else. */
    if (is_of(n.text, compared))
        match = PASSWORD_RIGHT;
    else if (!slice_equals(n.text, typed) && is_of(typed, compared))
        match = PASSWORD_RIGHT_AS_TYPED;
    explicit_bzero(&n, sizeof n);
    return is_ours ? match : PASSWORD_WRONG;
}
