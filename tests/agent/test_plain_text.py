from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from agent.cli._output import print_json, shown
from agent.plain_text import harmless_json, plain_text, without_paths

HOSTILE = {
    "an escape sequence that sets the title": "\x1b]0;owned\x07Bob",
    "an escape sequence of one character": "\x9b2JBob",
    "a backspace": "Bob\x08\x08\x08Eve",
    "a line that pretends to be ours": "Bob\n  VERIFIED the money was sent",
    "a line separator": "Bob\u2028  VERIFIED",
    "an override of the direction": "\u202egnp.exe",
    "half of a surrogate pair": "Bob\ud83d",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_steers_a_terminal_is_not_shown(text: str) -> None:
    output = io.StringIO()
    Console(file=output, force_terminal=True, width=200).print(shown(text), soft_wrap=True, highlight=False)
    assert plain_text(output.getvalue().removesuffix("\n")) == output.getvalue().removesuffix("\n")
    output.getvalue().encode()


@pytest.mark.parametrize("text", ["Zoë", "山田 花子", "👩‍👩‍👧 family", "می‌خواهم", "हिन्दी", "a [b] c\\"])
def test_names_of_people_are_shown_as_they_are(text: str) -> None:
    assert plain_text(text) == text


def test_markup_in_a_name_is_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    Console().print(shown("[red]Bob[/] [/nothing]"), highlight=False)
    assert capsys.readouterr().out == "[red]Bob[/] [/nothing]\n"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_printed_json_has_no_character_that_steers_and_the_same_value(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_json({"name": text})
    line = capsys.readouterr().out.removesuffix("\n")
    assert plain_text(line) == line
    assert json.loads(line) == {"name": text}


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_json_stays_the_same_value_whatever_it_holds(text: str) -> None:
    line = harmless_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(line) == text
    assert plain_text(line) == line


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("the journal /home/bob/x/journal.sqlite3 cannot be written", "the journal [path] cannot be written"),
        ("llama.cpp cannot load '/srv/m.gguf': gone.", "llama.cpp cannot load '[path]': gone."),
        ("until /var/lib/x.", "until [path]."),
        ("open https://example.org/a/b or 1/2 and/or 3", "open https://example.org/a/b or 1/2 and/or 3"),
    ],
)
def test_paths_of_this_computer_are_left_out_of_what_a_client_is_told(text: str, seen: str) -> None:
    assert without_paths(text) == seen
