// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/slice.h"
#include "server/front.h"

enum setting_kind { SETTING_TEXT, SETTING_COUNT, SETTING_BYTES, SETTING_SWITCH };

/* When a changed setting counts: what a reload replaces is read from the settings in force each
 * time that it is used; all the rest was taken into something at start. */
enum setting_when { AT_START = 1, AT_RELOAD };

struct setting {
    const char *name; /* snake_case: the INI name; BANMAI_NAME; --na-me */
    enum setting_kind kind;
    enum setting_when when;
    size_t offset;      /* in struct config */
    size_t size;        /* of a text's buffer */
    uint64_t min, max;  /* of a number */
    const char *preset; /* the default, as one would write it */
    const char *help;
    bool is_secret; /* it may hold a password: never told again */
};

/* Each row says when a change of it counts; one that does not has no value of this type. */
#define TEXT_ROW(field, when, preset, help, is_secret)                         \
    {                                                                          \
#field, SETTING_TEXT, when, offsetof(struct config, field),            \
            sizeof(((struct config *)0)->field), 0, 0, preset, help, is_secret \
    }
#define TEXT(field, when, preset, help)   TEXT_ROW(field, when, preset, help, false)
#define SECRET(field, when, preset, help) TEXT_ROW(field, when, preset, help, true)
#define NUMBER(field, kind, when, min, max, preset, help)                                    \
    {                                                                                        \
#field, kind, when, offsetof(struct config, field), 0, min, max, preset, help, false \
    }

