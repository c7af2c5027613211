from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agent.errors import CommandNotOpen, JournalInUse, UnknownRecord
from agent.journal import Answer, CommandRecord, CommandState, Journal, call_hash
from agent.planning import Missing
from bridge import Evidence, Intent, IntentExtra, JavaType, Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.journal.conftest import Begin, Clock, Planned

ALARM = Call("set_alarm", {"time": "06:30", "days": ["MONDAY"]}, "a" * 64)
LIGHT = Call("turn_on_flashlight", {}, "b" * 64)
SET_ALARM = Intent("SET_ALARM", extras=(IntentExtra("HOUR", JavaType.INT, 6),))
VERIFIED = Outcome(OutcomeStatus.VERIFIED, "The alarm is set.", device="phone-1", elapsed_ms=12.5)


def command(journal: Journal, request_id: str, index: int = 0) -> CommandRecord:
    record = journal.history.request(request_id)
    assert record is not None
    return record.commands[index]


def test_a_request_is_recorded_with_its_plan_dispatch_and_outcome(
    journal: Journal, begin: Begin, clock: Clock
) -> None:
    outcome = Outcome(
        OutcomeStatus.VERIFIED,
        "The alarm is set.",
        evidence=(Evidence(("cmd", "alarm"), "out", "err", 0, 3.5),),
        intent=Intent(
            "SET_ALARM", categories=("DEFAULT",), extras=(IntentExtra("DAYS", JavaType.INTEGER_LIST, (2,)),)
        ),
        read_back={"next_alarm": "2026-01-17T06:30"},
        device="phone-1",
        elapsed_ms=12.5,
    )
    request_id = begin("key", text="alarm at 6:30", conversation_id="talk").record.id
    journal.record_plan(
        request_id,
        [ALARM],
        tool_set_hash="t" * 64,
        model_sha256="m" * 64,
        model_text="call:set_alarm{time:6:30}",
        missing=[Missing("set_timer", "duration")],
        problems=["a call was dropped"],
        reason="",
    )
    clock.advance(seconds=1)
    journal.begin_dispatch(request_id, 0, ALARM, serial="")
    journal.record_sending(request_id, 0, ALARM, serial="phone-1", intent=outcome.intent)
    clock.advance(seconds=1)
    journal.record_outcome(request_id, 0, ALARM, outcome)
    journal.finish_request(request_id)

    record = journal.history.request(request_id)
    assert record is not None
    assert (record.client, record.method, record.conversation_id) == ("ann", "Execute", "talk")
    assert (record.text, record.text_private) == ("alarm at 6:30", False)
    assert (record.tool_set_hash, record.model_sha256) == ("t" * 64, "m" * 64)
    assert record.model_text == "call:set_alarm{time:6:30}"
    assert (record.missing, record.problems) == (("set_timer.duration",), ("a call was dropped",))
    assert record.finished_at == clock.now
    (sent,) = record.commands
    assert sent.call == ALARM
    assert sent.call_hash == call_hash(ALARM)
    assert sent.state is CommandState.DONE
    assert sent.dispatched_at == clock.now - timedelta(seconds=1)
    assert sent.intent == outcome.intent
    assert sent.outcome == outcome


def test_a_command_is_not_sent_then_maybe_sent_then_done(journal: Journal, planned: Planned) -> None:
    request_id = planned(ALARM)
    assert command(journal, request_id).state is CommandState.NOT_SENT
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    assert command(journal, request_id).state is CommandState.MAYBE_SENT
    journal.record_outcome(request_id, 0, ALARM, VERIFIED)
    assert command(journal, request_id).state is CommandState.DONE


def test_the_intent_is_known_before_anybody_knows_what_came_of_it(journal: Journal, planned: Planned) -> None:
    request_id = planned(ALARM)
    with pytest.raises(CommandNotOpen):
        journal.record_sending(request_id, 0, ALARM, serial="phone-1", intent=SET_ALARM)
    journal.begin_dispatch(request_id, 0, ALARM, serial="")
    journal.record_sending(request_id, 0, ALARM, serial="phone-1", intent=SET_ALARM)
    sent = command(journal, request_id)
    assert (sent.state, sent.serial, sent.intent) == (CommandState.MAYBE_SENT, "phone-1", SET_ALARM)
    journal.withdraw_dispatch(request_id, 0)
    assert command(journal, request_id).intent is None


