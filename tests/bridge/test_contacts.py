"""Reading contacts and deciding who is meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge._classify import Problem, ProblemKind
from bridge._contacts import Form, Person, nearest_people, people_called, people_in, read_people
from bridge._phone import Phone

Make = Callable[..., Phone]

PHONE, EMAIL, NAME = (f"vnd.android.cursor.item/{kind}" for kind in ("phone_v2", "email_v2", "name"))

ADDRESS_BOOK = tuple(
    map(Person, ("Mum", "Dr. Weber", "Ada Lovelace", "Alex Kim", "Alex Müller", "山田太郎", "मीना", "Мама"))
)

ERROR = "Error while accessing provider:com.android.contacts\n"
DENIED = (
    f"{ERROR}java.lang.SecurityException: Permission Denial: opening provider x from (null) requires "
    "android.permission.READ_CONTACTS or android.permission.WRITE_CONTACTS\n"
)
NO_PROVIDER = f"{ERROR}java.lang.IllegalStateException: Could not find provider: com.android.contacts\n"

texts = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=30)


def rows(*values: tuple[int, str, str, str]) -> str:
    return "".join(
        f"Row: {number} contact_id={key}, mimetype={kind}, data1={value}, display_name={name}\n"
        for number, (key, kind, value, name) in enumerate(values)
    )


def read(make: Make, answer: object) -> tuple[Person, ...] | Problem:
    return read_people(make({"content query": answer}), "Ada")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("mum", ["Mum"]),
        ("  MUM! ", ["Mum"]),
        ("Dr Weber", ["Dr. Weber"]),
        ("weber", ["Dr. Weber"]),
        ("Lovelace, Ada", ["Ada Lovelace"]),
        ("alex", ["Alex Kim", "Alex Müller"]),
        ("Alex Muller", ["Alex Müller"]),
        ("山田", ["山田太郎"]),
        ("मीना", ["मीना"]),
        ("мама", ["Мама"]),
        ("Ale", []),
        ("Ada Lovelice", []),
        ("Weber Kim", []),
        ("", []),
        ("...", []),
    ],
)
def test_who_is_meant(said: str, names: list[str]) -> None:
    assert [person.name for person in people_called(said, ADDRESS_BOOK)] == names


def test_the_whole_name_goes_before_a_part_of_another() -> None:
    people = (Person("Mum Work"), Person("Mum"))
    assert people_called("Mum", people) == (people[1],)


def test_what_is_misspelt_has_near_names_and_nonsense_has_none() -> None:
    assert nearest_people("Ada Lovelice", ADDRESS_BOOK)[0] == "Ada Lovelace"
    assert nearest_people("Qqxzw", ADDRESS_BOOK) == ()


@given(said=texts, names=st.lists(texts, max_size=5))
def test_nobody_is_meant_whose_name_lacks_a_word_of_what_was_said(said: str, names: list[str]) -> None:
    people = tuple(map(Person, names))
    called = people_called(said, people)
    assert set(called) <= set(people)
    for name in nearest_people(said, people):
        assert name in names


@given(
    st.lists(
        st.tuples(
            texts.map(lambda name: f"x{name}x"), st.lists(st.from_regex(r"\+[1-9]\d{6,10}", fullmatch=True))
        ),
        max_size=5,
    )
)
def test_whatever_names_hold_the_numbers_stay_with_their_people(
    people: list[tuple[str, list[str]]],
) -> None:
    output = rows(
        *((key, PHONE, number, name) for key, (name, numbers) in enumerate(people) for number in numbers)
    )
    found = people_in(output)
    expected = [(name, tuple(dict.fromkeys(numbers))) for name, numbers in people if numbers]
    assert [(person.name, person.numbers) for person in found] == expected


@given(texts)
def test_any_output_is_read_without_an_error(output: str) -> None:
    assert isinstance(people_in(f"Row: 0 contact_id=1, {output}"), tuple)


def test_numbers_and_addresses_are_listed_once_each(scripted_phone: Make) -> None:
    found = read(
        scripted_phone,
        rows(
            (7, NAME, "Ada", "Ada"),
            (7, PHONE, "+49 30 1", "Ada"),
            (7, PHONE, "+49-30-1", "Ada"),
            (7, EMAIL, "ada@x.example", "Ada"),
            (7, EMAIL, "ADA@x.example", "Ada"),
            (7, EMAIL, "NULL", "Ada"),
        ),
    )
    assert found == (Person("Ada", ("+49 30 1",), ("ada@x.example",)),)
    assert found[0].reached_by(Form.NUMBER) == ("+49 30 1",)
    assert found[0].reached_by(Form.ADDRESS) == ("ada@x.example",)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((DENIED, "", 0), ProblemKind.PERMISSION),
        (("", DENIED, 0), ProblemKind.PERMISSION),
        (("", NO_PROVIDER, 0), ProblemKind.OTHER),
        (("", "/system/bin/sh: content: inaccessible or not found", 127), ProblemKind.NO_COMMAND),
        ("", ProblemKind.OTHER),
        (("", "", 137), ProblemKind.UNCLEAR),
    ],
)
def test_contacts_that_cannot_be_read_are_no_empty_address_book(
    scripted_phone: Make, answer: object, kind: ProblemKind
) -> None:
    found = read(scripted_phone, answer)
    assert isinstance(found, Problem)
    assert found.kind is kind
