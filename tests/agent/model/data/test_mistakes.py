"""Mistakes in files and options: an error says where and what, and nothing else goes wrong."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from agent.cli.model import app
from agent.model.data import DataOptions, Generator
from agent.model.data._check import check
from agent.model.data._errors import DataOptionsError, PhraseFileError
from agent.model.data._inventions import load_inventions
from agent.model.data._phrases import load_phrases
from agent.model.data._sources import Sources
from agent.model.data._syntax import parse_sections
from agent.model.data._unseen import Unseen

if TYPE_CHECKING:
    from pathlib import Path

BOOK = """\
tool book_seat: Books a table.
seating enum(indoor, outdoor): Where.
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def kinds(folder: Path, *, held_out: bool = False) -> set[str]:
    rows = Generator(DataOptions(folder=folder), held_out=held_out).rows()
    return {row.kind for row in itertools.islice(rows, 300)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{duration~slugg}", "no filter ~slugg"),
        ("{_n:9..2} minutes", "has no numbers"),
        ("{_n:1..9/0} minutes", "has no numbers"),
        ("a minute => 1m", "'1m' should be name=value"),
        ("a minute => =1m", "'=1m' should be name=value"),
        ("a minute => duration=1m; duration=2m", "duration is given twice"),
        ("<0> a minute", "weight in '<0> a minute' should be 1 or more"),
        ("a minute\\ ", "nothing stands after the last backslash"),
    ],
)
def test_a_wrong_phrase_is_named_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path, {"phrases/en/set_timer.txt": f"# timers\n{line}\n"})
    with pytest.raises(PhraseFileError, match=rf"en/set_timer:2: .*{message}"):
        load_phrases(tmp_path, "en", held_out=False)
    write(tmp_path, {"tools/en/inn.txt": f"{BOOK}{line.replace('duration', 'seating')}\n"})
    with pytest.raises(PhraseFileError, match=rf"inn\.txt:3: .*{message.replace('duration', 'seating')}"):
        load_inventions(tmp_path, "en", held_out=False)


def test_a_value_may_write_what_is_no_argument() -> None:
    (section,) = parse_sections("a minute => 1m\n", "duration", "values/en/duration")
    assert section.lines[0].written == "1m"


def test_a_source_that_is_missing_is_named_with_the_phrase() -> None:
    (section,) = parse_sections("wait {_:long}\n", "_", "en/x")
    rng = random.Random(1)  # noqa: S311 - data, not secrets
    with pytest.raises(
        PhraseFileError, match=r"en/x#_/\w+: there is no source 'long'.* in 'wait \{_:long\}'"
    ):
        Sources({}, rng, held_out=None).render_line(section.lines[0])


def test_the_arguments_of_several_calls_are_checked(tmp_path: Path) -> None:
    lines = (
        "torch on and call {call.to:Ann|Bob} => ^turn_on_flashlight=",
        "call {call.to:Ann|Bob} and {call#2.to:Eve|Joe}",
        "call {call.whom:Ann|Bob}",
        "mute => set_volum.change=mute",
        "{call:Ann|Bob}",
        "{_a:toggle} off => {_a}.on=false",
    )
    write(
        tmp_path,
        {
            "phrases/en/_together.txt": "\n".join(lines) + "\n",
            "values/en/toggle.txt": "wifi => set_wifi\ntimers => set_timer\n",
        },
    )
    names = [problem.split(": ", 1)[1].split(" in ")[0] for problem in check(tmp_path, "en")]
    wrong = ("call", "call.whom", "set_timer.on", "set_volum.change")
    assert sorted(names) == [f"no tool or parameter {name!r}" for name in wrong]


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        ("en,", "a language is missing"),
        ("", "a language is missing"),
        ("en=0", "the share of en is 0"),
        ("en=-1", "the share of en is -1"),
        ("en=nan", "the share of en is nan"),
    ],
)
def test_a_language_without_name_or_share_is_refused(tmp_path: Path, languages: str, message: str) -> None:
    result = CliRunner().invoke(app, ["data", "--out", str(tmp_path / "a"), "--languages", languages])
    assert result.exit_code == 2
    assert message in result.output


def test_no_languages_are_refused() -> None:
    with pytest.raises(DataOptionsError, match="a language is missing"):
        DataOptions(languages={})


