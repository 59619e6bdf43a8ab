// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/upload_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/encode.h"
#include "common/err.h"
#include "storage/jobs/upload_store.h"
#include "tests/unit/storage/fixture.h"
#include "tests/unit/storage/media_fixture.h"
#include "tests/unit/storage/random.h"
#include "tests/unit/support/fail_alloc.h"

static struct media_fixture m;
static char id[ID_SIZE], path[96], text[256];

static void set_up(void)
{
    media_fixture_open(&m);
    id_new(id);
    (void)snprintf(path, sizeof path, "uploads/%s", id);
}

static void tear_down(void)
{
    media_fixture_close(&m);
}

TestSuite(upload_file, .init = set_up, .fini = tear_down);

static struct upload_file *open_at(int64_t offset)
{
    struct upload_file *file = NULL;

    cr_assert_eq(upload_file_open(m.store, id, offset, &file), 0);
    return file;
}

Test(upload_file, bytes_go_one_behind_the_other_over_several_openings)
{
    struct upload_file *file = open_at(0);

    cr_assert_eq(upload_file_append(file, "xin ", 4), 0);
    cr_assert_eq(upload_file_append(file, "chào", 5), 0);
    cr_assert_eq(upload_file_offset(file), 9);
    cr_assert_eq(upload_file_sync(file), 0);
    upload_file_free(file);
    file = open_at(9);
    cr_assert_eq(upload_file_append(file, " bạn", 6), 0);
    upload_file_free(file);
    media_fixture_read(&m, path, text, sizeof text);
    cr_assert_str_eq(text, "xin chào bạn");
}

Test(upload_file, what_was_not_promised_is_cut_off)
{
    struct upload_file *file = open_at(0);

    cr_assert_eq(upload_file_append(file, "0123456789", 10), 0);
    upload_file_free(file);
    file = open_at(4);
    cr_assert_eq(upload_file_append(file, "x", 1), 0);
    upload_file_free(file);
    media_fixture_read(&m, path, text, sizeof text);
    cr_assert_str_eq(text, "0123x");
}

Test(upload_file, a_file_that_lost_promised_bytes_is_told)
{
    struct upload_file *file = open_at(0), *other = NULL;

    cr_assert_eq(upload_file_append(file, "0123", 4), 0);
    upload_file_free(file);
    cr_assert_eq(upload_file_open(m.store, id, 5, &other), ERR_CORRUPT);
    cr_assert_eq(upload_file_remove(m.store, id), 0);
    cr_assert_eq(upload_file_remove(m.store, id), 0);
    cr_assert_eq(upload_file_open(m.store, id, 4, &other), ERR_NOT_FOUND);
    cr_assert_null(other);
}

Test(upload_file, only_ids_are_names)
{
    static const char *const names[] = {"",     ".",           "../lock",
                                        "0123", "/etc/passwd", "0123456789ABCDEF0123456789ABCDEF"};
    uint8_t value[SHA256_BYTES];
    struct upload_file *file = NULL;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cr_assert_eq(upload_file_open(m.store, names[i], 0, &file), ERR_INVALID);
        cr_assert_eq(upload_file_hash(m.store, names[i], 0, value), ERR_INVALID);
        cr_assert_eq(upload_file_remove(m.store, names[i]), ERR_INVALID);
    }
    cr_assert_eq(upload_file_open(m.store, id, -1, &file), ERR_INVALID);
}

Test(upload_file, a_link_in_the_folder_is_not_followed)
{
    char full[160];
    struct upload_file *file = NULL;

    media_fixture_write(&m, "victim", "precious");
    (void)snprintf(full, sizeof full, "%s/%s", m.directory, path);
    cr_assert_eq(symlink("../victim", full), 0);
    cr_assert_neq(upload_file_open(m.store, id, 0, &file), 0);
    media_fixture_read(&m, "victim", text, sizeof text);
    cr_assert_str_eq(text, "precious");
}

Test(upload_file, a_chunk_with_a_wrong_checksum_can_be_cut_back)
{
    struct upload_file *file = open_at(0);

    cr_assert_eq(upload_file_append(file, "good", 4), 0);
    cr_assert_eq(upload_file_append(file, "bad!", 4), 0);
    cr_assert_eq(upload_file_truncate(file, 9), ERR_INVALID);
    cr_assert_eq(upload_file_truncate(file, 4), 0);
    cr_assert_eq(upload_file_offset(file), 4);
    cr_assert_eq(upload_file_append(file, "better", 6), 0);
    upload_file_free(file);
    media_fixture_read(&m, path, text, sizeof text);
    cr_assert_str_eq(text, "goodbetter");
}

