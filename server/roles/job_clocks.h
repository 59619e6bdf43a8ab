// SPDX-License-Identifier: GPL-3.0-or-later
/* job_clocks.h - now, as the jobs of the database want to know it. */
#ifndef SERVER_ROLES_JOB_CLOCKS_H
#define SERVER_ROLES_JOB_CLOCKS_H

#include "common/clock.h"
#include "storage/jobs/job_task.h"

static inline struct job_now job_clocks(void)
{
    return (struct job_now){.wall_ms = clock_wall_ms(), .steady_ms = clock_monotonic_ms()};
}

#endif
