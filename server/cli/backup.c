// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai backup FILE: a consistent copy of the database, made while the server runs or not. Media
 * are immutable files: copy DATA/media with any tool, before or after. */
#include <stdio.h>

#include "common/err.h"
#include "server/cli/commands.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_backup.h"

int command_backup(int argc, char **argv)
{
    CLEANUP(db_free) struct db *db = NULL;
    struct config config;
    char path[PATH_MAX];
    int n = 0;

    const int status = load_settings(&config, argc, argv, &n);
    if (status)
        return status;
    if (n != 1 || argv[0][0] == '-')
        return fail_usage("backup needs the name of the FILE to write");
    const int length = snprintf(path, sizeof path, "%s/banmai.sqlite3", config.data);
    if (length < 0 || (size_t)length >= sizeof path)
        return fail("the path of the data folder is too long");
    int err = db_open_reader(path, &db);
    if (err)
        return fail("cannot open the database %s: %s", path, db_open_failure());
    err = db_backup(db, argv[0]);
    if (err == ERR_EXISTS)
        return fail("%s is there already: give a new name", argv[0]);
    return err ? fail("cannot write the backup %s: %s", argv[0], err_text(err)) : EXIT_DONE;
}