Test(upload_file, a_failed_write_keeps_the_offset_and_ends_the_descriptors_use)
{
    struct upload_file *file = open_at(0);
    const struct rlimit tight = {.rlim_cur = 6, .rlim_max = RLIM_INFINITY};
    const struct rlimit wide = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(upload_file_append(file, "0123", 4), 0);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    cr_assert_lt(upload_file_append(file, "456789", 6), 0);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &wide), 0);
    cr_assert_eq(upload_file_offset(file), 4);
    cr_assert_eq(upload_file_append(file, "4", 1), ERR_IO);
    cr_assert_eq(upload_file_sync(file), ERR_IO);
    upload_file_free(file);
    file = open_at(4);
    cr_assert_eq(upload_file_append(file, "4", 1), 0);
    upload_file_free(file);
    media_fixture_read(&m, path, text, sizeof text);
    cr_assert_str_eq(text, "01234");
}

Test(upload_file, the_hash_is_of_the_whole_file_and_the_length_is_checked)
{
    char hash[SHA256_HEX_SIZE], hex[SHA256_HEX_SIZE];
    uint8_t value[SHA256_BYTES];

    media_fixture_upload(&m, "abc", id, hash);
    cr_assert_eq(upload_file_hash(m.store, id, 3, value), 0);
    encode_hex(value, sizeof value, hex);
    cr_assert_str_eq(hex, hash);
    cr_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cr_assert_eq(upload_file_hash(m.store, id, 4, value), ERR_CORRUPT);
    id_new(id);
    cr_assert_eq(upload_file_hash(m.store, id, 3, value), ERR_NOT_FOUND);
}

Test(upload_file, without_memory_the_bytes_stay_as_they_are)
{
    char hash[SHA256_HEX_SIZE];
    struct upload_file *file = NULL;
    uint8_t value[SHA256_BYTES];

    media_fixture_upload(&m, "abc", id, hash);
    fail_alloc_start(0);
    const int open_err = upload_file_open(m.store, id, 3, &file);
    const int hash_err = upload_file_hash(m.store, id, 3, value);
    cr_assert(fail_alloc_stop());
    cr_assert_eq(open_err, ERR_NO_MEMORY);
    cr_assert_eq(hash_err, ERR_NO_MEMORY);
    cr_assert_null(file);
    cr_assert_eq(upload_file_hash(m.store, id, 3, value), 0);
}

/* ---- killed anywhere between the first byte and the job, nothing that was told is lost ---- */

enum { CHUNK = 300, N_CHUNKS = 4 };

static struct fixture f;
static char owner[ID_SIZE];

/* What the child tells when it is durable, in writes that the pipe keeps whole. */
struct told {
    char upload_id[ID_SIZE];
    int n_chunks;
    bool is_finished;
};

static void tell(int fd, const char *upload_id, int n_chunks, bool is_finished)
{
    struct told told = {.n_chunks = n_chunks, .is_finished = is_finished};

    memcpy(told.upload_id, upload_id, ID_SIZE);
    if (write(fd, &told, sizeof told) != (ssize_t)sizeof told)
        _exit(1);
}

/* The bytes of an upload are made from its id, so that anybody can check them. */
static void fill_chunk(const char *upload_id, int number, char chunk[CHUNK])
{
    for (int i = 0; i < CHUNK; i++)
        chunk[i] = (char)(upload_id[i % ID_LENGTH] + number);
}

static int store_source(const char *upload_id)
{
    uint8_t value[SHA256_BYTES];
    char hex[SHA256_HEX_SIZE], job_id[ID_SIZE];

    int err = upload_file_hash(m.store, upload_id, (int64_t)CHUNK * N_CHUNKS, value);
    if (err)
        return err;
    encode_hex(value, sizeof value, hex);
    err = media_store_adopt_source(m.store, upload_id, hex);
    id_new(job_id);
    if (!err)
        err = upload_store_finish(f.db, upload_id, hex, job_id, 5);
    return err ? err : upload_file_remove(m.store, upload_id);
}

static int receive_chunk(struct upload_file *file, const char *upload_id, int number)
{
    char chunk[CHUNK];

    fill_chunk(upload_id, number, chunk);
    int err = upload_file_append(file, chunk, CHUNK);
    if (!err)
        err = upload_file_sync(file);
    return err ? err : upload_store_advance(f.db, upload_id, (int64_t)(number + 1) * CHUNK, 0);
}

