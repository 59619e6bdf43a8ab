// SPDX-License-Identifier: GPL-3.0-or-later
/* message.h - what a boxed task and the coordinator say to each other, over one socket pair that
 * keeps message boundaries. A message is small and has one fixed form, so that nothing needs
 * parsing; the coordinator still believes no field of it. Descriptors ride along with replies.
 *
 *     task          coordinator
 *     CREATE name ──▶ opens a temporary file ──▶ REPLY + descriptor, opened for writing
 *     OPEN name   ──▶                        ──▶ REPLY + descriptor, opened for reading
 *     PUBLISH name ─▶ renames it into place  ──▶ REPLY
 *     PROGRESS, PLANNED, PART, WARNING, OUTPUT, VERDICT: no reply
 *     FAILED or DONE: the last one */
#ifndef TRANSCODER_MESSAGE_H
#define TRANSCODER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

enum message_kind {
    MESSAGE_CREATE,   /* text: name */
    MESSAGE_OPEN,     /* text: name */
    MESSAGE_PUBLISH,  /* text: name */
    MESSAGE_REPLY,    /* code: 0 or ERR_ */
    MESSAGE_PROGRESS, /* code: enum stage; numbers: permille, done media time in us */
    MESSAGE_PLANNED,  /* numbers: tasks of the picture, sounds, duration in us, passes */
    MESSAGE_PART,     /* code: enum part_kind; numbers: its number */
    MESSAGE_WARNING,  /* code: enum failure; numbers: from, until in us; text: detail */
    MESSAGE_OUTPUT,   /* text: bytes for standard output */
    MESSAGE_VERDICT,  /* of a check; numbers: errors, warnings */
    MESSAGE_FAILED,   /* code: enum failure; text: detail */
    MESSAGE_DONE,
    N_MESSAGE_KINDS
};

enum stage { STAGE_PROBE, STAGE_PLAN, STAGE_SOUND, STAGE_CHUNK, STAGE_JOIN, STAGE_CHECK, N_STAGES };
enum part_kind { PART_SOUND, PART_CHUNK, N_PART_KINDS };

enum { MESSAGE_TEXT_SIZE = 976, MESSAGE_NUMBERS = 4 };

struct message {
    int32_t kind;
    int32_t code;
    int64_t numbers[MESSAGE_NUMBERS];
    uint32_t text_length;
    char text[MESSAGE_TEXT_SIZE];
};

/* Sends one message, with a descriptor unless fd is -1.
 * Returns 0, or ERR_IO when the other end is gone. */
int message_send(int socket, const struct message *message, int fd);

/* Receives one message and, when ret_fd is not NULL, the descriptor that came with it or -1.
 * A descriptor that was not asked for is closed. Returns 0; ERR_NOT_FOUND at the end; ERR_INVALID
 * for one of another form; ERR_AGAIN when the socket does not block and has none; ERR_IO. */
int message_receive(int socket, struct message *ret_message, int *ret_fd);

#endif
