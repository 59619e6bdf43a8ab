// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai user add LOGIN --role R [--name N] [--password-stdin]
 * banmai user password LOGIN [--password-stdin]
 * banmai user role LOGIN --role R
 * banmai user unlock LOGIN
 * banmai user list
 *
 * Asks the running server; without one, works on the data folder itself. Without --password-stdin a
 * password is made and printed once. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/id.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "server/auth/password.h"
#include "server/auth/policy.h"
#include "server/auth/user_store.h"
#include "server/cli/commands.h"
#include "server/cli/control_client.h"
#include "server/roles/data_dir.h"
#include "server/roles/own_user.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/list_page.h"

enum { BODY_LIMIT = 8192, LIST_PART = 200, MADE_PASSWORD_BYTES = 12, LIST_TARGET_SIZE = 2048 };

#define LIST_TARGET "/control/v1/users?limit=200"

struct user_request {
    struct config config;
    const char *login;
    const char *role;
    const char *name;
    char password[PASSWORD_TYPED_BYTES + 1];
    bool is_password_made;
};

/* Reads the first line of standard input without its end, LF or CR LF. Returns why it cannot be a
 * password, or NULL. What does not belong to a password is told, never cut off. */
static const char *read_password(struct user_request *request)
{
    CLEANUP(free_ptr) char *line = NULL;
    size_t size = 0;
    const ssize_t n = getline(&line, &size, stdin);
    struct slice password = slice_of(line, n > 0 ? (size_t)n : 0);

    if (password.length > 0 && password.data[password.length - 1] == '\n')
        password.length--;
    if (password.length > 0 && password.data[password.length - 1] == '\r')
        password.length--;
    const char *fault = password_fault(password);
    if (!fault)
        (void)slice_to_cstr(password, request->password, sizeof request->password);
    if (line)
        explicit_bzero(line, size);
    return fault;
}

static const char *choose_password(struct user_request *request, bool from_stdin)
{
    unsigned char bytes[MADE_PASSWORD_BYTES];

    if (from_stdin)
        return read_password(request);
    random_bytes(bytes, sizeof bytes);
    encode_base64url(bytes, sizeof bytes, request->password);
    request->is_password_made = true;
    return NULL;
}

/* ---- with a running server ---- */

static int call(const struct user_request *request, const char *method, const char *target,
                const struct buf *body, struct control_reply *reply)
{
    char path[PATH_MAX];
    const struct control_request control = {
        .method = method,
        .target = target,
        .fields = body ? "Content-Type: application/json\r\n" : NULL,
        .body = body ? buf_slice(body) : slice_of(NULL, 0),
        .body_fd = -1,
    };

    if (control_path(&request->config, path))
        return ERR_INVALID;
    return control_call(path, &control, reply);
}

/* A change has the login in its path. */
static void write_account(const struct user_request *request, bool is_new, struct buf *body)
{
    json_begin_object(body, NULL);
    if (is_new)
        json_put_text(body, "login", request->login);
    if (request->role)
        json_put_text(body, "role", request->role);
    if (request->name)
        json_put_text(body, "name", request->name);
    if (request->password[0])
        json_put_text(body, "password", request->password);
    json_end_object(body);
}

/* Posts the account. Returns an exit status, or -1 when no server runs. */
static int post_account(const struct user_request *request, bool is_new, const char *target)
{
    CLEANUP(buf_clear) struct buf body = buf_with_limit(BODY_LIMIT);
    CLEANUP(buf_clear) struct buf text = buf_with_limit(BODY_LIMIT);
    struct control_reply reply;

    write_account(request, is_new, &body);
    if (body.err)
        return fail("login, role and name must be UTF-8");
    const int err = call(request, "POST", target, &body, &reply);
    int status = EXIT_DONE;
    if (err == ERR_NOT_FOUND)
        status = -1;
    else if (err)
        status =
            fail("the running server does not answer on its control socket: %s", err_text(err));
    else if (reply.status >= 300)
        status = fail("%s", control_reply_problem(&reply, &text));
    control_reply_clear(&reply);
    return status;
}

/* ---- without one ---- */