static const struct setting SETTINGS[] = {
    TEXT(data, AT_START, "./data", "folder with all state: database, uploads, media, Redis"),
    TEXT(user, AT_START, "",
         "who to be when root starts this; empty: the owner of the data folder"),
    TEXT(listen, AT_START, "127.0.0.1:8080",
         "ADDR:PORT to serve HTTP on; \"none\" for the control socket alone"),
    TEXT(public_url, AT_START, "",
         "where people see the server when a proxy stands in front: https://HOST[:PORT]"),
    TEXT(trusted_proxies, AT_RELOAD, "",
         "addresses of the proxies whose X-Forwarded-For, -Proto and -Host count: 127.0.0.1, "
         "10.0.0.0/8"),
    TEXT(tls_cert, AT_START, "", "certificate chain, PEM; with --tls-key: HTTPS"),
    TEXT(tls_key, AT_START, "", "private key, PEM"),
    SECRET(redis, AT_START, "",
           "redis://HOST:PORT or unix:PATH; empty: a private redis-server in the data folder"),
    NUMBER(redis_max_bytes, SETTING_BYTES, AT_START, 0, UINT64_C(1) << 45, "0",
           "memory of the private Redis; 0: a quarter of the machine's, at most 1G"),
    SECRET(metrics_token, AT_RELOAD, "",
           "who sends it as a bearer token may read /metrics; empty: admins alone may"),
    TEXT(media, AT_START, "", "banmai worker: the media store of its server"),
    TEXT(worker_name, AT_START, "",
         "banmai worker: its name in reports; empty: host name and process id"),
    TEXT(web, AT_START, "", "folder of the built pages; empty: found beside the program"),
    TEXT(transcoder, AT_START, "", "the program banmai-transcode; empty: found beside the program"),
    TEXT(log_format, AT_RELOAD, "json", "json or text"),
    TEXT(log_level, AT_RELOAD, "info", "debug, info, warn or error"),
    NUMBER(loops, SETTING_COUNT, AT_START, 0, 64, "0", "event loops; 0: one per core"),
    NUMBER(workers, SETTING_COUNT, AT_START, 0, 256, "0", "transcoding slots; 0: one per core"),
    NUMBER(max_upload_bytes, SETTING_BYTES, AT_RELOAD, 1, UINT64_C(1) << 45, "16G",
           "largest upload"),
    NUMBER(disk_floor_bytes, SETTING_BYTES, AT_START, 0, UINT64_C(1) << 50, "1G",
           "uploads are refused rather than leave less free space"),
    NUMBER(instructor_quota_bytes, SETTING_BYTES, AT_RELOAD, 0, UINT64_C(1) << 50, "200G",
           "uploads and sources that one instructor may keep here; 0: no limit"),
    NUMBER(upload_idle_days, SETTING_COUNT, AT_RELOAD, 1, 3650, "30",
           "an upload is removed after so many days of running without a byte"),
    NUMBER(deleted_keep_hours, SETTING_COUNT, AT_RELOAD, 0, 8760, "24",
           "the files of what was deleted are removed after so many hours of running"),
    NUMBER(session_days, SETTING_COUNT, AT_RELOAD, 1, 3650, "30", "a login lasts so long"),
    NUMBER(progress_credit_s, SETTING_COUNT, AT_RELOAD, 0, 1000000000, "30",
           "seconds of a lecture that may be reported at once"),
    NUMBER(complete_permille, SETTING_COUNT, AT_RELOAD, 1, 1000, "900",
           "coverage at which a lecture counts as complete"),
    NUMBER(local_worker, SETTING_SWITCH, AT_START, 0, 1, "yes",
           "banmai serve runs a worker of its own"),
    TEXT(access_log, AT_RELOAD, "off",
         "lines for answered requests: off, json or combined (as Apache has it)"),
    NUMBER(access_log_every, SETTING_COUNT, AT_RELOAD, 1, 1000000, "1",
           "one request in so many gets its line; failures of ours always"),
    NUMBER(kernel_tls, SETTING_SWITCH, AT_START, 0, 1, "no",
           "let the kernel encrypt what is sent over TLS, where it can"),
    NUMBER(pacing, SETTING_SWITCH, AT_START, 0, 1, "yes",
           "send segments at 2 to 3 times a lecture's highest bit rate instead of in bursts"),
    /* What a stranger may take; server/http/message/limits.h has the reason for each default. */
    NUMBER(limit_handshake_s, SETTING_COUNT, AT_START, 1, 600, "10",
           "a TLS handshake takes no longer"),
    NUMBER(limit_head_s, SETTING_COUNT, AT_START, 1, 600, "10", "a request head takes no longer"),
    NUMBER(limit_idle_s, SETTING_COUNT, AT_START, 1, 3600, "65",
           "between two requests of a connection"),
    NUMBER(limit_send_stall_s, SETTING_COUNT, AT_START, 1, 3600, "60",
           "an answer of which no byte is taken is given up"),
    NUMBER(limit_send_min_bytes_per_s, SETTING_COUNT, AT_START, 0, 1000000000, "256",
           "an answer of which less is acknowledged is given up; 0: any byte will do"),
    NUMBER(limit_window_stall_s, SETTING_COUNT, AT_START, 1, 3600, "60",
           "HTTP/2: an answer for which the client opens no window is given up"),
    NUMBER(limit_linger_s, SETTING_COUNT, AT_START, 1, 600, "10",
           "input is still read after the last answer"),
    NUMBER(limit_body_grace_s, SETTING_COUNT, AT_START, 1, 3600, "30",
           "a request body has so long before its rate counts"),
    NUMBER(limit_body_min_bytes_per_s, SETTING_COUNT, AT_START, 0, 1000000000, "512",
           "slower request bodies are given up; 0: none"),
    NUMBER(limit_connections, SETTING_COUNT, AT_START, 0, 10000000, "0",
           "connections at a time; 0: as many as there are descriptors"),
    NUMBER(server_timing, SETTING_SWITCH, AT_START, 0, 1, "no",
           "tell in each answer how long it took (Server-Timing)"),
    NUMBER(unsafe_no_sandbox, SETTING_SWITCH, AT_START, 0, 1, "no",
           "decode without the sandbox on machines that lack seccomp"),
};

enum { METRICS_TOKEN_MIN = 16 };

enum { N_SETTINGS = sizeof SETTINGS / sizeof SETTINGS[0] };

static int parse_switch(const char *text, uint64_t *ret_value)
{
    static const char *const WORDS[][2] = {{"no", "yes"},
                                           {"false", "true"},
                                           {"off", "on"},
                                           {"0", "1"}};

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        for (unsigned value = 0; value < 2; value++) {
            if (strcmp(text, WORDS[i][value]) == 0) {
                *ret_value = value;
                return 0;
            }
        }
    }
    return ERR_INVALID;
}

/* Digits and, for bytes, one of K, M, G, T: powers of 1024. */
static int parse_number(const char *text, bool is_bytes, uint64_t *ret_value)
{
    static const char UNITS[] = "KMGT";
    struct slice digits = slice_from(text);
    const char *unit = NULL;
    uint64_t value;

    if (is_bytes && digits.length > 0)
        unit = strchr(UNITS, toupper((unsigned char)digits.data[digits.length - 1]));
    if (unit)
        digits.length--;
    const int err = slice_to_u64(digits, &value);
    if (err)
        return err;
    const unsigned shift = unit ? 10U * (unsigned)(unit - UNITS + 1) : 0;
    if (value > UINT64_MAX >> shift)
        return ERR_TOO_LARGE;
    *ret_value = value << shift;
    return 0;
}

