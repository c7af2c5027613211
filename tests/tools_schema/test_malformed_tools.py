"""Methods, files and folders that make no tool set are refused with one line that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools_schema import SchemaError, UnknownToolError, UnknownToolSetError, load_tool_set

ToolFolder = Callable[..., Path]
Refused = Callable[[Path | str], SchemaError]

_INTENT = 'intent: {action: "android.intent.action.VIEW"}'

METHODS = {
    "an intent without an action": ("intent: {}", "android.intent.action.VIEW"),
    "an action that is not in full": ('intent: {action: "VIEW"}', "android.intent.action."),
    "a category that is not in full": (
        'intent: {action: "a.b" categories: "DEFAULT"}',
        "android.intent.category.",
    ),
    "a MIME type that is none": ('intent: {action: "a.b" mime_type: "text"}', "text/plain"),
    "data that names no parameter": ('intent: {action: "a.b" data: "geo:{place}"}', "room"),
    "data that needs an optional parameter": ('intent: {action: "a.b" data: "geo:{room}"}', "{room?}"),
    "data that names a list": ('intent: {action: "a.b" data: "geo:{rooms?}"}', "another"),
    "data with a brace alone": ('intent: {action: "a.b" data: "geo:{room"}', "{name}"),
    "data without a scheme": ('intent: {action: "a.b" data: "{room?}"}', "geo:"),
    "an extra without a key": ('intent: {action: "a.b" extras: {bool_value: true}}', "the key in full"),
    "an extra without a value": ('intent: {action: "a.b" extras: {key: "k"}}', "bool_value"),
    "an unspecified operation": ("operation: OPERATION_UNSPECIFIED", "OPERATION_"),
    "an operation without its parameter": ("operation: OPERATION_SET_WIFI", "OPERATION_SET_WIFI"),
    "an unspecified tile": ("tile: {on: true}", "TILE_"),
    "a tile with parameters": ("tile: {tile: TILE_FLASHLIGHT}", "leave the request message empty"),
    "a state read from an intent": (f"read_back: READ_BACK_STATE {_INTENT}", "READ_BACK_RESUMED_ACTIVITY"),
    "the next alarm without a time": (f"read_back: READ_BACK_NEXT_ALARM {_INTENT}", "KIND_TIME_OF_DAY"),
    "a description that is too long": (f'description: "{"long " * 61}"', "shorten"),
}


@pytest.mark.parametrize(("option", "instead"), METHODS.values(), ids=METHODS.keys())
def test_a_method_that_is_no_tool_is_refused(
    refused: Refused, tool_folder: ToolFolder, option: str, instead: str
) -> None:
    fields = "// R.\nstring room = 1;\n// S.\nrepeated string rooms = 2;"
    error = refused(tool_folder(option=option, fields=fields))
    # An operation is told about the field that it does not take, everything else about the method.
    wanted = {"LightsService.SetLight", "SetLightRequest.room"}
    assert error.metadata["element"] in wanted
    assert error.metadata["line"]
    assert instead in error.message


def test_an_operation_names_the_field_that_it_does_not_take(
    refused: Refused, tool_folder: ToolFolder
) -> None:
    error = refused(tool_folder(option="operation: OPERATION_SET_WIFI", fields="// O.\nbool enabled = 1;"))
    assert error.metadata["element"] == "SetLightRequest.enabled"
    assert "takes on" in error.message


def test_an_operation_needs_its_parameter_to_be_required(refused: Refused, tool_folder: ToolFolder) -> None:
    error = refused(tool_folder(option="operation: OPERATION_SET_WIFI", fields="// O.\nbool on = 1;"))
    assert error.metadata["element"] == "LightsService.SetLight"
    assert "required" in error.message


def test_an_operation_needs_its_parameter_in_its_type(refused: Refused, tool_folder: ToolFolder) -> None:
    required = "[(intentagent.tools.v1.param) = {required: true}]"
    fields = f"// O.\nstring on = 1 {required};"
    error = refused(tool_folder(option="operation: OPERATION_SET_WIFI", fields=fields))
    assert error.metadata["element"] == "SetLightRequest.on"
    assert "boolean" in error.message


@pytest.mark.parametrize("stream", ["rpc Blink(stream R) returns (R)", "rpc Blink(R) returns (stream R)"])
def test_a_method_that_streams_is_refused(refused: Refused, tool_folder: ToolFolder, stream: str) -> None:
    methods = f"// Blinks.\n{stream} {{ option (intentagent.tools.v1.tool) = {{}}; }}"
    error = refused(tool_folder(methods=methods, more="message R {}"))
    assert error.metadata["element"] == "LightsService.Blink"
    assert "leave `stream` out" in error.message


def test_a_tool_and_a_field_without_a_comment_are_refused(refused: Refused, tool_folder: ToolFolder) -> None:
    error = refused(tool_folder(fields="string room = 1;"))
    assert error.metadata["element"] == "SetLightRequest.room"
    assert "write a comment" in error.message
    methods = (
        "rpc Blink(SetLightRequest) returns (SetLightRequest) { option (intentagent.tools.v1.tool) = {}; }"
    )
    error = refused(tool_folder(methods=methods))
    assert error.metadata["element"] == "LightsService.Blink"
    assert "write a comment" in error.message


def test_two_tools_of_the_same_name_are_refused_with_both_places(
    refused: Refused, tool_folder: ToolFolder
) -> None:
    folder = tool_folder()
    text = (folder / "lights.proto").read_text(encoding="utf-8")
    (folder / "more.proto").write_text(text.replace("package lights.v1", "package more.v1"), encoding="utf-8")
    error = refused(folder)
    assert error.metadata["file"] == "more.proto"
    assert "'set_light'" in error.message
    assert "LightsService.SetLight in lights.proto:" in error.message
    assert "rename" in error.message


SYNTAX = {
    "a missing semicolon": "// R.\nstring room = 1",
    "an unknown type": "// R.\nRoom room = 1;",
    "an unknown option": "// R.\nstring room = 1 [(param) = {obligatory: true}];",
    "an unknown kind": "// R.\nstring room = 1 [(param) = {kind: KIND_PLACE}];",
    "a wrong type of option": "// R.\nstring room = 1 [(param) = {required: 3}];",
}


@pytest.mark.parametrize("fields", SYNTAX.values(), ids=SYNTAX.keys())
def test_what_protoc_refuses_is_told_in_one_line_and_nowhere_else(
    refused: Refused, tool_folder: ToolFolder, fields: str, capfd: pytest.CaptureFixture[str]
) -> None:
    error = refused(tool_folder(fields=fields))
    assert error.metadata["file"] == "lights.proto"
    assert int(error.metadata["line"]) > 0
    assert capfd.readouterr() == ("", "")


def test_an_import_that_is_not_there_is_told_at_the_line_that_imports_it(
    refused: Refused, tool_folder: ToolFolder
) -> None:
    error = refused(tool_folder(more='import "rooms.proto";'))
    assert error.metadata["file"] == "lights.proto"
    assert "rooms.proto" in error.message


def test_a_file_that_does_not_say_proto3_is_refused(
    refused: Refused, tool_folder: ToolFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tool_folder()
    (folder / "old.proto").write_text("message Old {}", encoding="utf-8")
    error = refused(folder)
    assert error.metadata["file"] == "old.proto"
    assert 'syntax = "proto3";' in error.message
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_no_text_is_refused(refused: Refused, tool_folder: ToolFolder) -> None:
    folder = tool_folder()
    (folder / "binary.proto").write_bytes(b"\xff\xfe\x00")
    assert refused(folder).metadata["file"] == "binary.proto"


def test_a_folder_without_files_is_refused(refused: Refused, tmp_path: Path) -> None:
    assert ".proto" in refused(tmp_path).message


def test_a_folder_without_tools_is_refused(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_text('syntax = "proto3";\nmessage A {}\n', encoding="utf-8")
    assert "(intentagent.tools.v1.tool)" in refused(tmp_path).message


def test_a_file_in_place_of_a_folder_is_refused(refused: Refused, tool_folder: ToolFolder) -> None:
    assert "folder" in refused(tool_folder() / "lights.proto").message


def test_a_folder_with_a_colon_in_its_path_is_refused(
    refused: Refused, tmp_path: Path, tool_folder: ToolFolder
) -> None:
    folder = tool_folder().rename(tmp_path / "li:ghts")
    assert "rename" in refused(folder).message


@pytest.mark.parametrize("name", ["", "phones", "no/such/folder", "PHONE"])
def test_an_unknown_tool_set_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownToolSetError) as caught:
        load_tool_set(name)
    assert (caught.value.code, caught.value.reason) == ("NOT_FOUND", "UNKNOWN_TOOL_SET")
    assert caught.value.metadata == {"tool_set": name}
    assert "mobile_actions, phone" in caught.value.message


def test_an_unknown_tool_is_told_with_the_nearest_names(tool_folder: ToolFolder) -> None:
    error = UnknownToolError("set_lights", load_tool_set(tool_folder()))
    assert (error.code, error.reason) == ("NOT_FOUND", "UNKNOWN_TOOL")
    assert "set_light" in error.message