def test_a_command_is_sent_once(journal: Journal, planned: Planned) -> None:
    request_id = planned(ALARM)
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    journal.record_outcome(request_id, 0, ALARM, VERIFIED)
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    with pytest.raises(CommandNotOpen):
        journal.record_outcome(request_id, 0, ALARM, VERIFIED)


def test_only_the_planned_call_is_sent(journal: Journal, planned: Planned) -> None:
    request_id = planned(ALARM)
    other = Call("set_alarm", {"time": "07:30", "days": ["MONDAY"]}, ALARM.tool_hash)
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 0, other, serial="phone-1")
    assert command(journal, request_id).state is CommandState.NOT_SENT


def test_the_order_of_arguments_does_not_make_another_call() -> None:
    turned = Call("set_alarm", {"days": ["MONDAY"], "time": "06:30"}, ALARM.tool_hash)
    assert call_hash(turned) == call_hash(ALARM)
    assert call_hash(LIGHT) != call_hash(ALARM)


def test_a_command_whose_outcome_nobody_knows_stays_maybe_sent(journal: Journal, planned: Planned) -> None:
    request_id = planned(ALARM)
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    lost = Outcome(OutcomeStatus.FAILED, "The phone was lost.", may_have_run=True)
    journal.record_outcome(request_id, 0, ALARM, lost)
    assert command(journal, request_id).state is CommandState.MAYBE_SENT
    assert command(journal, request_id).outcome == lost


def test_a_command_that_found_no_device_is_not_sent_after_all(
    journal: Journal, planned: Planned, clock: Clock
) -> None:
    request_id = planned(ALARM)
    journal.begin_dispatch(request_id, 0, ALARM, serial="")
    journal.record_outcome(request_id, 0, ALARM, Outcome(OutcomeStatus.NEEDS_CONFIRMATION, "Really?"))
    journal.begin_dispatch(request_id, 0, ALARM, serial="")
    journal.withdraw_dispatch(request_id, 0)
    withdrawn = command(journal, request_id)
    assert (withdrawn.state, withdrawn.dispatched_at) == (CommandState.NOT_SENT, None)
    clock.advance(seconds=1)
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    lost = Outcome(OutcomeStatus.FAILED, "The phone was lost.", may_have_run=True)
    journal.record_outcome(request_id, 0, ALARM, lost)
    journal.withdraw_dispatch(request_id, 0)
    assert command(journal, request_id).state is CommandState.MAYBE_SENT


@pytest.mark.parametrize("status", [OutcomeStatus.NEEDS_CLARIFICATION, OutcomeStatus.UNSUPPORTED])
def test_an_outcome_that_says_that_nothing_was_done_is_not_sent(
    journal: Journal, planned: Planned, status: OutcomeStatus
) -> None:
    request_id = planned(ALARM)
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    journal.record_outcome(request_id, 0, ALARM, Outcome(status, "No.", choices=("Ann", "Anna")))
    ended = command(journal, request_id)
    assert ended.state is CommandState.NOT_SENT
    assert ended.finished_at is not None
    assert ended.outcome is not None
    assert ended.outcome.choices == ("Ann", "Anna")


def test_a_call_that_turned_out_to_need_a_yes_is_sent_after_it(
    journal: Journal, planned: Planned, clock: Clock
) -> None:
    request_id = planned(ALARM)
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    waits = Outcome(OutcomeStatus.NEEDS_CONFIRMATION, "Really?")
    journal.record_outcome(request_id, 0, ALARM, waits)
    journal.ask_confirmation(request_id, 0, serial="phone-1", expires_at=clock.now + timedelta(minutes=1))
    journal.answer_confirmation(request_id, 0, answer=Answer.CONFIRMED, answered_by="ann")
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    journal.record_outcome(request_id, 0, ALARM, VERIFIED)
    assert command(journal, request_id).state is CommandState.DONE


