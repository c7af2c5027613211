"""``content query``: the contacts provider's tables, over SQLite, as the provider itself keeps them.

Source: AOSP cmds/content Content.java for the arguments and the output. The values are printed bare: a comma
in a value looks like the next column, as on a phone. What goes wrong is printed; the exit code stays 0.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bridge.emulator._arguments import Arguments
from bridge.emulator._uri import Uri

if TYPE_CHECKING:
    from bridge.emulator._app_data import Contact
    from bridge.emulator._shell import Invocation

__all__ = ["content"]

_PHONE = "vnd.android.cursor.item/phone_v2"
_EMAIL = "vnd.android.cursor.item/email_v2"
_NAME = "vnd.android.cursor.item/name"
_COLUMNS = (
    "_id",
    "contact_id",
    "raw_contact_id",
    "lookup",
    "display_name",
    "mimetype",
    "data1",
    "data2",
    "number",
    "has_phone_number",
    "starred",
)

_INSERT = f"INSERT INTO t VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - made of "?" alone


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
    if not invocation.device.profile.shell_may_read_contacts:
        return _error(
            invocation,
            options["--uri"],
            "java.lang.SecurityException: Permission Denial: opening provider "
            "com.android.providers.contacts.ContactsProvider2 from (null) (pid=4321, uid=2000) requires "
            "android.permission.READ_CONTACTS or android.permission.WRITE_CONTACTS",
        )
    rows = _rows(Uri(options["--uri"]), invocation.device.state.contacts)
    if rows is None:
        text = f"java.lang.IllegalArgumentException: Unknown URI {options['--uri']}"
        return _error(invocation, options["--uri"], text)
    columns = options["--projection"].split(":") if options["--projection"] else list(_COLUMNS)
    try:
        found = _select(rows, columns, options["--where"], options["--sort"])
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


def _rows(uri: Uri, contacts: list[Contact]) -> list[tuple[object, ...]] | None:
    """Return the rows that a URI of the contacts provider stands for, None for another URI."""
    if uri.scheme != "content" or uri.authority not in ("com.android.contacts", "contacts"):
        return None
    path = (uri.path or "").strip("/")
    data = _data_rows(contacts)
    by_type = {"data/phones": _PHONE, "phones": _PHONE, "data/emails": _EMAIL}
    if path == "data":
        return data
    if path in by_type:
        return [row for row in data if row[5] == by_type[path]]
    if path in ("contacts", "raw_contacts"):
        return [(row[1], *row[1:5], None, None, None, None, *row[9:]) for row in data if row[5] == _NAME]
    return None


def _data_rows(contacts: list[Contact]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for number, contact in enumerate(contacts, start=1):
        entries: list[tuple[str, str, int | None]] = [(_NAME, contact.name, None)]
        entries += [(_PHONE, phone, 2) for phone in contact.phones]
        entries += [(_EMAIL, email, 1) for email in contact.emails]
        for mimetype, value, kind in entries:
            phone_number = value if mimetype == _PHONE else None
            rows.append(
                (
                    len(rows) + 1,
                    number,
                    number,
                    f"0r{number}",
                    contact.name,
                    mimetype,
                    value,
                    kind,
                    phone_number,
                    int(bool(contact.phones)),
                    0,
                )
            )
    return rows


def _select(
    rows: list[tuple[object, ...]], columns: list[str], where: str, sort: str
) -> list[tuple[object, ...]]:
    for column in columns:
        if column not in _COLUMNS:
            raise sqlite3.OperationalError(f"Invalid column {column}")
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE t ({', '.join(_COLUMNS)})")
        database.executemany(_INSERT, rows)
        # The conditions come from the caller, who holds the whole table anyway: the provider does the same.
        query = f"SELECT {', '.join(columns)} FROM t"  # noqa: S608
        if where:
            query += f" WHERE ({where})"
        if sort:
            query += f" ORDER BY {sort}"
        return database.execute(query).fetchall()
