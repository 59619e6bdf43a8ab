// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_address.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"

static struct redis_address parse(const char *text)
{
    struct redis_address address;

    cr_assert_eq(redis_address_parse(slice_from(text), &address), 0, "%s", text);
    return address;
}

Test(redis_address, sockets_are_paths)
{
    cr_assert_str_eq(parse("/run/redis.sock").path, "/run/redis.sock");
    cr_assert_str_eq(parse("unix:/run/redis.sock").path, "/run/redis.sock");
}

Test(redis_address, hosts_have_a_port)
{
    const struct redis_address plain = parse("redis://10.0.0.7");
    const struct redis_address six = parse("redis://[fd00::7]:7000");

    cr_assert_str_eq(plain.host, "10.0.0.7");
    cr_assert_eq(plain.port, 6379);
    cr_assert_str_eq(plain.path, "");
    cr_assert_str_eq(plain.password, "");
    cr_assert_eq(parse("redis://db:6380").port, 6380);
    cr_assert_str_eq(six.host, "fd00::7");
    cr_assert_eq(six.port, 7000);
    cr_assert_eq(parse("redis://[::1]").port, 6379);
}

Test(redis_address, users_and_passwords_may_hold_anything_escaped)
{
    const struct redis_address both = parse("redis://banmai:p%40ss%3aw%25rd@db:6380");
    const struct redis_address bare = parse("redis://:se@cret@db");

    cr_assert_str_eq(both.user, "banmai");
    cr_assert_str_eq(both.password, "p@ss:w%rd");
    cr_assert_str_eq(both.host, "db");
    cr_assert_str_eq(bare.user, "");
    cr_assert_str_eq(bare.password, "se@cret");
    cr_assert_str_eq(bare.host, "db");
}

Test(redis_address, what_is_refused_is_told_with_what_is_wanted)
{
    static const struct {
        const char *text;
        const char *word;
    } BAD[] = {
        {"", "redis://HOST:PORT"},         {"localhost:6379", "redis://HOST:PORT"},
        {"tcp://db", "redis://HOST:PORT"}, {"rediss://db:6380", "TLS"},
        {"redis://db/2", "database"},      {"redis://db:6379/0", "database"},
        {"redis://db?db=2", "options"},    {"redis://user@db", "PASSWORD"},
        {"redis://:%zz@db", "%XX"},        {"redis://db:0", "redis://HOST"},
        {"unix:redis.sock", "root"},
    };

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        const char *fault = redis_address_fault(slice_from(BAD[i].text));
        cr_assert(fault && strstr(fault, BAD[i].word), "%s: %s", BAD[i].text, fault);
    }
    cr_assert_null(redis_address_fault(slice_from("redis://:se@cret@db")));
}

Test(redis_address, anything_else_is_refused)
{
    static const char *const bad[] = {
        "",
        "redis.sock",
        "unix:redis.sock",
        "http://db",
        "redis://",
        "redis://:6379",
        "redis://db:0",
        "redis://db:65536",
        "redis://db:",
        "redis://db:6379x",
        "redis://db/0",
        "redis://db:6379/0",
        "redis://user@db",
        "redis://user:@db",
        "redis://:%4@db",
        "redis://:%zz@db",
        "redis://:%00@db",
        "redis://[::1",
        "redis://[::1]6379",
        "rediss://db",
    };
    struct redis_address address = {.port = 7};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(redis_address_parse(slice_from(bad[i]), &address), ERR_INVALID, "%s", bad[i]);
    cr_assert_eq(address.port, 7);
    char long_path[200];
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    cr_assert_eq(redis_address_parse(slice_of(long_path, sizeof long_path), &address), ERR_INVALID);
}

Test(redis_address, what_is_shown_of_an_address_held_its_password)
{
    static const char *const cases[][2] = {
        {"redis://:s3cr3t@127.0.0.1:46399", "redis://127.0.0.1:46399"},
        {"redis://banmai:s3cr3t@db", "redis://db:6379"},
        {"redis://:s3@cr3t@[::1]:7", "redis://[::1]:7"},
        {"/run/redis.sock", "unix:/run/redis.sock"},
        {"rediss://:s3cr3t@db", "(not an address of Redis)"},
    };
    char text[REDIS_ADDRESS_TEXT_SIZE];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        redis_address_show(cases[i][0], text);
        cr_assert_str_eq(text, cases[i][1]);
    }
}
