from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent.errors import EvaluationFileError
from agent.evaluation import read_files

if TYPE_CHECKING:
    from pathlib import Path

KETTLE = """
syntax = "proto3";
package kettle;
import "intentagent/tools/v1/annotations.proto";
message BoilRequest {}
message BoilResponse {}
// Kettle.
service Kettle {
  // Boils water.
  rpc Boil(BoilRequest) returns (BoilResponse) {
    option (intentagent.tools.v1.tool) = { risk: RISK_SAFE intent { action: "kettle.BOIL" } };
  }
}
"""


def write(path: Path, tool_set: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"id": "a", "text": "boil", "tool_set": tool_set, "calls": []}), "utf-8")
    return path


def kettle(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "kettle.proto").write_text(KETTLE, encoding="utf-8")
    return folder


def test_a_tool_set_is_a_folder_relative_to_the_file(tmp_path: Path) -> None:
    folder = kettle(tmp_path / "tools" / "kettle")
    paths = [write(tmp_path / "one.jsonl", "tools/kettle"), write(tmp_path / "tools" / "two.jsonl", "kettle")]
    files, folders = read_files(paths, ("phone",))
    assert folders == (folder,)
    assert [file.rows[0].tool_sets for file in files] == [("kettle",), ("kettle",)]
    assert [file.name for file in files] == [str(path) for path in paths]


def test_a_row_may_use_several_tool_sets(tmp_path: Path) -> None:
    folder = kettle(tmp_path / "kettle")
    row = {"id": "a", "text": "boil", "tool_sets": ["phone", "kettle"], "calls": []}
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(row), "utf-8")
    files, folders = read_files([path], ("phone",))
    assert (files[0].rows[0].tool_sets, folders) == (("phone", "kettle"), (folder,))


@pytest.mark.parametrize("fields", [{"tool_sets": []}, {"tool_set": "phone", "tool_sets": ["phone"]}])
def test_a_row_names_its_tool_sets_once(tmp_path: Path, fields: dict[str, object]) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "boil", "calls": []} | fields), "utf-8")
    with pytest.raises(EvaluationFileError, match=r"one\.jsonl, line 1"):
        read_files([path], ("phone",))


def test_a_tool_set_that_is_loaded_needs_no_folder(tmp_path: Path) -> None:
    files, folders = read_files([write(tmp_path / "one.jsonl", "phone")], ("phone",))
    assert (files[0].rows[0].tool_sets, folders) == (("phone",), ())


@pytest.mark.parametrize("tool_set", ["toaster", "", "one.jsonl"])
def test_a_row_with_an_unknown_tool_set_is_named(tmp_path: Path, tool_set: str) -> None:
    with pytest.raises(EvaluationFileError, match=r"one\.jsonl, row 'a': there is no tool set") as caught:
        read_files([write(tmp_path / "one.jsonl", tool_set)], ("mobile_actions", "phone"))
    assert "mobile_actions, phone" in caught.value.message


def test_two_folders_of_one_name_are_refused(tmp_path: Path) -> None:
    paths = []
    for place in ("a", "b"):
        kettle(tmp_path / place / "kettle")
        paths.append(write(tmp_path / place / "rows.jsonl", "kettle"))
    with pytest.raises(EvaluationFileError, match="another tool set named 'kettle'"):
        read_files(paths, ("phone",))
