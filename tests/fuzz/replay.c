// SPDX-License-Identifier: GPL-3.0-or-later
/* Runs a target on given files, or on all files of given folders: for builds without libFuzzer. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "common/buf.h"
#include "common/file.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_INPUT_BYTES = 1 << 20 };

static unsigned n_inputs;

static void replay_file(const char *path)
{
    struct buf content = buf_with_limit(MAX_INPUT_BYTES);

    MUST(file_read_all(AT_FDCWD, path, &content) == 0);
    char *input = fuzz_copy(buf_slice(&content));
    (void)LLVMFuzzerTestOneInput((const uint8_t *)input, content.length);
    free(input);
    buf_clear(&content);
    n_inputs++;
}

static void replay_folder(const char *path)
{
    char child[PATH_MAX];
    DIR *folder = opendir(path);

    MUST(folder);
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        MUST(snprintf(child, sizeof child, "%s/%s", path, entry->d_name) < (int)sizeof child);
        replay_file(child);
    }
    (void)closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat st;
        MUST(stat(argv[i], &st) == 0);
        if (S_ISDIR(st.st_mode))
            replay_folder(argv[i]);
        else
            replay_file(argv[i]);
    }
    (void)printf("%u inputs\n", n_inputs);
    return 0;
}
