"""``content query``: tables of the content providers, over SQLite, as the providers themselves keep them.

Source: AOSP cmds/content Content.java for the arguments and the output. The values are printed bare: a comma
in a value looks like the next column, as on a phone. What goes wrong is printed; the exit code stays 0.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bridge.emulator._arguments import Arguments
from bridge.emulator._uri import Uri
from bridge.emulator.commands._providers import find_table

if TYPE_CHECKING:
    from bridge.emulator._shell import Invocation
    from bridge.emulator.commands._providers import Table

__all__ = ["content"]


def content(invocation: Invocation) -> int:
    """Run ``content query --uri URI [--projection A:B] [--where W] [--sort S]``."""
    words = invocation.arguments
    if not words or words[0] != "query":
        return _usage(invocation, f"Unsupported operation: {words[0] if words else ''}")
    options = {"--uri": "", "--projection": "", "--where": "", "--sort": "", "--user": ""}
    arguments = Arguments(words[1:])
    while (option := arguments.option()) is not None:
        value = arguments.value()
        if option not in options:
            return _usage(invocation, f"Unsupported argument: {option}")
        if not value or value.startswith("--"):
            return _usage(invocation, f"No value for argument: {option}")
        options[option] = value
    table = find_table(Uri(options["--uri"]), invocation.device.state)
    if table is None:
        text = f"java.lang.IllegalArgumentException: Unknown URI {options['--uri']}"
        return _error(invocation, options["--uri"], text)
    if table.permission not in invocation.device.profile.shell_permissions:
        return _error(invocation, options["--uri"], table.denial)
    columns = options["--projection"].split(":") if options["--projection"] else list(table.columns)
    try:
        found = _select(table, columns, options["--where"], options["--sort"])
    except sqlite3.Error as error:
        return _error(invocation, options["--uri"], f"android.database.sqlite.SQLiteException: {error}")
    if not found:
        invocation.say("No result found.")
    for number, row in enumerate(found):
        values = ", ".join(
            f"{column}={'NULL' if value is None else value}"
            for column, value in zip(columns, row, strict=True)
        )
        invocation.say(f"Row: {number} {values}")
    return 0


def _usage(invocation: Invocation, problem: str) -> int:
    invocation.complain("usage: adb shell content [subcommand] [options]\n")
    invocation.complain(f"[ERROR] {problem}")
    return 0


def _error(invocation: Invocation, uri: str, exception: str) -> int:
    invocation.complain(f"Error while accessing provider:{Uri(uri).authority}")
    invocation.complain(exception)
    invocation.complain("\tat com.android.commands.content.Content.main(Content.java)")
    return 0


def _select(table: Table, columns: list[str], where: str, sort: str) -> list[tuple[object, ...]]:
    for column in columns:
        if column not in table.columns:
            raise sqlite3.OperationalError(f"Invalid column {column}")
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE t ({', '.join(table.columns)})")
        places = ", ".join("?" * len(table.columns))
        database.executemany(f"INSERT INTO t VALUES ({places})", table.rows)  # noqa: S608 - made of "?" alone
        # The conditions come from the caller, who holds the whole table anyway: the provider does the same.
        query = f"SELECT {', '.join(columns)} FROM t"  # noqa: S608
        if where:
            query += f" WHERE ({where})"
        if sort:
            query += f" ORDER BY {sort}"
        return database.execute(query).fetchall()
