// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/upload_registry.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A mailbox that delivers when it is asked to. */
static struct mail *first;
static struct mail **last = &first;

static void post(void *owner, struct mail *mail)
{
    (void)owner;
    mail->next = NULL;
    *last = mail;
    last = &mail->next;
}

static const struct mailbox HOME = {.post = post};

static void deliver(void)
{
    while (first) {
        struct mail *mail = first;
        first = mail->next;
        if (!first)
            last = &first;
        mail->fn(mail->arg);
    }
}

static struct upload_claim *granted[8];
static size_t n_granted;

static void on_granted(struct upload_claim *claim)
{
    granted[n_granted++] = claim;
}

static struct upload_claim make(const char *id)
{
    struct upload_claim claim = {.on_granted = on_granted, .home = &HOME};

    (void)snprintf(claim.id, sizeof claim.id, "%s", id);
    return claim;
}

Test(upload_registry, a_free_upload_is_granted_later_but_soon)
{
    struct upload_registry *registry = NULL;
    struct upload_claim a = make("a");

    cr_assert_eq(upload_registry_new(&registry), 0);
    upload_registry_claim(registry, &a);
    cr_assert_eq(n_granted, 0, "never inside the call");
    deliver();
    cr_assert_eq(granted[0], &a);
    upload_registry_release(registry, &a);
    upload_registry_free(registry);
}

Test(upload_registry, a_newcomer_is_noticed_and_gets_it_when_the_holder_lets_go)
{
    struct upload_registry *registry = NULL;
    struct upload_claim a = make("x"), b = make("x"), c = make("x"), other = make("y");

    cr_assert_eq(upload_registry_new(&registry), 0);
    upload_registry_claim(registry, &a);
    upload_registry_claim(registry, &other);
    deliver();
    cr_assert_eq(n_granted, 2);
    cr_assert_not(atomic_load(&a.is_wanted));
    upload_registry_claim(registry, &b);
    upload_registry_claim(registry, &c);
    deliver();
    cr_assert_eq(n_granted, 2);
    cr_assert(atomic_load(&a.is_wanted));
    cr_assert(atomic_load(&b.is_wanted), "the second will not hold it for long either");
    cr_assert_not(atomic_load(&other.is_wanted));
    upload_registry_release(registry, &a);
    deliver();
    cr_assert_eq(granted[2], &b);
    upload_registry_release(registry, &other);
    upload_registry_release(registry, &b);
    deliver();
    cr_assert_eq(granted[3], &c);
    upload_registry_release(registry, &c);
    deliver();
    cr_assert_eq(n_granted, 4);
    upload_registry_free(registry);
}