def test_what_was_asked_about_is_sent_only_after_a_yes_and_only_there(
    journal: Journal, planned: Planned, clock: Clock
) -> None:
    request_id = planned(ALARM)
    journal.ask_confirmation(request_id, 0, serial="phone-1", expires_at=clock.now + timedelta(minutes=1))
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    journal.answer_confirmation(request_id, 0, answer=Answer.CONFIRMED, answered_by="bob")
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 0, ALARM, serial="phone-2")
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    confirmation = command(journal, request_id).confirmation
    assert confirmation is not None
    assert (confirmation.answer, confirmation.answered_by) == (Answer.CONFIRMED, "bob")


def test_a_yes_after_the_time_limit_is_not_taken(journal: Journal, planned: Planned, clock: Clock) -> None:
    request_id = planned(ALARM)
    journal.ask_confirmation(request_id, 0, serial="phone-1", expires_at=clock.now + timedelta(minutes=1))
    clock.advance(minutes=1)
    with pytest.raises(CommandNotOpen):
        journal.answer_confirmation(request_id, 0, answer=Answer.CONFIRMED, answered_by="ann")
    journal.answer_confirmation(request_id, 0, answer=Answer.EXPIRED, answered_by="")
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")


def test_a_question_is_answered_once(journal: Journal, planned: Planned, clock: Clock) -> None:
    request_id = planned(ALARM)
    with pytest.raises(UnknownRecord):
        journal.answer_confirmation(request_id, 0, answer=Answer.CONFIRMED, answered_by="ann")
    journal.ask_confirmation(request_id, 0, serial="phone-1", expires_at=clock.now + timedelta(minutes=1))
    journal.answer_confirmation(request_id, 0, answer=Answer.REJECTED, answered_by="ann")
    with pytest.raises(CommandNotOpen):
        journal.answer_confirmation(request_id, 0, answer=Answer.CONFIRMED, answered_by="ann")


def test_the_end_of_a_request_ends_its_commands_and_questions(
    journal: Journal, planned: Planned, clock: Clock
) -> None:
    request_id = planned(ALARM, LIGHT)
    journal.ask_confirmation(request_id, 1, serial="phone-1", expires_at=clock.now + timedelta(minutes=1))
    journal.begin_dispatch(request_id, 0, ALARM, serial="phone-1")
    journal.finish_request(request_id, error="CANCELLED")
    with pytest.raises(CommandNotOpen):
        journal.begin_dispatch(request_id, 1, LIGHT, serial="phone-1")
    confirmation = command(journal, request_id, 1).confirmation
    assert confirmation is not None
    assert confirmation.answer is Answer.EXPIRED
    # What was under way when the client left still comes to an end.
    journal.record_outcome(request_id, 0, ALARM, VERIFIED)
    assert command(journal, request_id, 0).state is CommandState.DONE
    journal.finish_request(request_id)
    record = journal.history.request(request_id)
    assert record is not None
    assert record.error == "CANCELLED"


def test_a_request_has_one_plan_and_none_after_its_end(
    journal: Journal, begin: Begin, planned: Planned
) -> None:
    with pytest.raises(CommandNotOpen):
        journal.record_plan(planned(ALARM), [ALARM], tool_set_hash="")
    request_id = begin().record.id
    journal.finish_request(request_id, error="ENGINE_FAILED")
    with pytest.raises(CommandNotOpen):
        journal.record_plan(request_id, [ALARM], tool_set_hash="")


def test_what_was_never_recorded_is_an_error(journal: Journal, planned: Planned) -> None:
    assert journal.history.request("nobody") is None
    with pytest.raises(UnknownRecord):
        journal.finish_request("nobody")
    with pytest.raises(UnknownRecord):
        journal.begin_dispatch(planned(ALARM), 1, LIGHT, serial="phone-1")


def test_the_records_are_there_after_a_restart(path: Path, planned: Planned, journal: Journal) -> None:
    request_id = planned(ALARM)
    before = journal.history.request(request_id)
    journal.close()
    with Journal.open(path) as again:
        assert again.history.request(request_id) == before


def test_two_services_do_not_share_a_journal(path: Path, planned: Planned) -> None:
    with pytest.raises(JournalInUse):
        Journal.open(path)
    planned(ALARM)


def test_nobody_else_may_read_the_file(path: Path, planned: Planned) -> None:
    planned(ALARM)
    assert {oct(file.stat().st_mode & 0o077) for file in path.parent.glob(f"{path.name}*")} == {"0o0"}
