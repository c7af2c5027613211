"""Names in calls of declared tools have no article."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.engines import ScriptedEngine, calling
from agent.planning import Planner, Request
from agent.planning._articles import is_name, without_articles
from agent.prompt import ParsedCall
from tools_schema import Kind, Parameter, ValueType, load_tool_set

THEATRE = load_tool_set(Path(__file__).parents[2] / "data" / "heldout" / "tools" / "theatre_stage")
PROP = {"report": {"prop": Parameter("prop", ValueType.STRING)}}


def bare(value: object) -> object:
    [call] = without_articles([ParsedCall("report", {"prop": value})], PROP)  # type: ignore[dict-item]
    return call.arguments["prop"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("the silver teapot", "silver teapot"),
        ("a violin case", "violin case"),
        ("an Enigma", "Enigma"),
        ("the Louvre Museum", "Louvre Museum"),
        (["the ham", "eggs"], ["ham", "eggs"]),
    ],
)
def test_a_name_loses_its_article(written: object, name: object) -> None:
    assert bare(written) == name


@pytest.mark.parametrize(
    "written",
    ["The Thinker", "the freezer has broken down", "theatre", "a", "the ", "an", "anchor", "on the roof", 5],
)
def test_titles_sentences_and_other_words_stay(written: object) -> None:
    assert bare(written) == written


def test_sentences_titles_choices_and_other_kinds_are_no_names() -> None:
    def text(name: str, **others: object) -> Parameter:
        return Parameter(name, ValueType.STRING, **others)  # type: ignore[arg-type]

    assert is_name(text("prop"))
    assert is_name(text("textile"))
    assert is_name(Parameter("guests", ValueType.ARRAY, items=text("")))
    assert not any(map(is_name, (text("message"), text("short_title"), text("book_name"))))
    assert not is_name(text("size", one_of=("a lot", "little")))
    assert not is_name(text("when", kind=Kind.DATE))
    assert not is_name(Parameter("count", ValueType.INTEGER))


def test_calls_of_other_tools_stay() -> None:
    other = ParsedCall("send_sms", {"to": "the plumber"})
    assert without_articles([other], PROP) == [other]


@given(st.text(max_size=40))
def test_what_is_left_is_the_end_of_what_was_written(text: str) -> None:
    assert text.endswith(str(bare(text)))


def test_the_planner_takes_articles_from_names_of_declared_tools() -> None:
    engine = ScriptedEngine([calling("report_prop{prop:'the violin case',state:'broken'}")])
    plan = Planner(engine, THEATRE).plan(
        Request("Somebody sat on the violin case. It's broken.", datetime(2026, 1, 1), "UTC")
    )
    assert [call.arguments["prop"] for call in plan.calls] == ["violin case"]
