"""The content providers that ``content query`` can read, as tables made from the state.

Sources: AOSP ContactsProvider2 and CallLogProvider for the columns and the permissions they ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.emulator._profile import READ_CALL_LOG, READ_CONTACTS

if TYPE_CHECKING:
    from bridge.emulator._state import PhoneState
    from bridge.emulator._uri import Uri

__all__ = ["Table", "find_table"]

Row = tuple[object, ...]

_PHONE = "vnd.android.cursor.item/phone_v2"
_EMAIL = "vnd.android.cursor.item/email_v2"
_NAME = "vnd.android.cursor.item/name"
_OUTGOING = 2
_CONTACT_COLUMNS = (
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
_CALL_COLUMNS = ("_id", "number", "date", "duration", "type")


@dataclass(frozen=True, slots=True)
class Table:
    """What a URI stands for; ``denial`` is what the provider says to a caller without its permission."""

    columns: tuple[str, ...]
    rows: list[Row]
    permission: str
    denial: str


def find_table(uri: Uri, state: PhoneState) -> Table | None:
    """Return the table of a URI, None where no provider knows it."""
    if uri.scheme != "content":
        return None
    path = (uri.path or "").strip("/")
    if uri.authority in ("com.android.contacts", "contacts"):
        rows = _contact_rows(path, state)
        denial = _denial(
            "contacts.ContactsProvider2", f"{READ_CONTACTS} or android.permission.WRITE_CONTACTS"
        )
        return Table(_CONTACT_COLUMNS, rows, READ_CONTACTS, denial) if rows is not None else None
    if uri.authority == "call_log" and path == "calls":
        calls: list[Row] = [
            (number, call.number, call.date, 0, _OUTGOING) for number, call in enumerate(state.calls, start=1)
        ]
        denial = _denial("contacts.CallLogProvider", f"{READ_CALL_LOG} or android.permission.WRITE_CALL_LOG")
        return Table(_CALL_COLUMNS, calls, READ_CALL_LOG, denial)
    return None


def _denial(provider: str, permissions: str) -> str:
    return (
        f"java.lang.SecurityException: Permission Denial: opening provider com.android.providers.{provider} "
        f"from (null) (pid=4321, uid=2000) requires {permissions}"
    )


def _contact_rows(path: str, state: PhoneState) -> list[Row] | None:
    data = _data_rows(state)
    by_type = {"data/phones": _PHONE, "phones": _PHONE, "data/emails": _EMAIL}
    if path == "data":
        return data
    if path in by_type:
        return [row for row in data if row[5] == by_type[path]]
    if path in ("contacts", "raw_contacts"):
        return [(row[1], *row[1:5], None, None, None, None, *row[9:]) for row in data if row[5] == _NAME]
    return None


def _data_rows(state: PhoneState) -> list[Row]:
    rows: list[Row] = []
    for number, contact in enumerate(state.contacts, start=1):
        entries: list[tuple[str, str, int | None]] = [(_NAME, contact.name, None)]
        entries += [(_PHONE, phone, 2) for phone in contact.phones]
        entries += [(_EMAIL, email, 1) for email in contact.emails]
        for mimetype, value, kind in entries:
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
                    value if mimetype == _PHONE else None,
                    int(bool(contact.phones)),
                    0,
                )
            )
    return rows