static int add_offline(struct db *db, const struct user_request *request, const char *hash)
{
    struct user user = {.created_at_ms = clock_wall_ms()};

    id_new(user.id);
    if (!user_login_is_valid(slice_from(request->login)))
        return fail("the login needs 1 to 64 letters, digits or the characters . _ - @ +");
    if (role_from_name(slice_from(request->role), &user.role))
        return fail("the role is learner, ambassador, instructor or admin");
    (void)slice_to_cstr(slice_from(request->login), user.login, sizeof user.login);
    if (slice_to_cstr(slice_from(request->name ? request->name : request->login), user.name,
                      sizeof user.name))
        return fail("the name is too long");
    const int err = user_store_add(db, &user, hash);
    if (err == ERR_EXISTS)
        return fail("there is an account \"%s\" already: to give it a new password, use banmai "
                    "user password",
                    request->login);
    return err ? fail("cannot add the account: %s", err_text(err)) : EXIT_DONE;
}

/* The account of a person: the machine's own is nobody's to change. */
static int find_offline(struct db *db, const struct user_request *request, struct user *ret_user)
{
    const int err = user_store_find_by_login(db, slice_from(request->login), ret_user, NULL);

    if (err == ERR_NOT_FOUND || (!err && strcmp(ret_user->id, SYSTEM_USER_ID) == 0))
        return fail("there is no account \"%s\"", request->login);
    return err ? fail("cannot read the account: %s", err_text(err)) : EXIT_DONE;
}

static int set_password_offline(struct db *db, const struct user_request *request, const char *hash)
{
    struct user user;

    if (find_offline(db, request, &user))
        return EXIT_FAILED;
    const int err = user_store_set_password(db, user.id, hash);
    return err ? fail("cannot set the password: %s", err_text(err)) : EXIT_DONE;
}

/* Attempts are counted in the memory of a running server. */
static int unlock_offline(struct db *db, const struct user_request *request)
{
    struct user user;

    return find_offline(db, request, &user);
}

static int set_role_offline(struct db *db, const struct user_request *request)
{
    struct user user;
    enum role role;

    if (role_from_name(slice_from(request->role), &role))
        return fail("the role is learner, ambassador, instructor or admin");
    if (find_offline(db, request, &user))
        return EXIT_FAILED;
    const int err = user_store_set_role(db, user.id, role);
    return err ? fail("cannot set the role: %s", err_text(err)) : EXIT_DONE;
}

static void print_users(const struct user *users, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)printf("%s\t%s\t%s\n", users[i].login, role_name(users[i].role), users[i].name);
}

static int list_offline(struct db *db)
{
    struct arena arena = arena_with_limit(4 << 20);
    struct list_page page = {.limit = LIST_PART, .is_first = true};
    bool has_more = true;
    int err = 0;

    while (has_more && !err) {
        struct user *users = NULL;
        size_t n = 0;
        arena_reset(&arena);
        err = user_store_list(db, &page, &arena, &users, &n);
        has_more = n > page.limit;
        if (has_more)
            n = page.limit;
        print_users(users, n);
        if (n > 0)
            memcpy(page.after.text, users[n - 1].login, sizeof users[n - 1].login);
        page.is_first = false;
    }
    arena_clear(&arena);
    return err ? fail("cannot list the accounts: %s", err_text(err)) : EXIT_DONE;
}

enum user_action { USER_ADD, USER_PASSWORD, USER_ROLE, USER_UNLOCK, USER_LIST };

/* What root makes in the folder has to be the server's. */
static int become_owner(const struct config *config, struct buf *message)
{
    struct own_user user;
    const int err = own_user_find(config->user, config->data, &user, message);

    return err ? err : own_user_become(&user, config->data, message);
}

static int act_offline(const struct user_request *request, enum user_action action)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(4096);
    CLEANUP(db_free) struct db *db = NULL;
    char path[PATH_MAX];
    char hash[PASSWORD_HASH_SIZE];
    struct data_dir dir;

    if (become_owner(&request->config, &message) ||
        data_dir_open(request->config.data, &dir, &message))
        return fail("%s", message.data);
    data_dir_path(&dir, "banmai.sqlite3", path);
    int status = EXIT_DONE;
    if (db_open_writer(path, &db))
        status = fail("cannot open the database %s: %s", path, db_open_failure());
    else if (action == USER_LIST)
        status = list_offline(db);
    else if (action == USER_ROLE)
        status = set_role_offline(db, request);
    else if (action == USER_UNLOCK)
        status = unlock_offline(db, request);
    else if (password_hash(slice_from(request->password), hash))
        status = fail("cannot hash the password: out of memory");
    else if (action == USER_ADD)
        status = add_offline(db, request, hash);
    else
        status = set_password_offline(db, request, hash);
    db_free(db);
    db = NULL;
    data_dir_close(&dir);
    return status;
}

