"""Quoting through the real chain: an argument that goes in is the argument that the phone's command sees."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge import Bridge, Outcome, OutcomeStatus
from bridge._deadline import Deadline
from bridge._phone import Phone
from bridge._quoting import COMMAND_LIMIT
from bridge._transport import AdbServer
from bridge.errors import CommandTooLongError, InvalidValueError
from tools_schema import Call, ToolSet, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator import EmulatedPhone, PrivateAdbServer

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
SHELL_TEXT = st.text("ab \t\n'\"\\$`;&|<>(){}[]*?~#!%=-,.:/ü字🙂\u202e", max_size=40)
ARGUMENTS = st.lists(TEXT | SHELL_TEXT, min_size=1, max_size=6)
NASTY = ["", " ", "'", '"', "\\", "$(reboot)", "`id`", "a\nb", "-n", "--es", "🙂", "\u202eابجد", "%s", "~"]

fuzzed = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=[True, False], ids=["shell v2", "shell v1"])
def phone(
    request: pytest.FixtureRequest, adb_port: int, emulated_phone: EmulatedPhone
) -> Callable[[], Phone]:
    server = AdbServer("127.0.0.1", adb_port)
    return lambda: Phone(server, emulated_phone.address, 34, Deadline(60), shell_v2=request.param)


@fuzzed
@given(arguments=ARGUMENTS)
@example(arguments=NASTY)
def test_a_command_on_the_phone_sees_exactly_the_arguments_that_went_in(
    phone: Callable[[], Phone], arguments: list[str]
) -> None:
    answer = phone().run("printf", "%s\\0" * len(arguments), *arguments)
    assert answer.data.decode().split("\0")[:-1] == arguments


def test_an_argument_as_long_as_adb_carries_arrives_whole(phone: Callable[[], Phone]) -> None:
    longest = "x" * (COMMAND_LIMIT - len("printf %s "))
    assert phone().run("printf", "%s", longest).stdout == longest


@pytest.mark.parametrize(
    ("argument", "error"),
    [("a\0b", InvalidValueError), ("\ud83d", InvalidValueError), ("x" * 60_001, CommandTooLongError)],
)
def test_what_cannot_be_carried_is_refused_before_anything_is_sent(
    phone: Callable[[], Phone], argument: str, error: type[Exception]
) -> None:
    asked = phone()
    with pytest.raises(error):
        asked.run("printf", argument)
    assert asked.evidence == []


EVENT: dict[str, Value] = {"title": "x", "datetime": "2026-03-29T15:00:00"}
FIELDS: list[tuple[str, dict[str, Value], str, str]] = [
    ("set_alarm", {"time": "07:15"}, "label", "alarms"),
    ("set_timer", {"duration": 60}, "label", "timers"),
    ("create_calendar_event", EVENT, "title", "calendar_draft.title"),
    ("create_calendar_event", EVENT, "location", "calendar_draft.location"),
    ("create_contact", {"first_name": "x"}, "first_name", "contact_draft.name"),
    ("create_contact", {"first_name": "x"}, "company", "contact_draft.company"),
    ("send_email", {"to": "a@x.example", "subject": "x"}, "subject", "mail_draft.subject"),
    ("send_email", {"to": "a@x.example", "subject": "x"}, "body", "mail_draft.body"),
    ("send_sms", {"to": "+49301", "body": "x"}, "body", "sms_draft.body"),
    ("create_note", {"text": "x"}, "text", "note_draft.text"),
    ("create_note", {"text": "x"}, "title", "note_draft.title"),
    ("show_map", {"query": "x"}, "query", "map_query"),
    ("navigate_to", {"destination": "x"}, "destination", "navigation"),
    ("web_search", {"query": "x"}, "query", "search_query"),
    ("share_text", {"text": "x"}, "text", "shared_text"),
    ("play_music", {}, "query", "media.query"),
]


@pytest.mark.parametrize(
    ("name", "arguments", "parameter", "seen"), FIELDS, ids=[seen for *_, seen in FIELDS]
)
def test_any_text_of_a_request_is_the_text_that_the_app_gets(
    adb_server: PrivateAdbServer,
    phone_tools: ToolSet,
    emulated_phone: EmulatedPhone,
    name: str,
    arguments: dict[str, Value],
    parameter: str,
    seen: str,
) -> None:
    tool = phone_tools.tool(name)
    assert tool is not None
    bridge = Bridge(adb_port=adb_server.port)

    @settings(max_examples=15)
    @given(text=TEXT.filter(str.strip) | SHELL_TEXT.filter(str.strip))
    @example(text="'; settings put global hacked 1; echo '")
    @example(text="100 % & more?#a=b+c\n--es x y")
    def arrives(text: str) -> None:
        outcome = request(bridge, text)
        assert outcome.status is not OutcomeStatus.FAILED, outcome.message
        found = attrgetter(seen)(emulated_phone.state)
        assert (found[-1].label if isinstance(found, list) else found) == text

    def request(bridge: Bridge, text: str) -> Outcome:
        call = Call(name, {**arguments, parameter: text})
        return bridge.execute(call, tool, serial=emulated_phone.address)

    arrives()
    assert "hacked" not in emulated_phone.state.settings["global"]
