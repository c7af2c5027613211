from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from agent.journal import PRIVATE, CommandState, Journal, JournalSettings
from bridge import Evidence, Intent, IntentExtra, JavaType, Outcome, OutcomeStatus
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.journal.conftest import Begin, Clock

SECRET = "meet me at the old mill"
SMS = Call("send_sms", {"to": "Mum", "body": SECRET}, "c" * 64)
OPENED = Outcome(
    OutcomeStatus.OPENED,
    f"A message with '{SECRET}' is open.",
    evidence=(Evidence(("am", "start", "--es", "sms_body", SECRET), "Starting"),),
    intent=Intent("SENDTO", "smsto:1?body=meet%20me", extras=(IntentExtra("b", JavaType.STRING, SECRET),)),
    read_back={"body": SECRET},
    device="phone-1",
)


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_message_never_touches_the_disk(path: Path, journal: Journal, begin: Begin) -> None:
    request_id = begin(text=f"text Mum: {SECRET}").record.id
    assert SECRET.encode() not in bytes_on_disk(path)
    model_text = f"<start_function_call>call:send_sms{{body:<escape>{SECRET}<escape>}}"
    journal.record_plan(request_id, [SMS], tool_set_hash="t", model_text=model_text, problems=[SECRET])
    journal.begin_dispatch(request_id, 0, SMS, serial="phone-1")
    journal.record_sending(request_id, 0, SMS, serial="phone-1", intent=OPENED.intent)
    journal.record_outcome(request_id, 0, SMS, OPENED)
    journal.finish_request(request_id)
    assert SECRET.encode() not in bytes_on_disk(path)
    assert b"meet%20me" not in bytes_on_disk(path)

    record = journal.history.request(request_id)
    assert record is not None
    assert (record.text, record.text_private, record.model_text) == ("", True, PRIVATE)
    (command,) = record.commands
    assert command.call.arguments == {"to": "Mum", "body": PRIVATE}
    assert (command.private, command.state) == (("body",), CommandState.DONE)
    assert command.intent == Intent("SENDTO")
    assert command.outcome == Outcome(
        OutcomeStatus.OPENED,
        f"A message with '{PRIVATE}' is open.",
        intent=Intent("SENDTO"),
        device="phone-1",
    )


def test_words_without_anything_private_are_kept(journal: Journal, begin: Begin) -> None:
    request_id = begin(text="light on").record.id
    journal.record_plan(request_id, [Call("turn_on_flashlight")], tool_set_hash="t", model_text="call:x{}")
    record = journal.history.request(request_id)
    assert record is not None
    assert (record.text, record.text_private, record.model_text) == ("light on", False, "call:x{}")


def test_words_stay_unwritten_where_a_private_call_was_dropped(
    path: Path, journal: Journal, begin: Begin
) -> None:
    request_id = begin(text=SECRET).record.id
    journal.record_plan(
        request_id, [], tool_set_hash="t", model_text=f"call:send_sms{{body:{SECRET}}}", reason=f"no {SECRET}"
    )
    assert SECRET.encode() not in bytes_on_disk(path)


def test_words_whose_plan_is_never_known_stay_unwritten(path: Path, journal: Journal, begin: Begin) -> None:
    journal.finish_request(begin(text=SECRET).record.id, error="ENGINE_FAILED")
    assert SECRET.encode() not in bytes_on_disk(path)


def test_what_the_schemas_of_tools_call_private_is_not_kept(
    path: Path, settings: JournalSettings, clock: Clock
) -> None:
    note = Call("create_note", {"title": "Plan", "text": SECRET})
    with Journal.open(path, settings=replace(settings, private=()), clock=clock) as journal:
        journal.know_tools(load_tool_set("phone").tools)
        request_id = journal.begin_request(
            client="ann", method="Execute", content=b"1", text=SECRET
        ).record.id
        journal.record_plan(request_id, [note, Call("find_contact", {"name": SECRET})], tool_set_hash="t")
        record = journal.history.request(request_id)
        assert record is not None
        assert [command.call.arguments for command in record.commands] == [
            {"title": "Plan", "text": PRIVATE},
            {"name": PRIVATE},
        ]
    assert SECRET.encode() not in bytes_on_disk(path)


def test_the_settings_make_more_private(path: Path, settings: JournalSettings, clock: Clock) -> None:
    whole = Call("find_contact", {"name": "Mum"})
    found = Outcome(OutcomeStatus.VERIFIED, "Mum: 555-1234", read_back={"number": "555-1234"})
    chosen = replace(settings, private=("find_contact.*",))
    with Journal.open(path, settings=chosen, clock=clock) as journal:
        request_id = journal.begin_request(client="ann", method="Execute", content=b"1").record.id
        journal.record_plan(request_id, [whole, SMS], tool_set_hash="t")
        for index, (call, outcome) in enumerate(((whole, found), (SMS, OPENED))):
            journal.begin_dispatch(request_id, index, call, serial="phone-1")
            journal.record_outcome(request_id, index, call, outcome)
        record = journal.history.request(request_id)
        assert record is not None
        contact, message = record.commands
        assert contact.call.arguments == {"name": PRIVATE}
        assert contact.outcome == Outcome(OutcomeStatus.VERIFIED, f"Mum: {PRIVATE}".replace("Mum", PRIVATE))
        assert message.call == SMS
        assert message.outcome == OPENED


@pytest.mark.parametrize("text", ["", "light on"])
def test_with_nothing_private_words_are_written_at_once(
    path: Path, settings: JournalSettings, clock: Clock, text: str
) -> None:
    with Journal.open(path, settings=replace(settings, private=()), clock=clock) as journal:
        begun = journal.begin_request(client="ann", method="Execute", content=b"1", text=text)
        assert (begun.record.text, begun.record.text_private) == (text, False)


def test_values_inside_lists_and_objects_are_removed_from_the_message(journal: Journal, begin: Begin) -> None:
    call = Call("send_mail", {"body": {"lines": [SECRET, 42], "sign": None}})
    request_id = begin().record.id
    journal.record_plan(request_id, [call], tool_set_hash="t")
    journal.begin_dispatch(request_id, 0, call, serial="phone-1")
    journal.record_outcome(request_id, 0, call, Outcome(OutcomeStatus.FAILED, f"cannot send {SECRET}"))
    record = journal.history.request(request_id)
    assert record is not None
    assert record.commands[0].outcome is not None
    assert record.commands[0].outcome.message == f"cannot send {PRIVATE}"


def test_pictures_are_not_kept(journal: Journal, begin: Begin) -> None:
    call = Call("take_screenshot")
    picture = Evidence(("screencap", "-p"), data=b"\x89PNG")
    request_id = begin().record.id
    journal.record_plan(request_id, [call], tool_set_hash="t")
    journal.begin_dispatch(request_id, 0, call, serial="phone-1")
    journal.record_outcome(request_id, 0, call, Outcome(OutcomeStatus.VERIFIED, "Taken.", (picture,)))
    record = journal.history.request(request_id)
    assert record is not None
    assert record.commands[0].outcome is not None
    assert record.commands[0].outcome.evidence == (Evidence(("screencap", "-p")),)
