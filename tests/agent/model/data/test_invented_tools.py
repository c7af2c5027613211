"""Files of invented tools, and how their tools are declared."""

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING

import pytest

from agent.model.data import DataOptions, Generator
from agent.model.data._declarations import Declarer, Style, camel
from agent.model.data._errors import PhraseFileError
from agent.model.data._generator import FOLDER
from agent.model.data._inventions import load_inventions
from agent.model.data._sources import Sources, load_sections
from agent.model.data._tools import convert
from agent.model.data._unseen import Unseen

if TYPE_CHECKING:
    from pathlib import Path

    from agent.model.data._inventions import InventedTool

TOOLS = """\
tool boil_eggs: Boils eggs.
count integer!: How many eggs.
minutes number: How long. Default is 6.
softness enum(soft, hard): How soft.
boil {count:2..9} eggs
how long do {count:2..9} eggs take?

tool fry_eggs: Fries eggs.
count integer!: How many eggs.
fry {count:2..9} {_:kind} eggs
@kind
brown
white
"""


def rng() -> random.Random:
    return random.Random(3)  # noqa: S311 - data, not secrets


def folder_with(tmp_path: Path, text: str = TOOLS, lang: str = "en") -> Path:
    """Return a data folder with one phrase file and the tools ``text``."""
    for name, content in {
        f"phrases/{lang}/set_wifi.txt": "turn [the |]wifi on => on=true\nwifi off => on=false\n",
        f"phrases/{lang}/_wrappers.txt": "@two\n{1} and {2}\n@three\n{1}, {2}, {3}\n",
        f"phrases/{lang}/_none.txt": "sing\ndance\n@impossible\nfly\nvanish\n",
        f"phrases/{lang}/_followups.txt": "@repeat\nagain\n@correct set_wifi.on\nno, off => on=false\n",
        f"values/{lang}/locales.txt": "@locales\nen_US\n",
        **({f"tools/{lang}/kitchen.txt": text} if text else {}),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def tool(tmp_path: Path) -> InventedTool:
    inventions = load_inventions(folder_with(tmp_path), "en", held_out=False)
    return (*inventions.tools, *load_inventions(tmp_path, "en", held_out=True).tools)[-1]


def test_any_language_may_bring_tools(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, lang="de")
    for held_out in (False, True):
        generator = Generator(DataOptions(languages={"de": 1.0}, folder=folder), held_out=held_out)
        made = [row for row in itertools.islice(generator.rows(), 300) if row.kind.startswith("unseen")]
        assert made
        assert all(row.tools for row in made)


def test_a_language_without_tools_still_makes_rows(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text="", lang="de")
    generator = Generator(DataOptions(languages={"de": 1.0}, folder=folder), held_out=False)
    assert not any(row.tools for row in itertools.islice(generator.rows(), 200))


def test_a_follow_up_section_of_one_line_is_trained_on_and_validation_goes_without(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    options = DataOptions(languages={"en": 1.0}, folder=folder)
    texts = {row.template for row in itertools.islice(Generator(options, held_out=False).rows(), 1500)}
    assert any("_followups#repeat" in template for template in texts)
    texts = {row.template for row in itertools.islice(Generator(options, held_out=True).rows(), 400)}
    assert not any("_followups#repeat" in template for template in texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("boil eggs\n", r"kitchen.txt:1: a line before the first tool"),
        ("tool boil: Boils.\ncount integer: How many.\n", "boil has no phrases"),
        ("tool boil: Boils.\ntype string: Which.\nboil\n", "no parameter can be called 'type'"),
        ("tool boil: Boils.\nsize enum: Which.\nboil\n", "an enum needs them"),
        ("tool boil: Boils.\nboil {count:1..2}\n", r"kitchen.txt:2: boil has no parameter 'count'"),
    ],
)
def test_a_mistake_in_a_tool_file_is_a_clear_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PhraseFileError, match=message):
        load_inventions(folder_with(tmp_path, text), "en", held_out=False)


def test_a_question_is_never_put_after_could_you() -> None:
    lines = [line for t in load_inventions(FOLDER, "en", held_out=False).tools for line in t.lines]
    asked = [line for line in lines if line.source.partition("=>")[0].rstrip().endswith("?")]
    assert asked
    assert all(line.mode != "" for line in asked)


def test_names_are_written_in_the_style_of_the_row(tmp_path: Path) -> None:
    declarer = Declarer({}, rng())
    names = {
        style: {declarer.declare(tool(tmp_path), Style(style)).name for _ in range(60)}
        for style in ("snake", "camel", "pascal", "dotted")
    }
    assert {"fry_eggs", "boil_eggs"} & names["snake"]
    assert {"fryEggs", "boilEggs"} & names["camel"]
    assert {"FryEggs", "BoilEggs"} & names["pascal"]
    assert {"kitchen.fry_eggs", "kitchen.boil_eggs"} & names["dotted"]
    assert {"eggs.fry", "eggs.boil"} & names["dotted"]