static int set(struct config *config, const struct setting *setting, const char *text)
{
    char *field = (char *)config + setting->offset;
    uint64_t value = 0;
    int err;

    if (setting->kind == SETTING_TEXT) {
        memset(field, 0, setting->size); /* so that equal texts are equal bytes */
        return slice_to_cstr(slice_from(text), field, setting->size) ? ERR_INVALID : 0;
    }
    if (setting->kind == SETTING_SWITCH)
        err = parse_switch(text, &value);
    else
        err = parse_number(text, setting->kind == SETTING_BYTES, &value);
    if (err || value < setting->min || value > setting->max)
        return ERR_INVALID;
    if (setting->kind == SETTING_SWITCH)
        *(bool *)(void *)field = value != 0;
    else
        memcpy(field, &value, sizeof value);
    return 0;
}

static void say_wrong(const struct setting *setting, const char *value, const char *where,
                      struct buf *message)
{
    if (setting->is_secret)
        buf_printf(message, "bad value for %s in %s: ", setting->name, where);
    else
        buf_printf(message, "bad value \"%s\" for %s in %s: ", value, setting->name, where);
    if (setting->kind == SETTING_SWITCH)
        buf_append_text(message, "yes or no expected");
    else if (setting->kind == SETTING_TEXT)
        buf_printf(message, "too long, at most %zu bytes", setting->size - 1);
    else if (setting->kind == SETTING_BYTES)
        buf_printf(message, "bytes from %llu to %llu expected, as 20G or 500M",
                   (unsigned long long)setting->min, (unsigned long long)setting->max);
    else
        buf_printf(message, "a number from %llu to %llu expected", (unsigned long long)setting->min,
                   (unsigned long long)setting->max);
}

/* Finds by INI name, with "-" for "_" when is_flag. */
static const struct setting *find(const char *name, bool is_flag)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const char *a = SETTINGS[i].name;
        const char *b = name;
        while (*a && (*b == *a || (is_flag && *a == '_' && *b == '-'))) {
            a++;
            b++;
        }
        if (*a == '\0' && (*b == '\0' || (is_flag && *b == '=')))
            return &SETTINGS[i];
    }
    return NULL;
}

struct ini_reading {
    struct config *config;
    const char *path;
    struct buf *message;
};

/* Called by libinih for each "name = value"; 0 stops with an error. */
static int on_ini_value(void *arg, const char *section, const char *name, const char *value)
{
    const struct ini_reading *reading = arg;
    const struct setting *setting = find(name, false);

    (void)section; /* sections are for the eye */
    if (!setting) {
        buf_printf(reading->message, "unknown setting \"%s\" in %s", name, reading->path);
        return 0;
    }
    if (set(reading->config, setting, value)) {
        say_wrong(setting, value, reading->path, reading->message);
        return 0;
    }
    return 1;
}

static int load_file(struct config *config, const char *path, struct buf *message)
{
    struct ini_reading reading = {config, path, message};
    const int result = ini_parse(path, on_ini_value, &reading);

    if (result == 0)
        return 0;
    if (result < 0)
        buf_printf(message, "cannot read configuration file %s: %s", path, strerrordesc_np(errno));
    else if (message->length > 0)
        buf_printf(message, ", line %d", result);
    else
        buf_printf(message, "cannot understand line %d of %s: name = value expected", result, path);
    return ERR_INVALID;
}

static void variable_name(const struct setting *setting, char variable[64])
{
    (void)snprintf(variable, 64, "BANMAI_%s", setting->name);
    for (char *c = variable; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

static int load_environment(struct config *config, struct buf *message)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        char variable[64];
        variable_name(&SETTINGS[i], variable);
        const char *value = getenv(variable);
        if (value && set(config, &SETTINGS[i], value)) {
            say_wrong(&SETTINGS[i], value, variable, message);
            return ERR_INVALID;
        }
    }
    return 0;
}

/* What a flag at argv[i] says: its setting and value, and how many arguments it takes (0: no flag
 * of ours). */
