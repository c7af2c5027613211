"""What a model writes is data: no argument becomes a flag, a component, a package or a command."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bridge as bridge_package
from bridge import Bridge, Outcome, OutcomeStatus
from bridge.errors import CommandTooLongError, InvalidValueError
from tools_schema import (
    Call,
    Kind,
    Parameter,
    Tool,
    ToolSet,
    Value,
    ValueType,
    built_in_tool_sets,
    load_tool_set,
)

if TYPE_CHECKING:
    from bridge.emulator import EmulatedPhone, LoggedIntent

HOSTILE = (
    "--es x y",
    "-n com.evil/.Main",
    "com.evil/.Main",
    "; settings put global hacked 1",
    "$(settings put global hacked 1)`settings put global hacked 1`",
    "'\"; settings put global hacked 1; '\"",
    "\nsettings put global hacked 1\n",
    "> /sdcard/hacked | tee /sdcard/hacked && settings put global hacked 1",
    "intent:#Intent;component=com.evil/.Main;S.x=y;end",
    "a@x.example?cc=evil@x.example&body=evil#f",
    "+49301?body=evil&x=%26#f",
    "\u202e%s\\0 --user 10 -f 0x10000000",
)

_WORDS = {
    Kind.DATE_TIME: "2026-03-29T15:00:00",
    Kind.DATE: "2026-03-29",
    Kind.TIME_OF_DAY: "07:15",
    Kind.PHONE_NUMBER: "+49301234",
    Kind.CONTACT: "+49301234",
    Kind.EMAIL: "a@x.example",
    Kind.URL: "https://x.example/",
    Kind.APP: "Clock",
}
_OPTIONS = {"-W": 0, "-a": 1, "-t": 1, "-c": 1, "-n": 1}
_EXTRAS = {"--es", "--ez", "--ei", "--el", "--eial", "--esa"}

Do = Callable[[Tool, dict[str, Value]], Outcome]

PARAMETERS = [
    (tool, parameter.name)
    for name in built_in_tool_sets()
    for tool in load_tool_set(name).tools
    for parameter in tool.parameters
]


def harmless(parameter: Parameter) -> Value:
    if parameter.one_of:
        return parameter.one_of[0]
    if parameter.kind is Kind.WEEKDAYS:
        return ["MONDAY"]
    match parameter.type:
        case ValueType.BOOLEAN:
            return True
        case ValueType.INTEGER:
            return 60
        case _:
            return _WORDS.get(parameter.kind, "words")


def arguments_of(tool: Tool, parameter: str) -> dict[str, Value]:
    """Return harmless arguments: what the tool needs, and the parameter in question."""
    arguments = {p.name: harmless(p) for p in tool.parameters if p.required or p.name == parameter}
    if parameter != "change" and tool.parameter("level"):
        arguments["level"] = 40  # of a level and a change, one is needed
    return arguments


def options_of(argv: tuple[str, ...]) -> list[str]:
    """Return an ``am start`` without its data and the values of its extras."""
    fixed = list(argv[:2])
    words = iter(argv[2:])
    for word in words:
        fixed.append(word)
        if word in _EXTRAS:
            fixed.append(next(words))
            next(words)
        elif word == "-d":
            next(words)
        else:
            assert word in _OPTIONS, f"{word} is no option that the bridge uses"
            fixed += [next(words) for _ in range(_OPTIONS[word])]
    return fixed


def shape(intent: LoggedIntent) -> object:
    extras = {key: extra.type for key, extra in intent.extras.items()}
    scheme = (intent.data or "").partition(":")[0]
    return intent.action, scheme, intent.type, intent.component, intent.categories, intent.flags, extras


@pytest.fixture
def do(adb_port: int, emulated_phone: EmulatedPhone) -> Do:
    bridge = Bridge(adb_port=adb_port)

    def execute(tool: Tool, arguments: dict[str, Value]) -> Outcome:
        call = Call(tool.name, arguments)
        return bridge.execute(call, tool, serial=emulated_phone.address, confirmed=True)

    return execute


@pytest.mark.parametrize(("tool", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "name", value))
def test_a_hostile_value_is_a_value_or_is_refused(
    do: Do, emulated_phone: EmulatedPhone, tool: Tool, parameter: str
) -> None:
    """The intent that reaches the phone differs in nothing but values from that of a harmless request."""
    state = emulated_phone.state
    settings, files = {name: dict(of) for name, of in state.settings.items()}, dict(state.files)
    arguments = arguments_of(tool, parameter)
    usual = do(tool, arguments)
    usual_starts = [options_of(e.argv) for e in usual.evidence if e.argv[:2] == ("am", "start")]
    usual_intents = [shape(intent) for intent in state.intents]
    settings |= {name: dict(of) for name, of in state.settings.items()}
    for value in HOSTILE:
        state.intents.clear()
        try:
            outcome = do(tool, {**arguments, parameter: value})
        except InvalidValueError:
            assert state.intents == []
        else:
            commands = [evidence.argv for evidence in outcome.evidence]
            starts = [options_of(argv) for argv in commands if argv[:2] == ("am", "start")]
            assert tool.name == "open_app" or not any("-n" in start for start in starts)
            if starts:
                assert starts == usual_starts
                assert [shape(intent) for intent in state.intents] == usual_intents
            else:
                assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION, value
                assert state.intents == []
        assert state.settings == settings
        assert state.files == files


@pytest.mark.parametrize(
    "url",
    [
        "intent:#Intent;component=com.evil/.Main;end",
        "intent://x.example/#Intent;scheme=https;component=com.evil/.Main;end",
        "android-app://com.evil/https/x.example",
        "javascript:alert(1)",
        "file:///sdcard/x",
        "content://com.android.contacts/data",
        "tel:+49301",
        "market://details?id=com.evil",
        "package:com.evil",
        " https://x.example",
        "https:x.example",
        "https://",
        "-n com.evil/.Main",
        "",
    ],
)
def test_only_web_addresses_are_opened_as_such(do: Do, emulated_phone: EmulatedPhone, url: str) -> None:
    tool = load_tool_set("phone").tool("open_url")
    assert tool is not None
    with pytest.raises(InvalidValueError):
        do(tool, {"url": url})
    assert emulated_phone.state.intents == []


@pytest.mark.parametrize(
    "url", ["https://x.example/#Intent;component=com.evil/.Main;end", "HTTPS://x.example"]
)
def test_a_web_address_is_data_and_nothing_else(do: Do, emulated_phone: EmulatedPhone, url: str) -> None:
    tool = load_tool_set("phone").tool("open_url")
    assert tool is not None
    outcome = do(tool, {"url": url})
    (start,) = (e.argv for e in outcome.evidence if e.argv[:2] == ("am", "start"))
    assert start[-2] == "-d"
    assert emulated_phone.state.intents[-1].component.startswith("com.android.")
    assert emulated_phone.state.browser_url == f"https{url[5:]}"


@pytest.mark.parametrize("to", ["a,b@x.example", "a@x.example,b@x.example", "a@x.example\\"])
def test_an_address_that_android_would_split_is_refused(
    do: Do, emulated_phone: EmulatedPhone, phone_tools: ToolSet, to: str
) -> None:
    tool = phone_tools.tool("send_email")
    assert tool is not None
    with pytest.raises(InvalidValueError, match="comma"):
        do(tool, {"to": to, "subject": "s"})
    assert emulated_phone.state.mail_draft is None


def test_a_text_that_adb_cannot_carry_is_refused_with_the_limit_and_changes_nothing(
    do: Do, emulated_phone: EmulatedPhone, phone_tools: ToolSet
) -> None:
    refused: dict[str, str] = {}
    for tool in phone_tools.tools:
        for parameter in tool.parameters:
            if parameter.type is not ValueType.STRING or parameter.one_of:
                continue
            arguments = {**arguments_of(tool, parameter.name), parameter.name: "ü" * 30_000}
            try:
                outcome = do(tool, arguments)
            except InvalidValueError:
                continue  # no time, address or choice is that long
            except CommandTooLongError as error:
                refused[tool.name] = error.message
            else:
                assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION, tool.name
                assert len(outcome.message) < 2000
    assert {"send_sms", "create_note", "web_search", "show_map"} <= set(refused)
    assert all("adb carries 60000; shorten the text" in message for message in refused.values())
    assert emulated_phone.state.intents == []


def test_commands_are_quoted_in_one_place_and_run_from_one_place() -> None:
    folder = Path(bridge_package.__file__).parent
    sources = {path.name: path.read_text() for path in folder.glob("*.py")}
    assert [name for name, text in sources.items() if "shlex" in text] == ["_quoting.py"]
    callers = {name for name, text in sources.items() if re.search(r"\bshell_command\(", text)}
    assert callers == {"_quoting.py", "_phone.py"}
    assert {name for name, text in sources.items() if re.search(r"server\.shell\b", text)} == {"_phone.py"}
