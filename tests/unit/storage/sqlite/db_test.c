// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "common/err.h"
#include "storage/hot/progress_store.h"
#include "storage/jobs/lecture_store.h"
#include "storage/sqlite/db_query.h"
#include "tests/unit/storage/faulty_memory.h"
#include "tests/unit/storage/faulty_vfs.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE], lecture_id[ID_SIZE], job_id[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(db, .init = set_up, .fini = tear_down);

static int64_t count_users(struct db *db)
{
    int64_t n = -1;

    cr_assert_eq(user_store_count(db, &n), 0);
    return n;
}

Test(db, a_transaction_that_is_not_committed_leaves_nothing)
{
    char id[ID_SIZE];

    {
        CLEANUP(db_rollback) struct db *open = NULL;
        cr_assert_eq(db_begin(f.db, &open), 0);
        fixture_add_user(&f, "lan", ROLE_LEARNER, id);
        cr_assert_eq(count_users(f.db), 1);
    }
    cr_assert_eq(count_users(f.db), 0);
}

Test(db, an_inner_transaction_fails_alone)
{
    char id[ID_SIZE];
    struct db *outer = NULL;

    cr_assert_eq(db_begin(f.db, &outer), 0);
    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    struct db *inner = NULL;
    cr_assert_eq(db_begin(f.db, &inner), 0);
    fixture_add_user(&f, "minh", ROLE_LEARNER, id);
    db_rollback(inner);
    cr_assert_eq(db_begin(f.db, &inner), 0);
    fixture_add_user(&f, "hoa", ROLE_LEARNER, id);
    cr_assert_eq(db_commit(&inner), 0);
    cr_assert_null(inner);
    cr_assert_eq(db_commit(&outer), 0);
    cr_assert_eq(count_users(f.db), 2);
    struct user user;
    cr_assert_eq(user_store_find_by_login(f.db, slice_from("minh"), &user, NULL), ERR_NOT_FOUND);
}

/* A file size limit is as good as a full disk, and hurts nobody else. */
Test(db, a_full_disk_keeps_what_was_committed_and_recovers)
{
    char id[ID_SIZE];

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    (void)signal(SIGXFSZ, SIG_IGN);
    struct stat st;
    char log[128];
    (void)snprintf(log, sizeof log, "%s-wal", f.path);
    cr_assert_eq(stat(log, &st), 0);
    const struct rlimit tight = {.rlim_cur = (rlim_t)st.st_size, .rlim_max = RLIM_INFINITY};
    const struct rlimit wide = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const int err = user_store_set_role(f.db, id, ROLE_ADMIN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &wide), 0);
    cr_assert(err == ERR_NO_SPACE || err == ERR_IO, "got %d", err);
    struct user user;
    cr_assert_eq(user_store_find(f.db, id, &user), 0);
    cr_assert_eq(user.role, ROLE_LEARNER);
    cr_assert_eq(user_store_set_role(f.db, id, ROLE_ADMIN), 0);
}

Test(db, the_log_gives_its_space_back_and_loses_nothing)
{
    char path[128], id[ID_SIZE];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s-wal", f.path);
    for (int i = 0; i < 50; i++) {
        char login[16];
        (void)snprintf(login, sizeof login, "u%d", i);
        fixture_add_user(&f, login, ROLE_LEARNER, id);
    }
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_gt(st.st_size, 100000);
    cr_assert_eq(db_shrink_log(f.db), 0);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_size, 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users"), 50);
}

/* Commits as fast as it can and tells each one through the pipe, until it is killed. */
static void commit_until_killed(int fd)
{
    for (int i = 0;; i++) {
        struct user user = {.name = "n", .role = ROLE_LEARNER};
        id_new(user.id);
        (void)snprintf(user.login, sizeof user.login, "u%d", i);
        if (user_store_add(f.db, &user, "x") != 0 || write(fd, "1", 1) != 1)
            _exit(1);
    }
}

