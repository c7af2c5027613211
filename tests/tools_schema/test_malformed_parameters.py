"""Every parameter that is refused is refused with one line: file, line, element, what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools_schema import SchemaError

ToolFolder = Callable[..., Path]
Refused = Callable[[Path | str], SchemaError]

_INTENT = 'intent: {action: "android.intent.action.VIEW"}'
_FIELD = "// F.\n"

# Fields of a tool that has no target: the field, the element that is blamed, and what it is told to write.
FIELDS = {
    "a date and time in a number": ("int32 at = 1 [(param) = {kind: KIND_DATE_TIME}];", "at", "`string at`"),
    "a date in a list of numbers": (
        "repeated int32 at = 1 [(param) = {kind: KIND_DATE}];",
        "at",
        "`string at`",
    ),
    "a time of day in a number": ("int32 at = 1 [(param) = {kind: KIND_TIME_OF_DAY}];", "at", "`string at`"),
    "a duration in a string": ("string long = 1 [(param) = {kind: KIND_DURATION}];", "long", "`int32 long`"),
    "a percentage in a double": (
        "double level = 1 [(param) = {kind: KIND_PERCENT}];",
        "level",
        "`int32 level`",
    ),
    "weekdays in one string": (
        "string days = 1 [(param) = {kind: KIND_WEEKDAYS}];",
        "days",
        "`repeated string days`",
    ),
    "a contact in a boolean": ("bool to = 1 [(param) = {kind: KIND_CONTACT}];", "to", "`string to`"),
    "text in a number": ("int32 name = 1 [(param) = {kind: KIND_TEXT}];", "name", "`string name`"),
    "an address in an enum": ("Colour to = 1 [(param) = {kind: KIND_EMAIL}];", "to", "`string to`"),
    "a map": ("map<string, string> rooms = 1;", "rooms", "repeated message"),
    "bytes": ("bytes picture = 1;", "picture", "`string picture`"),
    "a timestamp": ("google.protobuf.Timestamp at = 1;", "at", "KIND_DATE_TIME"),
    "a duration message": ("google.protobuf.Duration at = 1;", "at", "KIND_DURATION"),
    "a struct": ("google.protobuf.Struct data = 1;", "data", "a message of your own"),
    "the name description": ("string description = 1;", "description", "description_text"),
    "the name type": ("string type = 1;", "type", "type_text"),
    "the name properties": ("string properties = 1;", "properties", "properties_text"),
    "the name required": ("string required = 1;", "required", "required_text"),
    "the name nullable": ("string nullable = 1;", "nullable", "nullable_text"),
    "a reserved name in a nested message": ("Typed typed = 1;", "Typed.type", "type_text"),
    "a name in capitals": ("string roomName = 1;", "roomName", "`room_name`"),
    "two choices in a row of the same text": (
        'string mode = 1 [(param) = {one_of: "a" one_of: "a"}];',
        "mode",
        "leave one out",
    ),
    "an empty choice": ('string mode = 1 [(param) = {one_of: ""}];', "mode", "printable"),
    "a choice of two lines": ('string mode = 1 [(param) = {one_of: "a\\nb"}];', "mode", "printable"),
    "a choice that is a control token": (
        'string mode = 1 [(param) = {one_of: "<escape>"}];',
        "mode",
        "other words",
    ),
    "choices of a number": ('int32 mode = 1 [(param) = {one_of: "1"}];', "mode", "leave one_of out"),
    "choices of a date": (
        'string at = 1 [(param) = {kind: KIND_DATE one_of: "2026-01-01"}];',
        "at",
        "leave one_of out",
    ),
    "choices of an enum": ('Colour colour = 1 [(param) = {one_of: "red"}];', "colour", "leave one_of out"),
    "an enum with nothing to choose": ("Nothing colour = 1;", "colour", "NOTHING_UNSPECIFIED"),
    "a range of a string": ("string name = 1 [(param) = {minimum: 1}];", "name", "leave them out"),
    "a range upside down": ("int32 level = 1 [(param) = {minimum: 5 maximum: 4}];", "level", "swap"),
    "more than a hundred percent": (
        "int32 level = 1 [(param) = {kind: KIND_PERCENT maximum: 150}];",
        "level",
        "lower it",
    ),
    "a negative minimum of an unsigned number": (
        "uint32 level = 1 [(param) = {minimum: -1}];",
        "level",
        "raise it",
    ),
    "a negative duration": (
        "int32 long = 1 [(param) = {kind: KIND_DURATION minimum: -1}];",
        "long",
        "raise it",
    ),
    "a message that holds itself": ("Tree tree = 1;", "Tree.child", "another message"),
    "a message without fields": ("Empty empty = 1;", "empty", "leave it out"),
    "all_day_of on a string": (
        'string all_day = 1 [(param) = {all_day_of: "at"}];',
        "all_day",
        "`bool all_day`",
    ),
    "all_day_of that names no parameter": (
        'bool all_day = 1 [(param) = {all_day_of: "at"}];',
        "all_day",
        "KIND_DATE_TIME",
    ),
    "relative_to on a plain string": (
        'string end = 1 [(param) = {relative_to: "at"}];',
        "end",
        "KIND_DATE_TIME",
    ),
    "relative_to that names no parameter": (
        'string end = 1 [(param) = {kind: KIND_DATE_TIME relative_to: "at"}];',
        "end",
        "KIND_DATE_TIME",
    ),
    "relative_to itself": (
        'string end = 1 [(param) = {kind: KIND_DATE_TIME relative_to: "end"}];',
        "end",
        "another",
    ),
    "an extra without an intent": (
        'string name = 1 [(param) = {extras: {key: "k"}}];',
        "name",
        "leave extras out",
    ),
    "an extra in a nested message": ("Nested nested = 1;", "Nested.name", "request message"),
    "a control token in the description": (
        'string name = 1 [(param) = {description: "a <start_function_call> b"}];',
        "name",
        "other words",
    ),
    "a description that is too long": (
        f'string name = 1 [(param) = {{description: "{"long " * 61}"}}];',
        "name",
        "shorten",
    ),
}
_MORE = """
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
enum Colour { COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1; }
enum Nothing { NOTHING_UNSPECIFIED = 0; }
message Empty {}
message Typed {
  // T.
  string type = 1;
}
message Nested {
  // N.
  string name = 1 [(param) = {extras: {key: "k"}}];
}
message Tree {
  // C.
  repeated Tree child = 1;
}
"""


@pytest.mark.parametrize(("field", "element", "instead"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_that_is_no_parameter_is_refused(
    refused: Refused, tool_folder: ToolFolder, field: str, element: str, instead: str
) -> None:
    folder = tool_folder(fields=_FIELD + field, more=_MORE)
    error = refused(folder)
    wanted = element if "." in element else f"SetLightRequest.{element}"
    assert error.metadata["file"] == "lights.proto"
    assert error.metadata["element"] == wanted
    assert error.message.startswith(f"lights.proto:{error.metadata['line']}: {wanted}: ")
    assert instead in error.message
    line = (folder / "lights.proto").read_text(encoding="utf-8").splitlines()[int(error.metadata["line"]) - 1]
    assert wanted.rpartition(".")[2] in line


# Fields of a tool that has an intent.
EXTRAS = {
    "an extra without a key": ("string a = 1 [(param) = {extras: {}}];", "a", "the key in full"),
    "an hour of a text": (
        'string a = 1 [(param) = {extras: {key: "k" form: EXTRA_FORM_HOUR}}];',
        "a",
        "KIND_TIME_OF_DAY",
    ),
    "milliseconds of a text": (
        'string a = 1 [(param) = {extras: {key: "k" form: EXTRA_FORM_EPOCH_MILLIS}}];',
        "a",
        "KIND_DATE_TIME",
    ),
    "days of a list of texts": (
        'repeated string a = 1 [(param) = {extras: {key: "k" form: EXTRA_FORM_CALENDAR_DAYS}}];',
        "a",
        "KIND_WEEKDAYS",
    ),
    "a string array of numbers": (
        'int32 a = 1 [(param) = {extras: {key: "k" form: EXTRA_FORM_STRING_ARRAY}}];',
        "a",
        "`repeated string a`",
    ),
    "a list as a plain extra": ('repeated string a = 1 [(param) = {extras: {key: "k"}}];', "a", "string"),
    "a double as a plain extra": ('double a = 1 [(param) = {extras: {key: "k"}}];', "a", "int32"),
    "a long number as a plain extra": ('int64 a = 1 [(param) = {extras: {key: "k"}}];', "a", "`int32 a`"),
    "nothing to append to": (
        'string a = 1 [(param) = {extras: {key: "k" form: EXTRA_FORM_APPEND}}];',
        "a",
        "lower number",
    ),
    "two parameters in one extra": (
        """string a = 1 [(param) = {extras: {key: "k"}}];
        // B.
        string b = 2 [(param) = {extras: {key: "k"}}];""",
        "b",
        "leave one out",
    ),
}


@pytest.mark.parametrize(("fields", "element", "instead"), EXTRAS.values(), ids=EXTRAS.keys())
def test_an_extra_that_cannot_carry_its_field_is_refused(
    refused: Refused, tool_folder: ToolFolder, fields: str, element: str, instead: str
) -> None:
    error = refused(tool_folder(option=_INTENT, fields=_FIELD + fields))
    assert error.metadata["element"] == f"SetLightRequest.{element}"
    assert instead in error.message


def test_a_relative_moment_may_not_count_from_another_relative_one(
    refused: Refused, tool_folder: ToolFolder
) -> None:
    fields = "".join(
        f'// M.\nstring {name} = {number} [(param) = {{kind: KIND_DATE_TIME relative_to: "{base}"}}];\n'
        for number, (name, base) in enumerate([("a", "b"), ("b", "c")], start=1)
    )
    error = refused(tool_folder(fields=f"{fields}// M.\nstring c = 3 [(param) = {{kind: KIND_DATE_TIME}}];"))
    assert error.metadata["element"] == "SetLightRequest.a"


def test_a_oneof_is_refused(refused: Refused, tool_folder: ToolFolder) -> None:
    fields = "oneof where {\n// A.\nstring room = 1;\n// B.\nstring floor = 2;\n}"
    error = refused(tool_folder(fields=fields))
    assert error.metadata["element"] == "SetLightRequest.room"
    assert "plain field" in error.message


def test_an_enum_whose_values_fall_together_is_refused(refused: Refused, tool_folder: ToolFolder) -> None:
    more = "enum Mode { MODE_UNSPECIFIED = 0; MODE_ON = 1; ON = 2; }"
    assert "MODE_ON" in refused(tool_folder(fields="// M.\nMode mode = 1;", more=more)).message


def test_two_parameters_of_the_same_name_are_refused(refused: Refused, tool_folder: ToolFolder) -> None:
    error = refused(tool_folder(fields="// A.\nstring room = 1;\n// B.\nstring room = 2;"))
    assert error.metadata["file"] == "lights.proto"
    assert "room" in error.message
