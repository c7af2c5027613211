"""Tool sets of a folder's files, and the types that they become."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tools_schema
from tools_schema import (
    ExtraForm,
    Kind,
    Operation,
    Parameter,
    ReadBack,
    Risk,
    Tile,
    ToolSet,
    ValueType,
    load_tool_set,
)
from tools_schema.intentagent.tools.v1 import annotations_pb2

if TYPE_CHECKING:
    from enum import StrEnum

    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

ToolFolder = Callable[..., Path]


def test_a_folder_is_a_tool_set_named_after_it(tool_folder: ToolFolder) -> None:
    tool_set = load_tool_set(
        tool_folder(fields="// The room.\nstring room = 1 [(param) = {required: true}];")
    )
    assert tool_set.name == "lights"
    (tool,) = tool_set.tools
    assert (tool.name, tool.description, tool.risk) == ("set_light", "Sets a light.", Risk.READ)
    assert tool.parameters == (Parameter("room", ValueType.STRING, description="The room.", required=True),)
    assert tool.target is None


def test_a_version_folder_gives_the_set_the_name_of_its_parent(
    tmp_path: Path, tool_folder: ToolFolder
) -> None:
    version = tmp_path / "garden" / "v1"
    version.parent.mkdir()
    tool_folder().rename(version)
    assert load_tool_set(version).name == "garden"


def test_a_built_in_set_given_as_a_folder_is_the_same_set(phone: ToolSet) -> None:
    folder = Path(tools_schema.__file__).parent / "intentagent" / "tools" / "phone" / "v1"
    assert load_tool_set(folder) == phone


def test_a_method_without_the_option_is_no_tool(tool_folder: ToolFolder) -> None:
    methods = "// Not for the model.\nrpc Reset(SetLightRequest) returns (intentagent.tools.v1.ToolResult);"
    assert [tool.name for tool in load_tool_set(tool_folder(methods=methods)).tools] == ["set_light"]


def test_files_in_subfolders_belong_to_the_set_and_may_import_each_other(
    tmp_path: Path, tool_folder: ToolFolder
) -> None:
    folder = tool_folder(more='import "rooms/room.proto";', fields="// Where.\nrooms.Room room = 1;")
    (folder / "rooms").mkdir()
    (folder / "rooms" / "room.proto").write_text(
        'syntax = "proto3";\npackage rooms;\nmessage Room {\n  // Its name.\n  string name = 1;\n}\n',
        encoding="utf-8",
    )
    (tool,) = load_tool_set(folder).tools
    assert tool.parameters[0].properties == (Parameter("name", ValueType.STRING, description="Its name."),)
    assert tmp_path in folder.parents


def test_every_field_type_has_a_value_type(tool_folder: ToolFolder) -> None:
    fields = """
      // A.
      string a = 1;
      // B.
      int32 b = 2;
      // C.
      uint64 c = 3;
      // D.
      double d = 4;
      // E.
      bool e = 5;
      // F.
      optional float f = 6;
      // G.
      repeated Point g = 7;
      // H.
      Colour h = 8;
    """
    more = """
      message Point {
        // X.
        sint64 x = 1 [(param) = {required: true minimum: -3 maximum: 4}];
      }
      enum Colour {
        option allow_alias = true;
        COLOUR_UNSPECIFIED = 0;
        COLOUR_RED = 1;
        RED = 1;
        COLOUR_DARK_BLUE = 2;
      }
    """
    (tool,) = load_tool_set(tool_folder(fields=fields, more=more)).tools
    assert [p.type.value for p in tool.parameters] == [
        "STRING", "INTEGER", "INTEGER", "NUMBER", "BOOLEAN", "NUMBER", "ARRAY", "STRING",
    ]  # fmt: skip
    points, colour = tool.parameters[6:]
    assert points.items is not None
    assert points.items.properties == (
        Parameter("x", ValueType.INTEGER, description="X.", required=True, minimum=-3, maximum=4),
    )
    assert colour.one_of == ("red", "dark_blue")


def test_a_list_of_a_kind_has_it_on_its_items(tool_folder: ToolFolder) -> None:
    fields = "// Who.\nrepeated string to = 1 [(param) = {kind: KIND_EMAIL}];"
    (tool,) = load_tool_set(tool_folder(fields=fields)).tools
    assert tool.parameters[0].kind is Kind.TEXT
    assert tool.parameters[0].items == Parameter("", ValueType.STRING, Kind.EMAIL)


def test_the_option_has_the_last_word_on_a_description(tool_folder: ToolFolder) -> None:
    folder = tool_folder(
        option='description: "Switches a\\n light."',
        fields='// Words for programmers.\nstring room = 1 [(param) = {description: "The room."}];',
    )
    (tool,) = load_tool_set(folder).tools
    assert (tool.description, tool.parameters[0].description) == ("Switches a light.", "The room.")


def test_a_comment_of_several_lines_becomes_one_without_directives_to_linters(
    tool_folder: ToolFolder,
) -> None:
    fields = "// The room\n//   of the  light.\n// buf:lint:ignore FIELD_LOWER_SNAKE_CASE\nstring room = 1;"
    (tool,) = load_tool_set(tool_folder(fields=fields)).tools
    assert tool.parameters[0].description == "The room of the light."


def test_a_comment_behind_a_field_describes_it_too(tool_folder: ToolFolder) -> None:
    (tool,) = load_tool_set(tool_folder(fields="string room = 1; // The room.")).tools
    assert tool.parameters[0].description == "The room."


@pytest.mark.parametrize(
    ("method", "name"), [("OpenURL", "open_url"), ("SetHTTPProxy", "set_http_proxy"), ("Go2", "go2")]
)
def test_a_tool_is_named_by_its_method_in_snake_case(tool_folder: ToolFolder, method: str, name: str) -> None:
    folder = tool_folder()
    file = folder / "lights.proto"
    file.write_text(
        file.read_text(encoding="utf-8").replace("rpc SetLight(", f"rpc {method}("), encoding="utf-8"
    )
    assert [tool.name for tool in load_tool_set(folder).tools] == [name]


def test_loading_leaves_nothing_on_standard_error(
    tool_folder: ToolFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    load_tool_set(tool_folder(more='import "google/protobuf/any.proto";'))
    load_tool_set("phone")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("generated", "prefix", "ours"),
    [
        (annotations_pb2.Risk, "RISK_", Risk),
        (annotations_pb2.ReadBack, "READ_BACK_", ReadBack),
        (annotations_pb2.Operation, "OPERATION_", Operation),
        (annotations_pb2.Tile, "TILE_", Tile),
        (annotations_pb2.Kind, "KIND_", Kind),
        (annotations_pb2.ExtraForm, "EXTRA_FORM_", ExtraForm),
    ],
)
def test_the_types_know_every_value_of_the_options(
    generated: EnumTypeWrapper, prefix: str, ours: type[StrEnum]
) -> None:
    values = {name.removeprefix(prefix) for name in generated.keys()} - {"UNSPECIFIED"}  # noqa: SIM118 - no dict
    assert values == {member.value for member in ours} - ({"NONE"} if ours is ReadBack else set())


def test_the_public_names_are_sorted_and_there() -> None:
    names = tools_schema.__all__
    assert all(hasattr(tools_schema, name) for name in names)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in names)