Test(db, what_was_committed_survives_sigkill)
{
    int pipe_fds[2];
    char told[4096];

    db_free(f.db);
    f.db = NULL;
    cr_assert_eq(pipe(pipe_fds), 0);
    const pid_t child = fork();
    if (child == 0) {
        if (db_open_writer(f.path, &f.db) != 0)
            _exit(1);
        commit_until_killed(pipe_fds[1]);
    }
    (void)close(pipe_fds[1]);
    size_t n_told = 0;
    while (n_told < 20) {
        const ssize_t n = read(pipe_fds[0], told, 1);
        cr_assert_eq(n, 1);
        n_told++;
    }
    cr_assert_eq(kill(child, SIGKILL), 0);
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));
    for (ssize_t n; (n = read(pipe_fds[0], told, sizeof told)) > 0;)
        n_told += (size_t)n;
    (void)close(pipe_fds[0]);
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    const int64_t n_kept = count_users(f.db);
    cr_assert(n_kept == (int64_t)n_told || n_kept == (int64_t)n_told + 1, "told %zu, kept %lld",
              n_told, (long long)n_kept);
}

/* More than SQLite's cache holds, so that it has to write in the middle of a transaction. */
static int merge_much(char (*users)[ID_SIZE], size_t n)
{
    static uint8_t bits[WATCHED_MAX_BYTES];
    static struct progress many[PROGRESS_MERGE_MAX];

    memset(bits, 0xff, sizeof bits);
    for (size_t i = 0; i < n; i++) {
        many[i] = (struct progress){.watched = {.bits = bits, .n_bytes = sizeof bits}};
        memcpy(many[i].user_id, users[i], ID_SIZE);
        memcpy(many[i].lecture_id, lecture_id, ID_SIZE);
    }
    return progress_store_merge_many(f.db, many, n, 5);
}

Test(db, what_follows_a_transaction_that_the_disk_ended_is_refused)
{
    enum { N = 400 };
    static char users[N][ID_SIZE];
    struct db *open = NULL;
    struct user user;
    char login[16];

    tear_down();
    faulty_vfs_register();
    set_up();
    cr_assert_eq(db_begin(f.db, &open), 0);
    for (int i = 0; i < N; i++) {
        (void)snprintf(login, sizeof login, "u%d", i);
        fixture_add_user(&f, login, ROLE_LEARNER, users[i]);
    }
    fixture_add_upload(&f, users[0], 10, 1, lecture_id);
    cr_assert_eq(db_commit(&open), 0);
    cr_assert_eq(db_begin(f.db, &open), 0);
    faulty_vfs_arm(1, SQLITE_FULL, false);
    cr_assert_eq(merge_much(users, N), ERR_NO_SPACE);
    cr_assert(faulty_vfs_disarm());
    /* SQLite has rolled everything back: without a transaction this would be kept at once. */
    struct db *inner = NULL;
    cr_assert_eq(db_begin(f.db, &inner), ERR_IO);
    cr_assert_neq(user_store_set_role(f.db, users[0], ROLE_ADMIN), 0);
    cr_assert_neq(lecture_store_set_title(f.db, lecture_id, slice_from("Khác"), 6), 0);
    cr_assert_neq(db_commit(&open), 0);
    cr_assert_eq(user_store_find(f.db, users[0], &user), 0);
    cr_assert_eq(user.role, ROLE_LEARNER);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM lectures WHERE title = 'Khác'"), 0);
    cr_assert_eq(user_store_set_role(f.db, users[0], ROLE_ADMIN), 0);
}

/* ---- the Nth write, sync or truncation fails, for every N: all or nothing ---- */

/* What a change is tried on: an upload that is complete, and a job that waits for its join. */
static void prepare_rows(void)
{
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
    fixture_add_job(&f, owner, 1, lecture_id, job_id);
    fixture_plan(&f, 1, 0, 2);
    const struct task_ref crashed = fixture_start_task(&f, 3);
    cr_assert_eq(job_task_failed(f.db, &crashed, FAILURE_INTERNAL, true, AT(3)), 0);
    const struct task_ref chunk = fixture_start_task(&f, 3);
    cr_assert_eq(job_task_done(f.db, &chunk, 4), 0);
}

