from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.model.data._check import check
from agent.model.data._errors import PhraseFileError
from agent.model.data._generator import FOLDER
from agent.model.data._inventions import load_inventions
from agent.model.data._phrases import load_phrases
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = sorted(path.name for path in (FOLDER / "phrases").iterdir() if path.is_dir())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_file_of_a_language_is_sound(lang: str) -> None:
    assert check(FOLDER, lang) == []


def test_every_tool_has_at_least_twenty_five_english_phrases() -> None:
    trained = load_phrases(FOLDER, "en", held_out=False)
    held_out = load_phrases(FOLDER, "en", held_out=True)
    for tool in load_tool_set("phone").tools:
        assert len(trained.requests[tool.name]) + len(held_out.requests[tool.name]) >= 25, tool.name
        assert held_out.requests[tool.name], tool.name


def test_whole_invented_tools_are_held_out() -> None:
    trained = {tool.name for tool in load_inventions(FOLDER, "en", held_out=False).tools}
    held_out = {tool.name for tool in load_inventions(FOLDER, "en", held_out=True).tools}
    assert len(trained) >= 60
    assert len(held_out) >= 3
    assert trained.isdisjoint(held_out)


def test_no_invented_tool_has_a_built_in_name() -> None:
    built_in = {tool.name for tool in load_tool_set("phone").tools}
    assert built_in.isdisjoint(tool.name for tool in load_inventions(FOLDER, "en", held_out=False).tools)


def test_a_mistake_names_the_file_and_the_line(tmp_path: Path) -> None:
    folder = tmp_path / "phrases" / "en"
    folder.mkdir(parents=True)
    (folder / "set_timer.txt").write_text("# timers\nset a [timer for {duration}\n")
    with pytest.raises(PhraseFileError, match=r"en/set_timer:2: '\[' is never closed"):
        load_phrases(tmp_path, "en", held_out=False)


def test_a_slot_of_a_wrapper_that_stands_for_no_request_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "phrases" / "en"
    folder.mkdir(parents=True)
    text = "# around\n@polite\nplease {1}\nplease {2}\n@two\n{1} and {3}\n@three\n{1}, {2}, {3} {name}\n"
    (folder / "_wrappers.txt").write_text(text)
    place = "phrases/en/_wrappers.txt"
    assert check(tmp_path, "en") == [
        f"{place}:4: {{2}} stands for no request; write {{1}}",
        f"{place}:6: {{3}} stands for no request; write {{1}} or {{2}}",
        f"{place}:8: {{name}} stands for no request; write {{1}} or {{2}} or {{3}}",
    ]


def test_an_unknown_language_is_a_clear_error() -> None:
    with pytest.raises(PhraseFileError, match="no phrases for the language 'xx'"):
        load_phrases(FOLDER, "xx", held_out=False)