/* ---- the subcommands ---- */

static int finish(const struct user_request *request, int status)
{
    if (status == EXIT_DONE && request->is_password_made)
        (void)printf("%s\n", request->password);
    return status;
}

static int add(struct user_request *request)
{
    if (!request->role)
        return fail_usage("user add needs --role learner, ambassador, instructor or admin");
    const int status = post_account(request, true, "/control/v1/users");
    return finish(request, status < 0 ? act_offline(request, USER_ADD) : status);
}

/* A change to the account LOGIN at .../LOGIN/WHAT. */
static int change(const struct user_request *request, const char *what, enum user_action action)
{
    char target[128];

    if (!user_login_is_valid(slice_from(request->login)))
        return fail("there is no account \"%s\"", request->login);
    (void)snprintf(target, sizeof target, "/control/v1/users/%s/%s", request->login, what);
    const int status = post_account(request, false, target);
    return finish(request, status < 0 ? act_offline(request, action) : status);
}

static int set_role(const struct user_request *request)
{
    if (!request->role)
        return fail_usage("user role needs --role learner, ambassador, instructor or admin");
    return change(request, "role", USER_ROLE);
}

/* Prints a part of the list and writes what to ask for next; "" at the end. */
static int print_reply(const struct control_reply *reply, char next[LIST_TARGET_SIZE])
{
    CLEANUP(json_decref) json_t *document = NULL;
    const json_t *users;

    if (json_parse(buf_slice(&reply->body), &document) || json_get_array(document, "users", &users))
        return fail("the server's answer cannot be read");
    for (size_t i = 0; i < json_array_size(users); i++) {
        const json_t *user = json_array_get(users, i);
        (void)printf("%s\t%s\t%s\n", json_string_value(json_object_get(user, "login")),
                     json_string_value(json_object_get(user, "role")),
                     json_string_value(json_object_get(user, "name")));
    }
    const char *cursor = json_string_value(json_object_get(document, "next"));
    const int n = cursor ? snprintf(next, LIST_TARGET_SIZE, "%s&after=%s", LIST_TARGET, cursor) : 0;
    if (n >= LIST_TARGET_SIZE)
        return fail("the server's answer cannot be read");
    if (!cursor)
        next[0] = '\0';
    return EXIT_DONE;
}

static int list_part(const struct user_request *request, char target[LIST_TARGET_SIZE])
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(BODY_LIMIT);
    struct control_reply reply;
    int status;

    const int err = call(request, "GET", target, NULL, &reply);
    if (err == ERR_NOT_FOUND) {
        target[0] = '\0';
        status = act_offline(request, USER_LIST);
    } else if (err) {
        status = fail("the running server does not answer: %s", err_text(err));
    } else if (reply.status != 200) {
        status = fail("%s", control_reply_problem(&reply, &text));
    } else {
        status = print_reply(&reply, target);
    }
    control_reply_clear(&reply);
    return status;
}

static int list(const struct user_request *request)
{
    char target[LIST_TARGET_SIZE] = LIST_TARGET;
    int status = EXIT_DONE;

    while (status == EXIT_DONE && target[0])
        status = list_part(request, target);
    return status;
}

int command_user(int argc, char **argv)
{
    struct user_request request = {0};
    int n = 0;

    const int status = load_settings(&request.config, argc, argv, &n);
    if (status)
        return status;
    if (take_option(&n, argv, "role", &request.role) ||
        take_option(&n, argv, "name", &request.name))
        return fail_usage("--role and --name need a value");
    const bool from_stdin = take_switch(&n, argv, "password-stdin");
    if (n == 1 && strcmp(argv[0], "list") == 0)
        return list(&request);
    if (n != 2 || argv[1][0] == '-')
        return fail_usage("user add LOGIN, user password LOGIN, user role LOGIN, user unlock LOGIN "
                          "or user list expected");
    request.login = argv[1];
    if (strcmp(argv[0], "role") == 0)
        return set_role(&request);
    if (strcmp(argv[0], "unlock") == 0)
        return change(&request, "unlock", USER_UNLOCK);
    const char *fault = choose_password(&request, from_stdin);
    if (fault)
        return fail("%s Nothing was changed.", fault);
    if (strcmp(argv[0], "add") == 0)
        return add(&request);
    if (strcmp(argv[0], "password") == 0)
        return change(&request, "password", USER_PASSWORD);
    return fail_usage("user does not know \"%s\"", argv[0]);
}
