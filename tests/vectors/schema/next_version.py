#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes version_N.sql for each migration that has no dump yet: the one before it, brought up to date.

A dump is a database of that version as SQL text, small, with rows in every table. Add rows for new tables
and columns by hand afterwards: what a migration makes of old rows is there already.
tests/unit/storage/sqlite/schema_test.c upgrades every dump and misses no row. A dump of a version that was
released never changes.
"""
import glob
import os
import re
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))
MIGRATIONS = os.path.join(HERE, "../../../storage/sqlite/migrations")


def dump_rows(db, table, *hidden_columns):
    columns = [*hidden_columns, *(row[1] for row in db.execute(f'PRAGMA table_info("{table}")'))]
    values = " || ', ' || ".join(f'quote("{column}")' for column in columns)
    for (row,) in db.execute(f'SELECT {values} FROM "{table}" ORDER BY 1'):
        yield f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({row});"


def dump_words(db, table, sql):
    """A full-text index of a table is made anew, one with words of its own has rows."""
    if re.search(r"\bcontent\s*=", sql):
        yield f"INSERT INTO {table} ({table}) VALUES ('rebuild');"
    else:
        yield from dump_rows(db, table, "rowid")


def dump(db, version):
    """Tables with their rows first: no trigger watches them being filled."""
    yield "-- SPDX-License-Identifier: GPL-3.0-or-later"
    yield f"-- A database of version {version}: see next_version.py."
    yield f"PRAGMA application_id = {db.execute('PRAGMA application_id').fetchone()[0]};"
    yield f"PRAGMA user_version = {version};"
    yield "BEGIN;"
    kinds = {row[1]: row[2] for row in db.execute("PRAGMA table_list")}
    objects = list(db.execute("SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
    for name, kind, sql in objects:
        if kind == "table" and kinds[name] == "table":
            yield sql + ";"
            yield from dump_rows(db, name)
    for name, kind, sql in objects:
        if kind == "table" and kinds[name] == "virtual":
            yield sql + ";"
            yield from dump_words(db, name, sql)
        elif kind != "table":
            yield sql + ";"
    yield "COMMIT;"


def path_of(version):
    return os.path.join(HERE, f"version_{version}.sql")


def write_version(version, migration):
    db = sqlite3.connect(":memory:", isolation_level=None)
    if version > 1:
        with open(path_of(version - 1), encoding="utf-8") as file:
            db.executescript(file.read())
    with open(migration, encoding="utf-8") as file:
        db.executescript(file.read())
    with open(path_of(version), "w", encoding="utf-8") as file:
        file.write("\n".join(dump(db, version)) + "\n")
    print(path_of(version))


def main():
    for migration in sorted(glob.glob(os.path.join(MIGRATIONS, "*.sql"))):
        version = int(os.path.basename(migration)[:3])
        if not os.path.exists(path_of(version)):
            write_version(version, migration)


main()