static int change_finish_job(void)
{
    struct task_issue *issues = NULL;
    size_t n = 0;

    int err = job_turn_issue(f.db, 9, 5, &f.turn, &f.arena, &issues, &n);
    if (!err && n == 1)
        err = job_task_done(f.db, &issues[0].ref, 6);
    return err;
}

static int change_cancel(void)
{
    return job_store_cancel(f.db, job_id, 5);
}

/* Job, tasks, parts and lecture. */
static int change_start_over(void)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(f.db, &open);
    if (!err)
        err = job_store_cancel(f.db, job_id, 5);
    if (!err)
        err = job_store_retry(f.db, job_id, true, 6);
    return err ? err : db_commit(&open);
}

/* A task's failure, its source's second crash, its job and its lecture. */
static int change_crash(void)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task_issue *issues = NULL;
    size_t n = 0;

    int err = db_begin(f.db, &open);
    if (!err)
        err = job_turn_issue(f.db, 9, 5, &f.turn, &f.arena, &issues, &n);
    if (!err && n == 0)
        err = ERR_CONFLICT; /* its job has ended */
    if (!err)
        err = job_task_failed(f.db, &issues[0].ref, FAILURE_INTERNAL, true, AT(7));
    return err ? err : db_commit(&open);
}

static int change_progress(void)
{
    static uint8_t bits[4000];
    struct progress progress = {.watched = {.bits = bits, .n_bytes = sizeof bits}};

    memset(bits, 0x5a, sizeof bits);
    memcpy(progress.user_id, owner, ID_SIZE);
    memcpy(progress.lecture_id, lecture_id, ID_SIZE);
    return progress_store_merge_many(f.db, &progress, 1, 7);
}

static int change_many_at_once(void)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(f.db, &open);
    if (!err)
        err = user_store_set_role(f.db, owner, ROLE_ADMIN);
    if (!err)
        err = lecture_store_set_title(f.db, lecture_id, slice_from("Bài khác"), 8);
    if (!err)
        err = change_progress();
    if (!err)
        err = change_cancel();
    return err ? err : db_commit(&open);
}

/* A number that any change of a row changes. */
static int64_t sum_rows(void)
{
    return fixture_number(
        &f, "SELECT (SELECT coalesce(sum(length(role)), 0) FROM users) * 7"
            " + (SELECT coalesce(sum(crashes), 0) FROM quarantine) * 500"
            " + (SELECT sum(length(state) * 3 + length(title)) FROM lectures) * 1000"
            " + (SELECT sum(length(state) * 5 + progress_permille) FROM jobs) * 1000000"
            " + (SELECT sum(length(state) * 11 + epoch) FROM tasks) * 10000000000"
            " + (SELECT coalesce(sum(watched_s), 0) FROM progress) * 100000000000000");
}

static bool is_sound(void)
{
    return fixture_number(&f, "SELECT count(*) = 1 AND min(integrity_check) = 'ok'"
                              " FROM pragma_integrity_check") == 1;
}

static struct buf prepared; /* the database with its rows, made once for a test */
static struct job_turn prepared_turn;

static void keep_prepared(void)
{
    prepare_rows();
    prepared = buf_with_limit(16 << 20);
    fixture_keep(&f, &prepared);
    prepared_turn = f.turn;
}

static void put_prepared_back(void)
{
    fixture_put_back(&f, &prepared);
    f.turn = prepared_turn;
}

