// SPDX-License-Identifier: GPL-3.0-or-later
/* A receiver between an engine that goes on using it and pools whose queues may be full. */
#include "server/features/uploads/upload_receiver.h"

#include <criterion/criterion.h>
#include <event2/event.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "server/auth/user_store.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/media/media_store.h"
#include "storage/media/upload_file.h"
#include "storage/sqlite/db.h"
#include "tests/unit/server/http/fake_protocol.h"

enum { LENGTH = 2 * UPLOAD_BUFFER_BYTES, PATIENCE_MS = 20000 };

static char directory[64];
static struct db *db;
static struct media_store *media;
static struct work_pool *database;
static struct work_pool *disks;
static struct services services;
static struct call call;
static struct upload upload;
static atomic_bool is_wanted;
static char bytes[LENGTH];

static int n_done;
static int done_err;
static int64_t done_offset;

static void on_done(void *arg, int err, int64_t offset)
{
    (void)arg;
    n_done++;
    done_err = err;
    done_offset = offset;
}

/* Occupies the disks' one thread and the one place in its queue until the semaphore is posted. */
static sem_t gate;
static struct work at_the_gate[2];
static int n_passed;

static void wait_at_the_gate(struct work *work, void *context)
{
    (void)work;
    (void)context;
    (void)sem_wait(&gate);
}

static void on_passed(struct work *work)
{
    (void)work;
    n_passed++;
}

static void fill_the_queue(void)
{
    for (size_t i = 0; i < 2; i++) {
        at_the_gate[i] = (struct work){.run = wait_at_the_gate, .done = on_passed};
        while (work_pool_submit(disks, http_loop_mailbox(&fake_loop), &at_the_gate[i]))
            (void)usleep(1000); /* the thread has not taken the first one yet */
    }
}

static void open_the_gate(void)
{
    (void)sem_post(&gate);
    (void)sem_post(&gate);
}

static void add_upload(void)
{
    struct user user = {.role = ROLE_INSTRUCTOR, .created_at_ms = 1};
    const struct lecture lecture = {.title = "Bài"};

    id_new(user.id);
    (void)snprintf(user.login, sizeof user.login, "thay");
    (void)snprintf(user.name, sizeof user.name, "Thầy");
    cr_assert_eq(user_store_add(db, &user, "!"), 0);
    upload = (struct upload){.length_bytes = LENGTH, .created_at_ms = 1};
    id_new(upload.id);
    memcpy(upload.owner_id, user.id, ID_SIZE);
    cr_assert_eq(upload_store_create(db, &upload, &lecture), 0);
}

static void set_up(void)
{
    char path[96];

    (void)snprintf(directory, sizeof directory, "/tmp/banmai-receiver-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/banmai.sqlite3", directory);
    cr_assert_eq(db_open_writer(path, &db), 0);
    cr_assert_eq(media_store_open(directory, 0, &media), 0);
    const struct work_pool_config database_config = {.name = "database",
                                                     .n_threads = 1,
                                                     .queue_length = 16,
                                                     .context = db};
    const struct work_pool_config disks_config = {.name = "disk",
                                                  .n_threads = 1,
                                                  .queue_length = 1,
                                                  .context = NULL};
    cr_assert_eq(work_pool_start(&database_config, &database), 0);
    cr_assert_eq(work_pool_start(&disks_config, &disks), 0);
    (void)sem_init(&gate, 0, 0);
    add_upload();
    fake_set_up();
    fake_x->request.has_body = true;
    fake_x->request.content_length = LENGTH;
    services = (struct services){.media = media, .database = database, .disks = disks};
    call = (struct call){.x = fake_x, .services = &services};
    memset(bytes, 'x', sizeof bytes);
}

static void tear_down(void)
{
    http_answer(fake_x, 204, NULL);
    exchange_release(fake_x, true);
    work_pool_free(disks);
    work_pool_free(database);
    fake_tear_down();
    media_store_free(media);
    db_free(db);
    cr_expect_eq(file_remove_tree(AT_FDCWD, directory), 0);
}

TestSuite(upload_receiver, .init = set_up, .fini = tear_down);

