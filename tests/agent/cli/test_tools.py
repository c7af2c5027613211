from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from agent.cli.tools import app
from tools_schema import SchemaError, ToolSchemaError, UnknownToolError, UnknownToolSetError

if TYPE_CHECKING:
    from pathlib import Path

_LIGHTS = """syntax = "proto3";
import "intentagent/tools/v1/annotations.proto";
service S {
  // Sets a light.
  rpc SetLight(R) returns (R) { option (intentagent.tools.v1.tool) = {}; }
}
message R {
  // The room.
  string room = 1 [(intentagent.tools.v1.param) = {required: true}];
}
"""


@pytest.fixture
def lights(tmp_path: Path) -> Path:
    (tmp_path / "lights.proto").write_text(_LIGHTS, encoding="utf-8")
    return tmp_path


def _output(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def _error(*arguments: str) -> ToolSchemaError:
    with pytest.raises(ToolSchemaError) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    return caught.value


def test_list_names_every_tool_of_the_phone_set_where_unsaid() -> None:
    output = _output("list")
    assert "38 tools" in output
    assert "take_screenshot" in output


def test_list_takes_a_folder(lights: Path) -> None:
    assert "set_light" in _output("list", "--tool-set", str(lights))


def test_list_as_json_is_one_object_with_hashes_and_declarations() -> None:
    (line,) = _output("list", "--tool-set", "mobile_actions", "--json").splitlines()
    listed = json.loads(line)
    assert listed["tool_set"] == "mobile_actions"
    assert len(listed["hash"]) == 64
    by_name = {tool["name"]: tool for tool in listed["tools"]}
    assert len(by_name) == 7
    assert by_name["show_map"]["declaration"]["function"]["name"] == "show_map"
    assert by_name["show_map"]["target"]["type"] == "IntentRule"


def test_show_prints_the_section_of_a_tool() -> None:
    assert _output("show", "set_timer").startswith("## set_timer\n")


def test_show_as_json_is_the_tool() -> None:
    assert json.loads(_output("show", "set_timer", "--json"))["risk"] == "SAFE"


def test_show_of_a_tool_that_is_not_there_names_the_nearest() -> None:
    error = _error("show", "set_time")
    assert isinstance(error, UnknownToolError)
    assert "set_timer" in error.message


def test_check_says_what_a_good_folder_holds(lights: Path) -> None:
    assert "1 tools (set_light)" in _output("check", str(lights))
    assert json.loads(_output("check", str(lights), "--json"))["tools"][0]["name"] == "set_light"


def test_check_refuses_a_broken_schema(lights: Path) -> None:
    file = lights / "lights.proto"
    file.write_text(file.read_text(encoding="utf-8").replace("string room", "bytes room"), encoding="utf-8")
    error = _error("check", str(lights))
    assert isinstance(error, SchemaError)
    assert error.metadata["element"] == "R.room"


def test_an_unknown_tool_set_is_refused() -> None:
    assert isinstance(_error("list", "--tool-set", "nope"), UnknownToolSetError)
