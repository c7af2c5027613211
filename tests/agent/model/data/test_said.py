"""Which values an example may have: those that its request says, written out or in words."""

from __future__ import annotations

from typing import Any

import pytest

from agent.model.data._said import unsaid
from tools_schema import Kind, Parameter, ValueType


def one(kind: Kind, name: str = "to", **more: Any) -> Parameter:
    return Parameter(name, ValueType.STRING, kind, **more)


def many(kind: Kind, **more: Any) -> Parameter:
    return Parameter("to", ValueType.ARRAY, items=one(kind, "", **more))


PLACE = Parameter(
    "place", ValueType.OBJECT, properties=(one(Kind.TEXT, "city"), one(Kind.PHONE_NUMBER, "phone"))
)


def found(parameter: Parameter, value: Any, text: str, lang: str = "en") -> list[tuple[str, str]]:
    return list(unsaid([parameter], {parameter.name: value}, text, lang))


@pytest.mark.parametrize(
    ("kind", "value", "text", "lang"),
    [
        (Kind.EMAIL, "bob@else.org", "mail BOB@else.org about lunch", "en"),
        (Kind.EMAIL, "jo.hill@fern-lake.example", "mail jo dot hill at fern dash lake dot example", "en"),
        (Kind.EMAIL, "jo7@fern.example", "mail jo seven at fern dot example", "en"),
        (Kind.EMAIL, "anna@beispiel.de", "schreib an anna ät beispiel punkt de", "de"),
        (Kind.EMAIL, "ivan@mail.ru", "напиши на ivan собака мэйл точка ру", "ru"),
        (Kind.EMAIL, "Bob Smith", "mail bob smith", "en"),
        (Kind.CONTACT, "jo@fern.example", "call jo at fern dot example", "en"),
        (Kind.CONTACT, "555 0199", "text five five five oh one double nine", "en"),
        (Kind.URL, "https://fern.example/news", "open fern dot example slash news", "en"),
        (Kind.URL, "fern.example", "open Fern.example, please", "en"),
        (Kind.PHONE_NUMBER, "555-0199", "dial (555) 01 99", "en"),
        (Kind.PHONE_NUMBER, "96586788", "liga nove meia cinco oito, meia sete oito oito", "pt"),
        (Kind.PHONE_NUMBER, "0612", "bel nul zes een twee", "nl"),
        (Kind.TEXT, "Oat milk", "put oat milk on the list", "en"),
        (Kind.TIME_OF_DAY, "10 to 8", "at ten minutes before eight", "en"),
    ],
)
def test_what_is_said_in_figures_or_in_words_passes(kind: Kind, value: str, text: str, lang: str) -> None:
    assert found(one(kind), value, text, lang) == []


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.EMAIL, "someone@else.org", "mail bob about lunch"),
        (Kind.EMAIL, "bob@fern.org", "mail bob at fern dot example"),
        (Kind.EMAIL, "Bob Jones", "mail bob smith and mary jones"),
        (Kind.EMAIL, "ivan@mail.ru", "напиши на anna@mail.ru"),
        (Kind.CONTACT, "someone@else.org", "call bob"),
        (Kind.CONTACT, "555 0199", "call bob"),
        (Kind.CONTACT, "Rob", "call bob"),
        (Kind.APP, "Signal", "open the messenger"),
        (Kind.URL, "https://fern.example", "open the news"),
        (Kind.PHONE_NUMBER, "555-0198", "dial 555-0199"),
        (Kind.PHONE_NUMBER, "555-0198", "call one friend of mine"),
        (Kind.TEXT, 5, "put six on the list"),
    ],
)
def test_what_nobody_said_is_found(kind: Kind, value: str, text: str) -> None:
    assert found(one(kind), value, text) == [("to", str(value))]


def test_lists_and_objects_are_looked_into_and_the_place_is_named() -> None:
    assert found(many(Kind.TEXT), ["milk", "eggs"], "buy milk and bread") == [("to[1]", "eggs")]
    assert found(many(Kind.EMAIL), "a@b.org", "mail bob") == [("to[0]", "a@b.org")]
    assert found(PLACE, {"city": "Rome", "phone": "555"}, "a table in Pisa") == [
        ("place.city", "Rome"),
        ("place.phone", "555"),
    ]
    assert found(PLACE, {"city": "Rome"}, "a table in rome") == []


def test_choices_days_and_what_is_not_given_are_not_looked_for() -> None:
    days = Parameter("to", ValueType.ARRAY, Kind.WEEKDAYS, items=one(Kind.TEXT, ""))

    assert found(days, ["weekdays"], "from Monday to Friday") == []
    assert found(one(Kind.TEXT, one_of=("oat", "soy")), "oat", "with the usual milk") == []
    assert found(many(Kind.TEXT, one_of=("oat",)), ["oat"], "with the usual milk") == []
    assert found(one(Kind.TEXT), None, "anything") == []
    assert found(many(Kind.TEXT), None, "anything") == []
    assert found(Parameter("to", ValueType.INTEGER), 5, "half a dozen less one") == []