static int read_flag(int argc, char **argv, int i, const struct setting **ret_setting,
                     const char **ret_value)
{
    const struct setting *setting = strncmp(argv[i], "--", 2) == 0 ? find(argv[i] + 2, true) : NULL;

    if (!setting)
        return 0;
    const char *equals = strchr(argv[i], '=');
    *ret_setting = setting;
    if (equals || setting->kind == SETTING_SWITCH) {
        *ret_value = equals ? equals + 1 : "yes";
        return 1;
    }
    *ret_value = i + 1 < argc ? argv[i + 1] : NULL;
    return 2;
}

/* Whether a switch stands before a word that would be its value behind a "=". As everywhere, a
 * switch takes no word of its own, or it would eat the file's name behind it. */
static bool has_stray_value(int argc, char **argv, int i, const struct setting *setting)
{
    uint64_t value;

    return setting->kind == SETTING_SWITCH && !strchr(argv[i], '=') && i + 1 < argc &&
           parse_switch(argv[i + 1], &value) == 0;
}

static int load_flags(struct config *config, int argc, char **argv, int *ret_n_left,
                      struct buf *message)
{
    int n_left = 0;

    for (int i = 0; i < argc;) {
        const struct setting *setting = NULL;
        const char *value = NULL;
        const int n = read_flag(argc, argv, i, &setting, &value);
        if (n == 0) {
            argv[n_left++] = argv[i++];
            continue;
        }
        if (has_stray_value(argc, argv, i, setting)) {
            buf_printf(message, "\"%s %s\" may mean two things: write %s=%s", argv[i], argv[i + 1],
                       argv[i], argv[i + 1]);
            return ERR_INVALID;
        }
        if (!value) {
            buf_printf(message, "%s needs a value", argv[i]);
            return ERR_INVALID;
        }
        if (set(config, setting, value)) {
            say_wrong(setting, value, "the command line", message);
            return ERR_INVALID;
        }
        i += n;
    }
    *ret_n_left = n_left;
    return 0;
}

/* Takes "--config F" or "--config=F" out of argv; the variable counts when the flag is absent. */
static const char *take_config_path(int *argc, char **argv)
{
    const char *path = getenv("BANMAI_CONFIG");
    int n_left = 0;

    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "--config") == 0 && i + 1 < *argc)
            path = argv[++i];
        else if (strncmp(argv[i], "--config=", 9) == 0)
            path = argv[i] + 9;
        else
            argv[n_left++] = argv[i];
    }
    *argc = n_left;
    return path;
}

/* Settings that are one of a few words. */
static const struct {
    const char *name;
    size_t offset;
    const char *words[4];
} CHOICES[] = {
    {"log_level", offsetof(struct config, log_level), {"debug", "info", "warn", "error"}},
    {"log_format", offsetof(struct config, log_format), {"json", "text"}},
    {"access_log", offsetof(struct config, access_log), {"off", "json", "combined"}},
};

static void check_choice(const struct config *config, size_t i, struct buf *message)
{
    const char *value = (const char *)config + CHOICES[i].offset;
    size_t n = 0;

    while (n < 4 && CHOICES[i].words[n]) {
        if (strcmp(value, CHOICES[i].words[n++]) == 0)
            return;
    }
    buf_printf(message, "bad %s \"%s\": ", CHOICES[i].name, value);
    for (size_t k = 0; k < n; k++)
        buf_printf(message, "%s%s", k == 0 ? "" : k + 1 < n ? ", " : " or ", CHOICES[i].words[k]);
    buf_append_text(message, " expected");
}

static int check_whole(const struct config *config, struct buf *message)
{
    const char *fault = NULL;

    for (size_t i = 0; i < sizeof CHOICES / sizeof CHOICES[0] && message->length == 0; i++)
        check_choice(config, i, message);
    if (message->length > 0)
        return ERR_INVALID;
    if (!config->tls_cert[0] != !config->tls_key[0])
        buf_append_text(message, "tls_cert and tls_key go together: give both or none");
    else if (config->metrics_token[0] && strlen(config->metrics_token) < METRICS_TOKEN_MIN)
        buf_printf(message, "metrics_token is too short to be a secret: at least %d characters",
                   METRICS_TOKEN_MIN);
    else if (!config->data[0])
        buf_append_text(message, "data is empty: give a folder");
    else if ((fault = front_url_fault(config->public_url)))
        buf_printf(message, "bad public_url \"%s\": %s", config->public_url, fault);
    else if ((fault = front_proxies_fault(config->trusted_proxies)))
        buf_printf(message, "bad trusted_proxies \"%s\": %s", config->trusted_proxies, fault);
    return message->length > 0 ? ERR_INVALID : 0;
}

