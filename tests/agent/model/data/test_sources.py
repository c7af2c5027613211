from __future__ import annotations

import random

import pytest

from agent.model.data._sources import Sources
from agent.model.data._syntax import Section, parse_line, parse_sections

VALUES = """
@day
monday
tuesday
wednesday
@days
{a:day} and {b:day} => {a},{b}
@digit
0
1
@number
{a:digit} {b:digit} {c:digit} => {a}{b}{c}
@name
{a:digit}{b:digit}{c:digit}
@half
am
pm
@span
from {a:1..2}{x:half} to {b:1..2}{y:half} => {a}{x} {b}{y}
@only
one
"""


@pytest.fixture
def sources() -> Sources:
    sections: dict[str, Section] = {s.name: s for s in parse_sections(VALUES, "values", "values/en/test.txt")}
    return Sources(sections, random.Random(5), held_out=None)  # noqa: S311 - data, not secrets


@pytest.mark.parametrize("source", ["day", "red|green|blue"])
def test_two_slots_of_a_phrase_have_different_values_of_one_source(sources: Sources, source: str) -> None:
    line = parse_line(f"{{a:{source}}} and {{b:{source}}}", "")
    drawn = [sources.render(line.nodes).arguments for _ in range(100)]
    assert all(arguments["a"] != arguments["b"] for arguments in drawn)


def test_two_slots_of_a_value_have_different_values_of_one_source(sources: Sources) -> None:
    drawn = [sources.value("days")[1].split(",") for _ in range(100)]
    assert all(first != second for first, second in drawn)


@pytest.mark.parametrize("source", ["number", "name"])
def test_parts_of_a_longer_value_may_come_twice(sources: Sources, source: str) -> None:
    assert {sources.value(source)[1] for _ in range(200)} == {f"{number:03b}" for number in range(8)}


def test_an_hour_and_its_half_of_the_day_may_come_twice(sources: Sources) -> None:
    assert "1pm 1pm" in {sources.value("span")[1] for _ in range(200)}


def test_a_source_of_one_value_gives_it_twice(sources: Sources) -> None:
    line = parse_line("{a:only} and {b:only}", "")
    assert sources.render(line.nodes).text == "one and one"


def test_a_slot_may_repeat_another_one_by_name(sources: Sources) -> None:
    line = parse_line("{a:day} and {b:^a}", "")
    arguments = sources.render(line.nodes).arguments
    assert arguments["a"] == arguments["b"]
