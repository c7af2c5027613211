from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools_schema import Tool, ToolSet, load_tool_set

ToolFolder = Callable[..., Path]

_FIELDS = """// The room.
string room = 1 [(param) = {one_of: "hall" one_of: "attic"}];
// The level.
int32 level = 2;"""

# Models are trained for these: a signature that changes makes every model declare the tool again, so a change
# here is a decision, never an accident.
GOLDEN_SIGNATURES = {
    "create_calendar_event": "d9b50436038a475cc675782f4b9b0c0a6b5a10fbe9904b422d41b797f5336da7",
    "set_alarm": "daa0697d8adc6bcfb6f6f3da00fb6eb215cb8c88bd1f1883be0ca9f18f7deeec",
    "show_map": "a138b0411319dc7e64d21eacae33a1b58220f4327f52e1b17cfeb1f5554f1632",
}


def _tool(folder: Path) -> Tool:
    (tool,) = load_tool_set(folder).tools
    return tool


@pytest.mark.parametrize("name", ["mobile_actions", "phone"])
def test_the_same_set_has_the_same_hashes_every_time(name: str) -> None:
    assert load_tool_set(name) == load_tool_set(name)


def test_every_tool_has_a_hash_and_a_signature_of_its_own(phone: ToolSet) -> None:
    for digests in ({t.hash for t in phone.tools}, {t.signature for t in phone.tools}):
        assert len(digests) == len(phone.tools)
        assert {len(digest) for digest in digests} == {64}


def test_a_tool_of_both_sets_with_the_same_parameters_has_one_signature(
    mobile_actions: ToolSet, phone: ToolSet
) -> None:
    same = {t.name for t in mobile_actions.tools if t.signature in {p.signature for p in phone.tools}}
    assert same == {"turn_on_flashlight", "turn_off_flashlight", "open_wifi_settings", "show_map"}


@pytest.mark.parametrize(
    "fields",
    [
        _FIELDS.replace("The room.", "The room of the light."),
        _FIELDS.replace("int32 level = 2", "int32 level = 2 [(param) = {maximum: 9}]"),
        _FIELDS.replace("int32 level = 2", "int32 level = 2 [(param) = {private: true}]"),
    ],
    ids=["a description", "a range", "a secret"],
)
def test_what_the_model_does_not_write_changes_the_hash_and_not_the_signature(
    tool_folder: ToolFolder, fields: str
) -> None:
    before, after = _tool(tool_folder(fields=_FIELDS)), _tool(tool_folder(fields=fields))
    assert before.hash != after.hash
    assert before.signature == after.signature


@pytest.mark.parametrize(
    "option",
    [
        "risk: RISK_CONFIRM",
        "private: true",
        'intent: {action: "a.b"}',
        "read_back: READ_BACK_RESUMED_ACTIVITY",
    ],
)
def test_what_happens_on_the_phone_changes_the_hash_and_not_the_signature(
    tool_folder: ToolFolder, option: str
) -> None:
    before, after = _tool(tool_folder(fields=_FIELDS)), _tool(tool_folder(option=option, fields=_FIELDS))
    assert before.hash != after.hash
    assert before.signature == after.signature


@pytest.mark.parametrize(
    "fields",
    [
        _FIELDS.replace("room", "place"),
        _FIELDS.replace("int32", "double"),
        _FIELDS.replace("int32 level = 2", "repeated int32 level = 2"),
        _FIELDS.replace("int32 level = 2", "int32 level = 2 [(param) = {kind: KIND_PERCENT}]"),
        _FIELDS.replace("int32 level = 2", "int32 level = 2 [(param) = {required: true}]"),
        _FIELDS.replace('one_of: "attic"', 'one_of: "cellar"'),
        _FIELDS + "\n// More.\nbool more = 3;",
    ],
    ids=["a name", "a type", "a list", "a kind", "required", "a choice", "a parameter"],
)
def test_what_the_model_writes_changes_both(tool_folder: ToolFolder, fields: str) -> None:
    before, after = _tool(tool_folder(fields=_FIELDS)), _tool(tool_folder(fields=fields))
    assert before.hash != after.hash
    assert before.signature != after.signature


def test_a_derived_parameter_does_not_change_the_signature(tool_folder: ToolFolder) -> None:
    moment = "// M.\nstring at = 1 [(param) = {kind: KIND_DATE_TIME}];"
    derived = '\n// D.\nbool all_day = 2 [(param) = {all_day_of: "at"}];'
    before, after = _tool(tool_folder(fields=moment)), _tool(tool_folder(fields=moment + derived))
    assert before.hash != after.hash
    assert before.signature == after.signature


def test_the_order_in_the_text_changes_nothing(tool_folder: ToolFolder) -> None:
    room, level = _FIELDS.split("\n// The level.")
    before = _tool(tool_folder(fields=_FIELDS))
    assert _tool(tool_folder(fields=f"// The level.{level}\n\n   {room}")) == before


def test_the_order_of_the_choices_changes_the_declaration_and_not_the_signature(
    tool_folder: ToolFolder,
) -> None:
    swapped = _FIELDS.replace('one_of: "hall" one_of: "attic"', 'one_of: "attic" one_of: "hall"')
    before, after = _tool(tool_folder(fields=_FIELDS)), _tool(tool_folder(fields=swapped))
    assert before.hash != after.hash
    assert before.signature == after.signature


def test_where_the_files_lie_changes_nothing(tool_folder: ToolFolder, tmp_path: Path) -> None:
    folder = tool_folder(fields=_FIELDS)
    before = load_tool_set(folder)
    (folder / "deeper").mkdir()
    (folder / "lights.proto").rename(folder / "deeper" / "lamps.proto")
    after = load_tool_set(folder.rename(tmp_path / "lamps"))
    assert (before.hash, before.tools) == (after.hash, after.tools)


def test_the_hash_of_a_set_changes_with_any_of_its_tools(tool_folder: ToolFolder) -> None:
    before = load_tool_set(tool_folder(fields=_FIELDS))
    after = load_tool_set(tool_folder(fields=_FIELDS.replace("The level.", "How bright.")))
    assert before.hash != after.hash


@pytest.mark.parametrize("limit", ["minimum: 0", "maximum: 0"])
def test_zero_is_not_the_same_as_unsaid(tool_folder: ToolFolder, limit: str) -> None:
    number = "// N.\nint64 level = 1"
    before = _tool(tool_folder(fields=f"{number};"))
    after = _tool(tool_folder(fields=f"{number} [(param) = {{{limit}}}];"))
    assert before.hash != after.hash


@pytest.mark.parametrize(("name", "signature"), GOLDEN_SIGNATURES.items())
def test_the_signatures_that_models_are_trained_for_stay(phone: ToolSet, name: str, signature: str) -> None:
    tool = phone.tool(name)
    assert tool is not None
    assert tool.signature == signature
