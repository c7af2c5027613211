"""Rows that are left out because an evaluation file has them, or nearly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent.model.data import DataOptions, write_data
from agent.model.data._avoid import Avoided, read_avoided
from agent.model.data._errors import DataOptionsError, PhraseFileError

if TYPE_CHECKING:
    from pathlib import Path


def avoided(tmp_path: Path, *texts: str) -> Avoided:
    path = tmp_path / "eval.jsonl"
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_avoided([path])


@pytest.mark.parametrize(
    ("held_out", "text"),
    [
        ("Call Mum!", "call mum"),
        ("what's up", "whats up?"),
        ("Ｗｉ-Ｆｉ 开", "wi-fi开。"),
        ("", "ले जाओ"),
    ],
)
def test_a_short_row_with_the_same_letters_and_digits_is_avoided(
    tmp_path: Path, held_out: str, text: str
) -> None:
    assert avoided(tmp_path, held_out or text).shares(text)


@pytest.mark.parametrize(
    ("held_out", "text", "shares"),
    [
        ("请把明天早上七点的闹钟改到八点半", "把明天早上七点的闹钟改到九点", True),
        ("请把明天早上七点的闹钟改到八点半", "把明天早上七点的会议改到九点", False),
        ("明日の朝七時に母さんに電話して", "ねえ、明日の朝七時に母さんに電話したい", True),
        ("在 Google Maps 上找咖啡馆", "在 Google Maps 上找一家旅馆", False),
    ],
)
def test_scripts_without_spaces_share_runs_of_twelve_characters(
    tmp_path: Path, held_out: str, text: str, *, shares: bool
) -> None:
    assert avoided(tmp_path, held_out).shares(text) is shares


def test_vowel_signs_do_not_part_hindi_words(tmp_path: Path) -> None:
    held_out = avoided(tmp_path, "मुझे कल सुबह सात बजे जगा देना और गाना बजाना")
    assert not held_out.shares("मुझे कल सुबह सात बजे जगा दो")
    assert not held_out.shares("मुझे कल सबह सात बजे जग देना और गाना बजाना")
    assert held_out.shares("अरे, कल सुबह सात बजे जगा देना और गाना")


def test_other_signs_are_other_words(tmp_path: Path) -> None:
    assert not avoided(tmp_path, "दिन").shares("दान")


def test_a_line_separator_inside_of_a_text_ends_no_line(tmp_path: Path) -> None:
    assert avoided(tmp_path, "torch\u2028on").shares("torch on")


def test_a_text_of_marks_alone_avoids_nothing(tmp_path: Path) -> None:
    assert not avoided(tmp_path, "?!").shares("...")


@pytest.mark.parametrize("line", ["{}", '{"text": " "}', '{"text": 3}', "[]", "no json"])
def test_an_evaluation_row_without_text_is_named_with_file_and_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "eval.jsonl"
    path.write_text(f'{{"text": "torch on"}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(DataOptionsError, match=r"eval\.jsonl:3: "):
        read_avoided([path])


def test_a_missing_evaluation_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataOptionsError, match=r"cannot read the evaluation file .*none\.jsonl"):
        read_avoided([tmp_path / "none.jsonl"])


def torch(tmp_path: Path, phrases: str) -> DataOptions:
    folder = tmp_path / "phrases" / "en"
    folder.mkdir(parents=True)
    (folder / "turn_on_flashlight.txt").write_text(phrases, encoding="utf-8")
    return DataOptions(folder=tmp_path)


def test_a_training_row_that_is_a_short_evaluation_row_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "eval.jsonl").write_text('{"text": "Lamp on!"}\n', encoding="utf-8")
    options = torch(tmp_path, "<9> lamp on\ngo up\nlet be\nI do\n")
    result = write_data(tmp_path / "a.jsonl", rows=4, options=options, avoid=[tmp_path / "eval.jsonl"])
    assert result.dropped > 0
    assert "lamp on" not in (tmp_path / "a.jsonl").read_text(encoding="utf-8").casefold()


def test_files_of_which_every_row_is_avoided_are_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "eval.jsonl").write_text('{"text": "lamp on"}\n', encoding="utf-8")
    options = torch(tmp_path, "lamp on\n")
    with pytest.raises(PhraseFileError, match="give no 1 different rows"):
        write_data(tmp_path / "a.jsonl", rows=1, options=options, avoid=[tmp_path / "eval.jsonl"])
