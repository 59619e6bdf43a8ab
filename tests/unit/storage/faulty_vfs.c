// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/storage/faulty_vfs.h"

#include <signal.h>
#include <string.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

static struct {
    int left; /* operations until the fault; 0 when there is none to come */
    int code;
    bool is_sticky;
    bool has_happened;
} fault;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs faulty_vfs;

struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this structure */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->real;
}

static int next_code(void)
{
    if (fault.has_happened && fault.is_sticky)
        return fault.code;
    if (fault.left == 0 || --fault.left > 0)
        return SQLITE_OK;
    fault.has_happened = true;
    if (fault.code == FAULTY_VFS_KILL)
        (void)raise(SIGKILL);
    return fault.code;
}

static int on_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
    const int code = next_code();

    return code ? code : real_of(file)->pMethods->xWrite(real_of(file), data, length, offset);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int code = next_code();

    return code ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
    const int code = next_code();

    return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int on_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int on_read(sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), data, length, offset);
}

static int on_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int on_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int on_check_lock(sqlite3_file *file, int *is_locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_locked);
}

static int on_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int on_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int on_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int on_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, map);
}

static int on_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void on_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int on_shm_unmap(sqlite3_file *file, int is_deleted)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), is_deleted);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_file_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics,
    .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock,
    .xShmBarrier = on_shm_barrier,
    .xShmUnmap = on_shm_unmap,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                   int *ret_flags)
{
    struct faulty_file *faulty = (struct faulty_file *)file;

    (void)vfs;
    faulty->real = (sqlite3_file *)(faulty + 1);
    faulty->base.pMethods = NULL;
    const int code = real_vfs->xOpen(real_vfs, name, faulty->real, flags, ret_flags);
    if (faulty->real->pMethods)
        faulty->base.pMethods = &METHODS;
    return code;
}

void faulty_vfs_register(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "faulty";
    faulty_vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    faulty_vfs.xOpen = on_open;
    cr_assert_eq(sqlite3_vfs_register(&faulty_vfs, 1), SQLITE_OK);
}

void faulty_vfs_arm(int nth, int code, bool is_sticky)
{
    memset(&fault, 0, sizeof fault);
    fault.left = nth;
    fault.code = code;
    fault.is_sticky = is_sticky;
}

bool faulty_vfs_disarm(void)
{
    const bool has_happened = fault.has_happened;

    memset(&fault, 0, sizeof fault);
    return has_happened;
}