def test_camel_case_joins_words() -> None:
    assert camel("find_hotel_room") == "findHotelRoom"


def test_a_declared_default_comes_from_the_words_of_the_language() -> None:
    inventions = load_inventions(FOLDER, "en", held_out=False)
    declarer = Declarer({"default": ("Default is {1}.",), "choices": ("One of {1}.",)}, rng())
    plain = next(t for t in inventions.tools if any(p.kind == "enum" and p.required for p in t.parameters))
    said = {json.dumps(declarer.declare(plain, Style("snake")).declaration) for _ in range(60)}
    assert any("One of " in text for text in said)
    assert any("One of " not in text for text in said)


def test_calls_use_the_names_that_are_declared() -> None:
    unseen = Unseen(
        load_inventions(FOLDER, "en", held_out=False),
        Sources(load_sections(FOLDER, "en"), rng(), held_out=False),
        rng(),
    )
    for _ in range(200):
        (first, *_) = unseen.draw()
        (call,) = unseen.request(first).calls
        assert call.name == first.name
        assert set(call.arguments) <= set(first.names.values())


def test_what_is_renamed_says_the_same_in_other_words(tmp_path: Path) -> None:
    words = {"names": ("boil: cook, simmer", "fry: roast", "count: number"), "orders": ("Boils: Boil",)}
    declarer = Declarer(words, rng())
    declared = [declarer.declare(tool(tmp_path), Style("camel")) for _ in range(200)]
    names = {each.name for each in declared}
    assert names & {"cookEggs", "simmerEggs", "roastEggs"}
    assert {"count", "number"} <= {each.names["count"] for each in declared}


def test_a_lean_declaration_keeps_what_is_required_and_what_a_phrase_can_say(tmp_path: Path) -> None:
    boil = next(
        t
        for held in (False, True)
        for t in load_inventions(folder_with(tmp_path), "en", held_out=held).tools
        if t.name == "boil_eggs"
    )
    declared = [Declarer({}, rng()).declare(boil, Style("snake", lean=True)) for _ in range(40)]
    assert all("count" in each.names for each in declared)
    assert min(len(each.names) for each in declared) < 3


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("boil some eggs", "the phrase does not say count; '\\? ' marks"),
        ("? boil {count:2..9} eggs", "the phrase says every required value"),
    ],
)
def test_a_phrase_that_leaves_a_required_value_out_is_marked(
    tmp_path: Path, phrase: str, message: str
) -> None:
    text = f"tool boil: Boils eggs.\ncount integer!: How many.\n{phrase}\n"
    with pytest.raises(PhraseFileError, match=message):
        load_inventions(folder_with(tmp_path, text), "en", held_out=False)


def test_marked_phrases_lack_a_value_or_call_nothing(tmp_path: Path) -> None:
    text = (
        "tool wake like set_alarm: Wakes a guest.\nat string!: When.\nwake me at {at:7|8}\n? wake me\n"
        "- nobody woke me\n"
        "tool sing: Sings.\nsing\n"
    )
    options = DataOptions(languages={"en": 1.0}, folder=folder_with(tmp_path, text))
    made = [
        row
        for held in (False, True)
        for row in itertools.islice(Generator(options, held_out=held).rows(), 3000)
    ]
    lacking = [row for row in made if row.text.casefold().rstrip(".") == "wake me" and row.kind == "unseen"]
    assert lacking
    assert all(call.arguments == {} for row in lacking for call in row.calls)
    refused = [row for row in made if row.text.casefold().rstrip(".") == "nobody woke me"]
    assert refused
    assert all(row.calls == () for row in refused)


def test_there_are_many_english_tools_and_no_name_is_taken_twice() -> None:
    both = [t for held in (False, True) for t in load_inventions(FOLDER, "en", held_out=held).tools]
    names = [t.name for t in both]
    assert len(names) > 400
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("written", "type_", "value"),
    [
        ("-3", "INTEGER", -3),
        ("2.5", "NUMBER", 2.5),
        ("4", "NUMBER", 4),
        ("1.5,2", "NUMBERS", [1.5, 2]),
        ("1,2", "INTEGERS", [1, 2]),
        ("a, b", "STRINGS", ["a", "b"]),
    ],
)
def test_written_values_become_values_of_the_declared_type(written: str, type_: str, value: object) -> None:
    assert convert(written, type_) == value


def test_a_word_is_no_number() -> None:
    with pytest.raises(PhraseFileError, match="'many' is not number"):
        convert("many", "NUMBER")
