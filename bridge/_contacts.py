"""The phone's contacts, read from the contacts provider.

Sources: Android's ContactsContract.Data, and AOSP's cmds/content Content.java, which prints values bare: the
columns are asked for in an order in which the free text, the name, comes last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge._classify import Problem, ProblemKind, problem
from bridge._names import nearest_names, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge._phone import Phone

__all__ = ["Form", "Person", "nearest_people", "people_called", "people_in", "read_people"]

_URI = "content://com.android.contacts/data"
_COLUMNS = ("contact_id", "mimetype", "data1", "display_name")
_NAME = "vnd.android.cursor.item/name"
_PHONE = "vnd.android.cursor.item/phone_v2"
_EMAIL = "vnd.android.cursor.item/email_v2"
_ROW = re.compile(
    r"contact_id=(?P<id>\d+), mimetype=(?P<kind>\S+), data1=(?P<value>.*?), display_name=(?P<name>.*)",
    re.DOTALL,
)
# In scripts that put no spaces between words, a family name is the beginning of the whole name.
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


class Form(StrEnum):
    """By what a person is reached."""

    NUMBER = "number"
    ADDRESS = "e-mail address"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact: its name as the phone shows it, its numbers and e-mail addresses, each one once."""

    name: str
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def reached_by(self, form: Form) -> tuple[str, ...]:
        """Return the person's numbers or addresses."""
        return self.numbers if form is Form.NUMBER else self.addresses


def read_people(phone: Phone, said: str) -> tuple[Person, ...] | Problem:
    """Return every contact of the phone, or why they cannot be read.

    ``said`` is the name in question: of the answer, only the rows that hold a word of it become evidence, so
    that nobody's address book ends in a log.
    """
    kinds = ", ".join(f"'{kind}'" for kind in (_NAME, _PHONE, _EMAIL))
    words = "|".join(map(re.escape, said.split())) or "^$"
    answer = phone.run(
        *("content", "query", "--uri", _URI, "--projection", ":".join(_COLUMNS)),
        *("--where", f"mimetype IN ({kinds})", "--sort", "display_name, _id"),
        keep=rf"(?i)^No result found|{words}",
    )
    if answer.stdout.startswith(("Row: 0 ", "No result found")) and not answer.stderr.strip():
        return people_in(answer.stdout)
    return problem(answer) or Problem(
        ProblemKind.OTHER, "the phone gave no answer that `content query` gives"
    )


def people_in(output: str) -> tuple[Person, ...]:
    """Return the contacts in the answer of ``content query``, in its order."""
    names: dict[str, str] = {}
    numbers: dict[str, dict[str, str]] = {}
    addresses: dict[str, dict[str, str]] = {}
    for row in _rows(output):
        match = _ROW.fullmatch(row)
        if match is None or match["name"] == "NULL":
            continue
        number, value = match["id"], match["value"].strip()
        if match["kind"] != _NAME:
            # Such rows hold the name once, so that it is read right whatever it holds.
            names[number] = match["name"]
        names.setdefault(number, match["name"])
        if match["kind"] == _PHONE and (digits := re.sub(r"[^\w+*#]", "", value)):
            numbers.setdefault(number, {}).setdefault(digits, value)
        elif match["kind"] == _EMAIL and "@" in value:
            addresses.setdefault(number, {}).setdefault(value.casefold(), value)
    return tuple(
        Person(name, tuple(numbers.get(key, {}).values()), tuple(addresses.get(key, {}).values()))
        for key, name in names.items()
    )


def people_called(said: str, people: Sequence[Person]) -> tuple[Person, ...]:
    """Return the people whose name is what was said, else those whose name has all the words that were said.

    Likeness is not enough: a message must not go to somebody whose name only looks the same.
    """
    wanted = plain_name(said)
    if not wanted:
        return ()
    if exact := tuple(person for person in people if plain_name(person.name) == wanted):
        return exact
    return tuple(person for person in people if _is_part(wanted, plain_name(person.name)))


def nearest_people(said: str, people: Sequence[Person]) -> tuple[str, ...]:
    """Return the names of the contacts whose names look most like what was said."""
    return nearest_names(said, (person.name for person in people))


def _is_part(wanted: str, name: str) -> bool:
    if set(wanted.split()) <= set(name.split()):
        return True
    return bool(_NO_SPACES.fullmatch(wanted)) and name.startswith(wanted)


def _rows(output: str) -> Iterator[str]:
    """Return the rows without their numbers. Only the next number ends one: a value may hold a line break."""
    row: list[str] = []
    count = 0
    for line in output.split("\n"):
        start = f"Row: {count} {_COLUMNS[0]}="
        if line.startswith(start):
            if row:
                yield "\n".join(row)
            row = [line.removeprefix(f"Row: {count} ")]
            count += 1
        elif row:
            row.append(line)
    if row:
        yield "\n".join(row).removesuffix("\n")