/* One fault. Returns whether it happened: it does not when the change needs fewer operations. */
static bool try_with_fault(int (*change)(void), int nth, int code, bool is_sticky)
{
    put_prepared_back();
    const int64_t before = sum_rows();
    faulty_vfs_arm(nth, code, is_sticky);
    const int err = change();
    const bool has_happened = faulty_vfs_disarm();
    const int64_t after = sum_rows();
    cr_assert(err == 0 || err == ERR_IO || err == ERR_NO_SPACE, "%d: %s", err, db_failure(f.db));
    if (change != change_finish_job) /* which is two transactions */
        cr_assert_eq(err != 0, after == before, "fault %d: err %d", nth, err);
    cr_assert(is_sound(), "fault %d", nth);
    const int again = change();
    cr_assert(again == 0 || (err == 0 && again == ERR_CONFLICT), "fault %d: %d then %d: %s", nth,
              err, again, db_failure(f.db));
    fixture_reopen(&f);
    cr_assert(is_sound(), "fault %d", nth);
    return has_happened;
}

static void try_all_faults(int (*change)(void))
{
    static const int codes[] = {SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_IOERR_FSYNC};
    int n_tried = 0;

    tear_down();
    faulty_vfs_register();
    set_up();
    keep_prepared();
    for (size_t i = 0; i < 3; i++)
        for (int is_sticky = 0; is_sticky < 2; is_sticky++)
            for (int nth = 1; try_with_fault(change, nth, codes[i], is_sticky); nth++)
                n_tried++;
    cr_assert_geq(n_tried, 6);
    buf_clear(&prepared);
}

Test(db, a_disk_that_fails_anywhere_leaves_a_jobs_end_whole_or_absent, .timeout = 60)
{
    try_all_faults(change_finish_job);
}

Test(db, a_disk_that_fails_anywhere_leaves_a_cancellation_whole_or_absent, .timeout = 60)
{
    try_all_faults(change_cancel);
}

Test(db, a_disk_that_fails_anywhere_leaves_a_job_started_over_whole_or_absent, .timeout = 60)
{
    try_all_faults(change_start_over);
}

Test(db, a_disk_that_fails_anywhere_leaves_a_quarantine_whole_or_absent, .timeout = 60)
{
    try_all_faults(change_crash);
}

Test(db, a_disk_that_fails_anywhere_leaves_progress_whole_or_absent, .timeout = 60)
{
    try_all_faults(change_progress);
}

Test(db, a_disk_that_fails_anywhere_leaves_nested_changes_whole_or_absent, .timeout = 60)
{
    try_all_faults(change_many_at_once);
}

/* One failed allocation of SQLite's in an opened database, or all from there on. */
static bool try_without_memory(int (*change)(void), int nth, bool is_sticky)
{
    fixture_reopen(&f); /* without statements that are prepared already */
    const int64_t before = sum_rows();
    faulty_memory_arm(nth, is_sticky);
    const int err = change();
    const bool has_happened = faulty_memory_disarm();
    cr_assert(err == 0 || err == ERR_NO_MEMORY, "%d: %s", err, db_failure(f.db));
    cr_assert_eq(err != 0, sum_rows() == before, "allocation %d: err %d", nth, err);
    if (err == 0) /* SQLite could do without */
        put_prepared_back();
    return has_happened;
}

TestSuite(db_memory, .fini = tear_down); /* SQLite must not have been used before */

Test(db_memory, memory_that_runs_out_anywhere_leaves_changes_whole_or_absent, .timeout = 60)
{
    int n_tried = 0;

    faulty_memory_install();
    set_up();
    keep_prepared();
    for (int is_sticky = 0; is_sticky < 2; is_sticky++)
        for (int nth = 1; try_without_memory(change_many_at_once, nth, is_sticky); nth++)
            n_tried++;
    cr_assert_geq(n_tried, 100);
    buf_clear(&prepared);
}

Test(db, a_statement_that_takes_too_long_is_interrupted)
{
    static const char SLOW[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                               " WHERE i < 1000000000) SELECT count(*) FROM n";

    db_limit_time(f.db, 20);
    CLEANUP(query_end) struct query slow = query_start(f.db, SLOW);
    cr_assert_eq(query_next(&slow), ERR_TIMEOUT);
    query_end(&slow);
    db_limit_time(f.db, 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users"), 0);
    CLEANUP(query_end) struct query quick = query_start(f.db, "SELECT count(*) FROM users");
    cr_assert_eq(query_next(&quick), 0);
}