static void receive_one(int fd)
{
    struct upload upload = {.length_bytes = (int64_t)CHUNK * N_CHUNKS, .created_at_ms = 2};
    const struct lecture lecture = {.title = "Bài"};
    struct upload_file *file = NULL;

    id_new(upload.id);
    memcpy(upload.owner_id, owner, ID_SIZE);
    int err = upload_store_create(f.db, &upload, &lecture);
    if (!err)
        err = upload_file_open(m.store, upload.id, 0, &file);
    for (int i = 0; !err && i < N_CHUNKS; i++) {
        err = receive_chunk(file, upload.id, i);
        if (!err)
            tell(fd, upload.id, i + 1, false);
    }
    upload_file_free(file);
    if (!err)
        err = store_source(upload.id);
    if (err)
        _exit(1);
    tell(fd, upload.id, N_CHUNKS, true);
}

static void receive_until_killed(int fd)
{
    if (db_open_writer(f.path, &f.db) != 0)
        _exit(1);
    for (;;)
        receive_one(fd);
}

static void check_bytes(const char *upload_id, const char *file, int n_chunks)
{
    char expected[CHUNK], found[CHUNK];
    CLEANUP(close_fd) const int fd = open(file, O_RDONLY);

    cr_assert_geq(fd, 0, "%s", file);
    for (int i = 0; i < n_chunks; i++) {
        fill_chunk(upload_id, i, expected);
        cr_assert_eq(read(fd, found, CHUNK), CHUNK);
        cr_assert_eq(memcmp(found, expected, CHUNK), 0);
    }
}

static void check_told(const struct told *told)
{
    struct lecture lecture;
    struct upload upload;
    char file[256], source[MEDIA_PATH_SIZE];

    cr_assert_eq(lecture_store_find(f.db, told->upload_id, &lecture), 0);
    const int err = upload_store_find(f.db, told->upload_id, &upload);
    if (err == ERR_NOT_FOUND) {
        cr_assert_eq(lecture.state, LECTURE_QUEUED);
        media_path_source(lecture.source_sha256, source);
        (void)snprintf(file, sizeof file, "%s/media/%s", m.directory, source);
        check_bytes(told->upload_id, file, N_CHUNKS);
        return;
    }
    cr_assert_eq(err, 0);
    cr_assert_not(told->is_finished);
    cr_assert_geq(upload.durable_offset, (int64_t)told->n_chunks * CHUNK);
    struct upload_file *opened = NULL;
    cr_assert_eq(upload_file_open(m.store, upload.id, upload.durable_offset, &opened), 0);
    upload_file_free(opened);
    (void)snprintf(file, sizeof file, "%s/uploads/%s", m.directory, upload.id);
    check_bytes(told->upload_id, file, told->n_chunks);
}

/* As the core does at its start. */
static void resume_complete(void)
{
    struct upload *uploads = NULL;
    size_t n = 0;

    cr_assert_eq(upload_store_list_complete(f.db, 100, &f.arena, &uploads, &n), 0);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(store_source(uploads[i].id), 0);
}

static void run_and_kill(unsigned us)
{
    struct told told[4096];
    int pipe_fds[2], status = 0;
    size_t n_told = 0;

    cr_assert_eq(pipe(pipe_fds), 0);
    const pid_t child = fork();
    if (child == 0)
        receive_until_killed(pipe_fds[1]);
    (void)close(pipe_fds[1]);
    (void)usleep(us);
    cr_assert_eq(kill(child, SIGKILL), 0);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status), "the child failed before it was killed");
    while (n_told < 4096 && read(pipe_fds[0], &told[n_told], sizeof told[0]) == sizeof told[0])
        n_told++;
    (void)close(pipe_fds[0]);
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    for (size_t i = 0; i < n_told; i++)
        check_told(&told[i]);
    resume_complete();
    for (size_t i = 0; i < n_told; i++)
        check_told(&told[i]);
    db_free(f.db);
    f.db = NULL;
}

Test(upload_file, an_upload_that_is_killed_anywhere_keeps_what_was_acknowledged, .timeout = 60)
{
    struct random_source source = random_start("upload_file");

    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
    db_free(f.db);
    f.db = NULL;
    for (int i = 0; i < 15; i++)
        run_and_kill((unsigned)random_below(&source, 60000));
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    fixture_close(&f);
}
