// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/process_reading.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/slice.h"

static int64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    char line[128] = "";
    uint64_t resident = 0;

    if (!file)
        return -1;
    const char *read = fgets(line, sizeof line, file);
    (void)fclose(file);
    struct slice rest = slice_from(read ? line : ""); /* all pages, resident ones, … */
    (void)slice_split(&rest, ' ');
    if (slice_to_u64(slice_split(&rest, ' '), &resident))
        return -1;
    return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

static int64_t count_fds(void)
{
    DIR *stream = opendir("/proc/self/fd");
    int64_t n = -3; /* ".", "..", and its own */

    if (!stream)
        return -1;
    while (readdir(stream))
        n++;
    (void)closedir(stream);
    return n;
}

void process_reading_take(struct process_reading *ret_reading)
{
    struct rusage usage = {0};
    struct rlimit limit = {0};

    (void)getrusage(RUSAGE_SELF, &usage);
    *ret_reading = (struct process_reading){
        .cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        .resident_bytes = resident_bytes(),
        .open_fds = count_fds(),
        .max_fds = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= INT64_MAX
                       ? (int64_t)limit.rlim_cur
                       : -1,
    };
}
