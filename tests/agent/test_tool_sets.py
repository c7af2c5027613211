"""Several tool sets in one request: built-in ones and folders of a user's own."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict

from agent._agent import IntentAgent
from agent._open import Settings, open_agent
from agent._tool_sets import load_tool_sets
from agent.cli._request import served_in_process
from agent.cli.app import main
from agent.client import IntentAgentClient, ServiceError
from agent.engines import ScriptedEngine, calling
from agent.planning import Asking
from agent.prompt import to_text
from bridge import Bridge
from intentagent.v1 import outcome_pb2
from tools_schema import ToolNameClashError, ToolSetClashError, load_tool_set, unite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from agent.engines import Engine
    from bridge.emulator import EmulatedPhone

FILE = """syntax = "proto3";
package coffee.v1;
import "intentagent/tools/v1/annotations.proto";
import "intentagent/tools/v1/tool_result.proto";
// The coffee machine's app.
service CoffeeService {
  // %(description)s
  rpc %(method)s(Request) returns (intentagent.tools.v1.ToolResult) {
    option (intentagent.tools.v1.tool) = {
      intent: {action: "android.intent.action.VIEW" data: "%(data)s"}
      read_back: READ_BACK_RESUMED_ACTIVITY
    };
  }
}
// What to do.
message Request {
  %(fields)s
}
"""
DRINK = """// The drink.
  string drink = 1 [(intentagent.tools.v1.param) = {required: true}];
  // How much of it.
  string size = 2 [(intentagent.tools.v1.param) = {one_of: "single" one_of: "double"}];"""
TEXT = "turn on the flashlight and make me a double espresso"
PHONE = load_tool_set("phone")


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder with one tool in one file, ``brew_coffee`` where no other method is named."""

    def make(
        name: str = "coffee",
        method: str = "BrewCoffee",
        fields: str = DRINK,
        data: str = "https://coffee.example/{size?}/{drink}",
        description: str = "Makes a coffee.",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        parts = {"method": method, "fields": fields, "data": data, "description": description}
        (folder / "machine.proto").write_text(FILE % parts, encoding="utf-8")
        return folder

    return make


def engine_writing(*calls: str) -> ScriptedEngine:
    """Return a model that always writes the same calls, and was trained on the tools of `phone`."""
    return ScriptedEngine(lambda _: calling(*calls), known=[tool.signature for tool in PHONE.tools])


@contextmanager
def client_of(
    engine: Engine, adb_port: int, *folders: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> Iterator[IntentAgentClient]:
    """Serve an agent that is put together from settings, but for its model."""
    monkeypatch.setattr("agent._open.open_engine", lambda *_, **__: engine)
    agent = open_agent(
        Settings(
            model=folders[0], tool_folders=folders, adb_port=adb_port, **settings
        )  # the model is not read
    )
    try:
        with served_in_process(agent) as address, IntentAgentClient(address) as client:
            yield client
    finally:
        agent.close()


def test_a_users_tool_works_next_to_a_built_in_one_in_one_request(
    make_folder: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    adb_port: int,
    emulated_phone: EmulatedPhone,
) -> None:
    engine = engine_writing("turn_on_flashlight{}", "brew_coffee{drink:'espresso',size:'double'}")
    with client_of(engine, adb_port, make_folder(), monkeypatch=monkeypatch) as client:
        plan = client.plan(TEXT)
        steps = list(client.execute(plan, serial=emulated_phone.address))
    assert [(call.tool, MessageToDict(call.arguments)) for call in plan.calls] == [
        ("turn_on_flashlight", {}),
        ("brew_coffee", {"drink": "espresso", "size": "double"}),
    ]
    assert plan.tool_sets == ["phone", "coffee"]
    outcomes = [step.outcome for step in steps if step.HasField("outcome")]
    assert [outcome.status for outcome in outcomes] == [
        outcome_pb2.OUTCOME_STATUS_VERIFIED,
        outcome_pb2.OUTCOME_STATUS_OPENED,
    ]
    assert emulated_phone.state.torch
    assert outcomes[1].intent.data == "https://coffee.example/double/espresso"


def test_only_the_tools_that_the_model_does_not_know_are_declared(
    make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, adb_port: int
) -> None:
    engine = engine_writing("turn_on_flashlight{}")
    with client_of(engine, adb_port, make_folder(), monkeypatch=monkeypatch) as client:
        client.plan("light")
        client.plan("light", tool_sets=["phone"])
    both, phone = (to_text(prompt) for prompt in engine.prompts)
    assert both.count("<start_function_declaration>") == 1
    assert "declaration:brew_coffee{" in both
    assert "<start_function_declaration>" not in phone


def test_each_call_is_validated_by_its_own_tool(
    make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, adb_port: int
) -> None:
    engine = engine_writing(
        "set_volume{level:30}", "brew_coffee{drink:'espresso',size:'huge'}", "set_timer{}"
    )
    with client_of(engine, adb_port, make_folder(), monkeypatch=monkeypatch) as client:
        plan = client.plan("volume to 30, and a huge espresso, and a timer")
    assert [call.tool for call in plan.calls] == ["set_volume"]
    assert [missing.tool for missing in plan.missing] == ["set_timer"]
    (problem,) = plan.problems
    assert problem.startswith("brew_coffee: size:")


def test_a_request_may_name_some_of_the_sets(
    make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, adb_port: int
) -> None:
    engine = engine_writing("turn_on_flashlight{}", "brew_coffee{drink:'espresso'}")
    with client_of(engine, adb_port, make_folder(), monkeypatch=monkeypatch) as client:
        plan = client.plan(TEXT, tool_sets=["coffee", "coffee"])
        listed = client.list_tools(["coffee"])
        default = client.list_tools()
    assert [call.tool for call in plan.calls] == ["brew_coffee"]
    assert plan.tool_sets == ["coffee"]
    assert "turn_on_flashlight" in plan.problems[0]
    assert [tool.name for tool in listed.tools] == ["brew_coffee"]
    assert listed.tool_sets == ["coffee"]
    assert listed.tool_set_hash == plan.tool_set_hash
    assert listed.available_tool_sets == ["coffee", "mobile_actions", "phone"]
    assert default.tool_sets == ["phone", "coffee"]
    assert len(default.tools) == len(PHONE.tools) + 1


def test_the_default_can_be_chosen(
    make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, adb_port: int
) -> None:
    engine = engine_writing("turn_on_flashlight{}")
    folder = make_folder()
    with client_of(
        engine, adb_port, folder, monkeypatch=monkeypatch, tool_sets=("mobile_actions",)
    ) as client:
        assert client.plan("light").tool_sets == ["mobile_actions"]


def test_all_tools_are_declared_where_that_is_to_be_measured(
    make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, adb_port: int
) -> None:
    engine = engine_writing("turn_on_flashlight{}")
    with client_of(
        engine, adb_port, make_folder(), monkeypatch=monkeypatch, asking=Asking(declare_all=True)
    ) as client:
        client.plan("light")
    assert to_text(engine.prompts[0]).count("<start_function_declaration>") == len(PHONE.tools) + 1


def test_the_hash_of_united_sets_does_not_depend_on_their_order(
    make_folder: Callable[..., Path],
) -> None:
    coffee = load_tool_set(make_folder())
    both = unite([PHONE, coffee])
    assert both.name == "phone+coffee"
    assert both.hash == unite([coffee, PHONE]).hash
    assert both.hash not in {PHONE.hash, coffee.hash}
    assert [tool.name for tool in both.tools] == sorted([*(tool.name for tool in PHONE.tools), "brew_coffee"])
    assert unite([PHONE]) is PHONE


def test_a_shared_tool_is_one_and_the_later_set_says_what_it_does(make_folder: Callable[..., Path]) -> None:
    own = load_tool_set(make_folder("torch", "TurnOnFlashlight", fields="", data="https://torch.example/on"))
    assert {tool.signature for tool in own.tools} <= {tool.signature for tool in PHONE.tools}
    both = unite([PHONE, own])
    assert len(both.tools) == len(PHONE.tools)
    assert both.tool("turn_on_flashlight") == own.tools[0]
    assert unite([own, PHONE]).tool("turn_on_flashlight") == PHONE.tool("turn_on_flashlight")


def test_tools_of_one_name_with_different_parameters_are_refused_at_load(
    make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, adb_port: int
) -> None:
    clashing = make_folder("desk_lamp", "TurnOnFlashlight", fields=DRINK, data="https://{drink}.example")
    with pytest.raises(ToolNameClashError) as caught:
        open_agent(Settings(model=clashing, tool_folders=(clashing,)))
    for part in (
        "'phone'",
        "'desk_lamp'",
        "sound_and_screen.proto:",
        "machine.proto:8",
        "'turn_on_flashlight'",
    ):
        assert part in caught.value.message
    # Alone, the set can be used.
    engine = engine_writing("turn_on_flashlight{drink:'tea'}")
    with client_of(engine, adb_port, clashing, monkeypatch=monkeypatch, tool_sets=("desk_lamp",)) as client:
        assert [call.tool for call in client.plan("tea light").calls] == ["turn_on_flashlight"]
        with pytest.raises(ServiceError) as refused:
            client.plan("tea light", tool_sets=["phone", "desk_lamp"])
        with pytest.raises(ServiceError):
            client.list_tools(["phone", "desk_lamp"])
    assert (refused.value.code, refused.value.reason) == ("INVALID_ARGUMENT", "TOOL_NAME_CLASH")


def test_two_folders_of_one_name_are_refused_and_the_same_folder_twice_is_one(
    make_folder: Callable[..., Path],
) -> None:
    one, two = make_folder("a/coffee"), make_folder("b/coffee", method="GrindBeans")
    assert list(load_tool_sets((one, one))) == ["mobile_actions", "phone", "coffee"]
    with pytest.raises(ToolSetClashError, match="another tool set named 'coffee'"):
        load_tool_sets((one, two))
    with pytest.raises(ToolSetClashError, match="another tool set named 'phone'"):
        load_tool_sets((make_folder("phone"),))


def test_an_agent_without_folders_plans_with_phone(adb_port: int) -> None:
    agent = IntentAgent(engine_writing("turn_on_flashlight{}"), Bridge(adb_port=adb_port), load_tool_sets(()))
    assert agent.plan("light").tool_sets == ("phone",)
    assert agent.tool_set() == PHONE
    agent.close()


def test_the_command_line_takes_several_tool_sets(
    make_folder: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = make_folder()
    arguments = ["plan", "an espresso", "--tools", str(folder), "--model", "any.gguf", "--json"]
    for sets, declared in (([], 1), (["phone", "coffee"], 1), (["phone"], 0)):
        engine = engine_writing("brew_coffee{drink:'espresso'}")
        monkeypatch.setattr("agent._open.open_engine", lambda *_, _engine=engine, **__: _engine)
        options = [word for name in sets for word in ("--tool-set", name)]
        monkeypatch.setattr(sys, "argv", ["intent-agent", *arguments, *options])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == (0 if declared else 3)
        assert to_text(engine.prompts[0]).count("<start_function_declaration>") == declared
    assert '"tool_sets": ["phone", "coffee"]' in capsys.readouterr().out


def test_the_command_line_says_in_one_line_which_sets_clash(
    make_folder: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = make_folder("desk_lamp", "TurnOnFlashlight", fields=DRINK, data="https://{drink}.example")
    monkeypatch.setattr(
        sys, "argv", ["intent-agent", "plan", "x", "--tools", str(folder), "--model", "any.gguf"]
    )
    with pytest.raises(SystemExit) as left:
        main()
    error = capsys.readouterr().err.strip()
    assert left.value.code == 2
    assert error.startswith("error: the tool sets 'phone' (")
    assert "\n" not in error
