// SPDX-License-Identifier: GPL-3.0-or-later
/* config.h - every setting of the program, from three places: flag over variable over file.
 *
 * One table in config.c names them all: `--tls-cert`, BANMAI_TLS_CERT and `tls_cert =` in the INI
 * file are the same setting. The result is a plain value that nobody changes afterwards. */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

struct config {
    char data[PATH_MAX];        /* folder with all state */
    char user[64];              /* whom root becomes; empty: the owner of the data folder */
    char listen[128];           /* ADDR:PORT, or "none": the control socket alone */
    char public_url[300];       /* front.h: https://HOST[:PORT]; empty: as the Host field says */
    char trusted_proxies[1000]; /* front.h: whose X-Forwarded-* count; empty: nobody's */
    char tls_cert[PATH_MAX];    /* PEM chain; empty for plain HTTP */
    char tls_key[PATH_MAX];     /* PEM */
    char redis[PATH_MAX];       /* redis://HOST:PORT or unix:PATH; empty for a private one */
    uint64_t redis_max_bytes;   /* of the private Redis; 0: a share of the machine's memory */
    char metrics_token[129];    /* a bearer of it may read /metrics; empty: nobody bears one */
    char media[PATH_MAX];       /* worker alone: the media store of its core */
    char worker_name[65];       /* in reports of banmai worker; empty: host name and process id */
    char web[PATH_MAX];         /* built pages; empty: found beside the program */
    char transcoder[PATH_MAX];  /* banmai-transcode; empty: found beside the program */
    char log_format[8];         /* json or text */
    char log_level[8];          /* debug, info, warn or error */
    char access_log[12];        /* off, json or combined */
    uint64_t access_log_every;  /* one request in so many gets a line */
    uint64_t loops;             /* event loops; 0: one per core */
    uint64_t workers;           /* transcoding slots; 0: one per core */
    uint64_t max_upload_bytes;
    uint64_t disk_floor_bytes;       /* uploads are refused rather than leave less than this */
    uint64_t instructor_quota_bytes; /* what one instructor may keep here; 0: no limit */
    uint64_t upload_idle_days;       /* an upload without a new byte for so long is removed */
    uint64_t deleted_keep_hours;     /* files outlive what was deleted by so much running time */
    uint64_t session_days;           /* a login lasts so long */
    uint64_t progress_credit_s;      /* that a learner may claim of a new lecture */
    uint64_t complete_permille;      /* coverage at which a lecture counts as complete */
    uint64_t limit_handshake_s; /* these are struct http_limits; see server/http/message/limits.h */
    uint64_t limit_head_s;
    uint64_t limit_idle_s;
    uint64_t limit_send_stall_s;
    uint64_t limit_send_min_bytes_per_s;
    uint64_t limit_window_stall_s;
    uint64_t limit_linger_s;
    uint64_t limit_body_grace_s;
    uint64_t limit_body_min_bytes_per_s;
    uint64_t limit_connections;
    bool local_worker;      /* banmai serve runs a worker of its own */
    bool kernel_tls;        /* the kernel encrypts what TLS connections send, where it can */
    bool pacing;            /* media leaves at a few times its bit rate */
    bool server_timing;     /* Server-Timing in each answer */
    bool unsafe_no_sandbox; /* decode without the box: for machines without seccomp */
};

/* Reads argv (after the subcommand's name), the environment and the INI file that --config or
 * BANMAI_CONFIG names. Arguments that are no setting (words, and the subcommand's own options) are
 * moved to the front of argv in their order; *ret_n_left counts them.
 * Returns 0, or ERR_INVALID with one line for people in *message: what is wrong and where. */
int config_load(struct config *config, int argc, char **argv, int *ret_n_left, struct buf *message);

/* Gives what only counts at start its old value in *wanted, and tells the name of each setting that
 * was to be another. Returns how many others differ: what a reload changes. */
size_t config_keep_started(const struct config *started, struct config *wanted,
                           void (*on_kept)(const char *name));

/* Puts every setting into the environment, so that a child process of this program has the same. */
int config_export(const struct config *config);

/* Overwrites passwords in a command line, which other users of the machine can read. The order of
 * argv must be that before config_load(). */
void config_blot_secrets(int argc, char *const *argv);

/* Takes secrets out of the environment, so that no child gets them. Before there are threads. */
void config_forget_secrets(void);

/* Appends one line per setting: flag, meaning, default, and whether SIGHUP changes it. */
void config_describe(struct buf *out);

#endif