@pytest.mark.parametrize("file", ["inn", "_none", "_values", "_words"])
def test_a_mistake_below_a_section_names_its_own_line(tmp_path: Path, file: str) -> None:
    above = f"# tools\n{BOOK}book a table\n\n" if file == "inn" else "# some\n" * 5
    write(tmp_path, {f"tools/en/{file}.txt": f"{above}@kind\nplain\n[wrong\n"})
    with pytest.raises(PhraseFileError, match=rf"tools/en/{file}:{above.count(chr(10)) + 3}: "):
        load_inventions(tmp_path, "en", held_out=False)


def test_a_mistake_in_a_question_names_its_own_line(tmp_path: Path) -> None:
    write(tmp_path, {"tools/en/_none.txt": "why\n[wrong\n"})
    with pytest.raises(PhraseFileError, match="tools/en/_none:2: "):
        load_inventions(tmp_path, "en", held_out=False)
    write(tmp_path, {"tools/en/_none.txt": "# nothing yet\n"})
    assert load_inventions(tmp_path, "en", held_out=False).questions == ()


def test_a_slot_in_an_alternative_that_was_not_drawn_is_drawn_again(tmp_path: Path) -> None:
    spoken = "[ {_s:indoor|outdoor}|] => seating={_s}"
    text = f"{BOOK}book a table{spoken}\n- the table{spoken}\n"
    write(tmp_path, {"tools/en/inn.txt": text, "tools/en/_none.txt": f"why{spoken}\n"})
    rng = random.Random(1)  # noqa: S311 - data, not secrets
    inventions = load_inventions(tmp_path, "en", held_out=False)
    unseen = Unseen(inventions, Sources({}, rng, held_out=False), rng)
    for _ in range(40):
        (declared,) = unseen.draw()
        if declared.names:
            (call,) = unseen.request(declared).calls
            assert call.arguments
        assert "door" in "".join(segment.text for segment in unseen.refused(declared).segments)
        question = unseen.question()
        assert question is not None
        assert "door" in "".join(segment.text for segment in question.segments)


TIMER = {"phrases/en/set_timer.txt": "time {duration:5m|9m}\ncount {duration:5m|9m}\n"}
TORCH = {"phrases/en/turn_on_flashlight.txt": "torch on\nlight\n"}
TWO = {"phrases/en/_wrappers.txt": "@two\n{1}, {2}\n@three\n{1}, {2}, {3}\n@never\ndo not {1}\n@polite\n"}
NONE = {"phrases/en/_none.txt": "sing\ndance\n@impossible\nfly\nvanish\n"}
TOOLS = {"tools/en/inn.txt": f"{BOOK}book a table\ntool dim_bar: Dims the bar.\ndim the bar\n"}
AGAIN = {"phrases/en/_followups.txt": "@repeat\nagain\nonce more\n"}


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize(
    ("files", "made"),
    [
        (TIMER, {"plain", "one"}),
        (TIMER | AGAIN, {"plain", "one"}),
        (TIMER | TWO, {"plain", "one", "two", "three"}),
        (TORCH | TWO, {"plain", "one"}),
        (TIMER | TORCH | TWO, {"plain", "one", "two", "three"}),
        (TIMER | NONE, {"plain", "one", "none"}),
        (TIMER | TOOLS, {"plain", "one", "unseen"}),
        (TIMER | TOOLS | NONE, {"plain", "one", "none", "unseen", "unseen_none"}),
        (TIMER | TOOLS | TWO, {"plain", "one", "two", "three", "unseen", "unseen_mixed"}),
        (TIMER | TWO | NONE | AGAIN, {"plain", "one", "two", "three", "none", "partial", "follow_up"}),
    ],
)
def test_a_kind_of_row_for_which_a_language_has_no_phrases_is_left_out(
    tmp_path: Path, files: dict[str, str], made: set[str], *, held_out: bool
) -> None:
    assert kinds(write(tmp_path, files), held_out=held_out) == made


def test_a_language_without_requests_is_a_clear_error(tmp_path: Path) -> None:
    write(tmp_path, NONE | {"phrases/en/set_wifi.txt": "wifi on => on=true\n"})
    assert kinds(tmp_path) == {"plain", "one", "none"}
    with pytest.raises(PhraseFileError, match="no requests for validation rows in phrases/en"):
        kinds(tmp_path, held_out=True)
