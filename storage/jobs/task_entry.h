// SPDX-License-Identifier: GPL-3.0-or-later
/* task_entry.h - orders and reports as entries of a Redis stream: fields with names, as text. An
 * absent field is 0 or "", so those are not sent; unknown fields are passed over. Pure. */
#ifndef STORAGE_JOBS_TASK_ENTRY_H
#define STORAGE_JOBS_TASK_ENTRY_H

#include <stdint.h>

#include "storage/jobs/task_stream.h"
#include "storage/redis/redis_args.h"
#include "storage/redis/redis_reply.h"

/* Argument by argument. */
void task_entry_add_text(struct redis_args *args, const char *name, const char *value);
void task_entry_add_int(struct redis_args *args, const char *name, int64_t value);
void task_entry_add_fence_key(struct redis_args *args, const struct task_ref *task);

/* All fields of an entry. */
void task_entry_add_order(struct redis_args *args, const struct task_order *order);
void task_entry_add_report(struct redis_args *args, const struct task_ref *task, const char *worker,
                           struct slice line);

/* Reading a list of names and values. ERR_INVALID for what is not of our form. */
const struct redisReply *task_entry_find(const struct redisReply *fields, const char *name);
int task_entry_get_int(const struct redisReply *fields, const char *name, int64_t *ret_value);
int task_entry_parse_task(const struct redisReply *fields, struct task_ref *task);
int task_entry_parse_order(const struct redisReply *fields, struct task_order *order);
int task_entry_parse_report(const struct redisReply *fields, struct task_report *report);

#endif