int config_load(struct config *config, int argc, char **argv, int *ret_n_left, struct buf *message)
{
    struct config loaded = {0};
    int n_left = 0;

    for (size_t i = 0; i < N_SETTINGS; i++) {
        if (set(&loaded, &SETTINGS[i], SETTINGS[i].preset))
            abort(); /* a default that breaks its own rule is our bug */
    }
    const char *path = take_config_path(&argc, argv);
    if ((path && load_file(&loaded, path, message)) || load_environment(&loaded, message) ||
        load_flags(&loaded, argc, argv, &n_left, message) || check_whole(&loaded, message))
        return ERR_INVALID;
    *config = loaded;
    *ret_n_left = n_left;
    return 0;
}

static bool is_same_value(const struct setting *setting, const struct config *a,
                          const struct config *b)
{
    const char *of_a = (const char *)a + setting->offset;
    const char *of_b = (const char *)b + setting->offset;

    if (setting->kind == SETTING_TEXT)
        return strcmp(of_a, of_b) == 0;
    if (setting->kind == SETTING_SWITCH)
        return *(const bool *)(const void *)of_a == *(const bool *)(const void *)of_b;
    return memcmp(of_a, of_b, sizeof(uint64_t)) == 0;
}

static void copy_value(const struct setting *setting, const struct config *from, struct config *to)
{
    const size_t size = setting->kind == SETTING_TEXT     ? setting->size
                        : setting->kind == SETTING_SWITCH ? sizeof(bool)
                                                          : sizeof(uint64_t);

    memcpy((char *)to + setting->offset, (const char *)from + setting->offset, size);
}

size_t config_keep_started(const struct config *started, struct config *wanted,
                           void (*on_kept)(const char *name))
{
    size_t n_changed = 0;

    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *setting = &SETTINGS[i];
        if (is_same_value(setting, started, wanted))
            continue;
        if (setting->when == AT_RELOAD) {
            n_changed++;
            continue;
        }
        on_kept(setting->name);
        copy_value(setting, started, wanted);
    }
    return n_changed;
}

/* A URL keeps what says where it leads; of anything else nothing stays. */
static void blot(const struct setting *setting, char *value)
{
    char *from = strstr(value, "://");
    const char *to = strrchr(value, '@');

    if (strcmp(setting->name, "redis") != 0)
        memset(value, 'x', strlen(value));
    else if (from && to && to > from + 3)
        memset(from + 3, 'x', (size_t)(to - from - 3));
}

void config_blot_secrets(int argc, char *const *argv)
{
    const struct setting *setting = NULL;
    const char *value = NULL;

    for (int i = 0; i < argc; i++) {
        const int n = read_flag(argc, (char **)(uintptr_t)argv, i, &setting, &value);
        if (n > 0 && value && setting->is_secret)
            blot(setting, (char *)(uintptr_t)value); /* of argv, which is ours to write */
        i += n > 1;
    }
}

void config_forget_secrets(void)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        char variable[64];
        variable_name(&SETTINGS[i], variable);
        if (SETTINGS[i].is_secret)
            (void)unsetenv(variable);
    }
}

int config_export(const struct config *config)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *setting = &SETTINGS[i];
        const char *field = (const char *)config + setting->offset;
        char variable[64];
        char number[24];
        uint64_t value = 0;

        variable_name(setting, variable);
        if (setting->kind == SETTING_SWITCH)
            value = *(const bool *)(const void *)field;
        else if (setting->kind != SETTING_TEXT)
            memcpy(&value, field, sizeof value);
        (void)snprintf(number, sizeof number, "%llu", (unsigned long long)value);
        if (setenv(variable, setting->kind == SETTING_TEXT ? field : number, 1) < 0)
            return ERR_NO_MEMORY;
    }
    return 0;
}

void config_describe(struct buf *out)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        char flag[32];
        (void)snprintf(flag, sizeof flag, "--%s", SETTINGS[i].name);
        for (char *c = flag; *c; c++)
            *c = *c == '_' ? '-' : *c;
        const char *preset = SETTINGS[i].preset;
        buf_printf(out, "  %-22s %s%s%s%s%s\n", flag, SETTINGS[i].help, preset[0] ? " [" : "",
                   preset, preset[0] ? "]" : "", SETTINGS[i].when == AT_RELOAD ? " (SIGHUP)" : "");
    }
}
