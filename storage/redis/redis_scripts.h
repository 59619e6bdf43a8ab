// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_scripts.h - what Redis does in one step for us: NAME.lua of this folder, each with its
 * keys, arguments and result, as text for EVAL. */
#ifndef STORAGE_REDIS_REDIS_SCRIPTS_H
#define STORAGE_REDIS_REDIS_SCRIPTS_H

extern const char redis_script_beat[];
extern const char redis_script_progress_drained[];
extern const char redis_script_task_enqueue[];
extern const char redis_script_task_fence_off[];
extern const char redis_script_task_publish[];
extern const char redis_script_task_start[];

#endif
