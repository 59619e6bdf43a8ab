// SPDX-License-Identifier: GPL-3.0-or-later
/* wav_length.h - how long a WAV file's sound is, whatever its header says.
 *
 * A header's size is 32 bits: longer recordings wrap around it, recorders that could not go back
 * leave 0 or a number that means "unknown" there, and some lie. What is in the file counts: all
 * from the data chunk on, unless other chunks follow it as they should (RIFF; RF64: EBU Tech 3306).
 * Believes nothing it reads. */
#ifndef TRANSCODER_SOURCE_WAV_LENGTH_H
#define TRANSCODER_SOURCE_WAV_LENGTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wav_length {
    int64_t at;       /* byte of the file at which the header has to say something else; -1: none */
    uint8_t bytes[8]; /* what, */
    size_t n;         /* so many */
    int64_t missing_us; /* of the sound, where the file ends before its data does; else 0 */
};

struct wav_length wav_length_find(int fd, int64_t size_bytes);

#endif