static void turn(void)
{
    (void)event_base_loop(fake_loop.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    (void)usleep(1000);
}

static void turn_for(int64_t ms)
{
    for (const int64_t end_ms = clock_monotonic_ms() + ms; clock_monotonic_ms() < end_ms;)
        turn();
}

static void wait_for(const int *number, int value)
{
    for (const int64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
         *number < value && clock_monotonic_ms() < end_ms;)
        turn();
    cr_assert_eq(*number, value);
}

/* Until the body is wanted again. */
static void wait_for_wish(void)
{
    for (const int64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
         !exchange_wants_body(fake_x) && clock_monotonic_ms() < end_ms;)
        turn();
    cr_assert(exchange_wants_body(fake_x));
}

static void start(int64_t max_owner_bytes)
{
    cr_assert_eq(upload_receive(&call, &upload, NULL, max_owner_bytes, &is_wanted, on_done, NULL),
                 0);
}

static bool has_file(void)
{
    char path[160];

    (void)snprintf(path, sizeof path, "%s/uploads/%s", directory, upload.id);
    return access(path, F_OK) == 0;
}

static int64_t durable_offset(void)
{
    struct upload found;

    cr_assert_eq(upload_store_find(db, upload.id, &found), 0);
    return found.durable_offset;
}

/* Refusing ended the request inside the engine's call, which then read freed memory. */
Test(upload_receiver, a_full_queue_of_the_disks_is_waited_for_with_the_body_paused)
{
    fill_the_queue();
    start(0);
    exchange_push_body(fake_x, slice_of(bytes, UPLOAD_BUFFER_BYTES));
    cr_assert_not(exchange_wants_body(fake_x), "paused");
    turn_for(1500);
    cr_assert_eq(n_done, 0, "neither lost nor told of it");
    open_the_gate();
    wait_for(&n_passed, 2);
    wait_for_wish();
    exchange_push_body(fake_x, slice_of(bytes, UPLOAD_BUFFER_BYTES - 1));
    exchange_push_body(fake_x, slice_of(bytes, 1));
    wait_for_wish();
    exchange_end_body(fake_x, 0);
    wait_for(&n_done, 1);
    cr_assert_eq(done_err, 0);
    cr_assert_eq(done_offset, LENGTH);
    cr_assert_eq(durable_offset(), LENGTH);
}

Test(upload_receiver, the_last_bytes_meet_a_full_queue_too)
{
    fill_the_queue();
    start(0);
    exchange_push_body(fake_x, slice_of(bytes, 10));
    exchange_end_body(fake_x, ERR_IO);
    cr_assert_eq(n_done, 0, "never inside a call of the engine's");
    open_the_gate();
    wait_for(&n_done, 1);
    cr_assert_eq(done_err, ERR_IO);
    cr_assert_eq(durable_offset(), 10);
}

Test(upload_receiver, an_end_is_told_after_the_call_that_brought_it)
{
    start(0);
    exchange_end_body(fake_x, ERR_IO);
    cr_assert_eq(n_done, 0);
    wait_for(&n_done, 1);
    cr_assert_eq(done_err, ERR_IO);
    cr_assert_eq(done_offset, 0);
    cr_assert_not(has_file());
}

/* Whoever deleted the lecture had been there before the file was: it stayed. */
Test(upload_receiver, of_an_upload_that_was_deleted_no_file_stays)
{
    start(0);
    cr_assert_eq(upload_store_delete(db, upload.id), 0);
    exchange_push_body(fake_x, slice_of(bytes, 10));
    exchange_end_body(fake_x, ERR_IO);
    wait_for(&n_done, 1);
    cr_assert_eq(done_err, ERR_NOT_FOUND);
    cr_assert_not(has_file());
}

Test(upload_receiver, bytes_over_the_owners_quota_are_neither_acknowledged_nor_kept)
{
    int64_t size = -1;

    start(100);
    exchange_push_body(fake_x, slice_of(bytes, 101));
    exchange_end_body(fake_x, 0);
    wait_for(&n_done, 1);
    cr_assert_eq(done_err, ERR_DENIED);
    cr_assert_eq(done_offset, 0);
    cr_assert_eq(durable_offset(), 0);
    cr_assert_eq(upload_file_size(media, upload.id, &size), 0);
    cr_assert_eq(size, 0);
}

/* It was told as a wrong checksum. */
Test(upload_receiver, a_file_that_lost_bytes_takes_the_promise_back)
{
    cr_assert_eq(upload_store_advance(db, upload.id, 1000, 0), 0);
    upload.durable_offset = 1000;
    fake_x->request.content_length = 10;
    start(0);
    exchange_push_body(fake_x, slice_of(bytes, 10));
    exchange_end_body(fake_x, 0);
    wait_for(&n_done, 1);
    cr_assert_eq(done_err, ERR_CONFLICT);
    cr_assert_eq(done_offset, 0);
    cr_assert_eq(durable_offset(), 0);
}
