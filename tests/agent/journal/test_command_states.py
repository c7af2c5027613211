"""Any order of steps, restarts and repeated keys: the journal agrees with a model of what may be known."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from agent.errors import CommandNotOpen, IdempotencyKeyReused, UnknownRecord
from agent.journal import INTERRUPTED, Answer, CommandState, Durability, Journal, JournalSettings
from bridge import Intent, Outcome, OutcomeStatus
from tools_schema import Call

SETTINGS = JournalSettings(durability=Durability.KILL, min_free_bytes=0)
NOTHING_DONE = {
    OutcomeStatus.NEEDS_CLARIFICATION,
    OutcomeStatus.NEEDS_CONFIRMATION,
    OutcomeStatus.UNSUPPORTED,
}


@dataclass
class Command:
    call: Call
    state: CommandState = CommandState.NOT_SENT
    ended: bool = False
    asked: str = ""
    answer: Answer | None = None
    has_outcome: bool = False
    sent: int = 0
    nothing_done: int = 0


@dataclass
class Asked:
    key: str
    content: bytes
    commands: list[Command] | None = None
    ended: bool = False
    error: str = ""
    holds_key: bool = field(default=False)


class JournalMachine(RuleBasedStateMachine):
    """Drives a journal and says what each call of it must do."""

    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.asked: dict[str, Asked] = {}
        self.journal = self.open()

    def open(self) -> Journal:
        return Journal.open(self.folder / "journal.sqlite3", settings=SETTINGS, clock=lambda: self.now)

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    @rule(target=requests, key=st.sampled_from(["", "j", "k"]), content=st.sampled_from([b"1", b"2"]))
    def begin(self, key: str, content: bytes) -> object:
        holder = next((i for i, a in self.asked.items() if key and a.key == key and a.holds_key), None)
        try:
            begun = self.journal.begin_request(
                client="ann", method="Execute", content=content, idempotency_key=key
            )
        except IdempotencyKeyReused:
            assert holder is not None
            assert self.asked[holder].content != content
            return multiple()
        assert begun.repeated == (holder is not None)
        if holder is not None:
            assert begun.record.id == holder
            assert self.asked[holder].content == content
        else:
            assert begun.record.id not in self.asked
            self.asked[begun.record.id] = Asked(key, content, holds_key=bool(key))
        return begun.record.id

    @rule(request=requests, tools=st.lists(st.sampled_from(["light", "call"]), max_size=2))
    def plan(self, request: str, tools: list[str]) -> None:
        asked = self.asked[request]
        calls = [Call(tool, {"n": number}) for number, tool in enumerate(tools)]
        try:
            self.journal.record_plan(request, calls, tool_set_hash="t")
        except CommandNotOpen:
            assert asked.ended or asked.commands is not None
        else:
            assert not asked.ended
            assert asked.commands is None
            asked.commands = [Command(call) for call in calls]

    @rule(request=requests, index=st.integers(0, 1), serial=st.sampled_from(["p", "q"]))
    def ask(self, request: str, index: int, serial: str) -> None:
        command = self.command(request, index)
        try:
            limit = self.now + timedelta(minutes=1)
            self.journal.ask_confirmation(request, index, serial=serial, expires_at=limit)
        except UnknownRecord:
            assert command is None
        except CommandNotOpen:
            assert command is not None
            assert not self.is_open(command)
        else:
            assert command is not None
            assert self.is_open(command)
            command.asked, command.answer = serial, Answer.PENDING

    @rule(request=requests, index=st.integers(0, 1), yes=st.booleans())
    def answer(self, request: str, index: int, yes: bool) -> None:
        command = self.command(request, index)
        answer = Answer.CONFIRMED if yes else Answer.REJECTED
        try:
            self.journal.answer_confirmation(request, index, answer=answer, answered_by="ann")
        except UnknownRecord:
            assert command is None or command.answer is None
        except CommandNotOpen:
            assert command is not None
            assert not self.is_open(command) or command.answer is not Answer.PENDING
        else:
            assert command is not None
            assert self.is_open(command)
            command.answer = answer

    @rule(request=requests, index=st.integers(0, 1), serial=st.sampled_from(["p", "q"]))
    def dispatch(self, request: str, index: int, serial: str) -> None:
        command = self.command(request, index)
        call = command.call if command else Call("light")
        allowed = (
            command is not None
            and self.is_open(command)
            and (command.answer is None or (command.answer is Answer.CONFIRMED and command.asked == serial))
        )
        try:
            self.journal.begin_dispatch(request, index, call, serial=serial)
        except UnknownRecord:
            assert command is None
        except CommandNotOpen:
            assert command is not None
            assert not allowed
        else:
            assert command is not None
            assert allowed
            command.state = CommandState.MAYBE_SENT
            command.has_outcome = False
            command.sent += 1

    @rule(request=requests, index=st.integers(0, 1))
    def send(self, request: str, index: int) -> None:
        command = self.command(request, index)
        call = command.call if command else Call("light")
        try:
            self.journal.record_sending(request, index, call, serial="p", intent=Intent("LIGHT"))
        except UnknownRecord:
            assert command is None
        except CommandNotOpen:
            assert command is not None
            assert command.state is not CommandState.MAYBE_SENT
        else:
            assert command is not None
            assert command.state is CommandState.MAYBE_SENT

    @rule(request=requests, index=st.integers(0, 1))
    def withdraw(self, request: str, index: int) -> None:
        command = self.command(request, index)
        try:
            self.journal.withdraw_dispatch(request, index)
        except UnknownRecord:
            assert command is None
            return
        assert command is not None
        if command.state is CommandState.MAYBE_SENT and not command.has_outcome:
            command.state = CommandState.NOT_SENT
            command.nothing_done += 1

    @rule(
        request=requests,
        index=st.integers(0, 1),
        status=st.sampled_from(list(OutcomeStatus)),
        unsure=st.booleans(),
    )
    def outcome(self, request: str, index: int, status: OutcomeStatus, unsure: bool) -> None:
        command = self.command(request, index)
        call = command.call if command else Call("light")
        unsure = unsure and status is OutcomeStatus.FAILED
        try:
            self.journal.record_outcome(request, index, call, Outcome(status, ".", may_have_run=unsure))
        except UnknownRecord:
            assert command is None
        except CommandNotOpen:
            assert command is not None
            assert command.state is not CommandState.MAYBE_SENT
        else:
            assert command is not None
            assert command.state is CommandState.MAYBE_SENT
            command.has_outcome = True
            if status in NOTHING_DONE:
                command.state = CommandState.NOT_SENT
                command.nothing_done += 1
            elif not unsure:
                command.state = CommandState.DONE
            command.ended = command.ended or status is not OutcomeStatus.NEEDS_CONFIRMATION

    @rule(request=requests, error=st.sampled_from(["", "NO_DEVICE"]))
    def finish(self, request: str, error: str) -> None:
        self.journal.finish_request(request, error=error)
        self.end(request, error)

    @rule()
    def restart(self) -> None:
        # A kill is a close without the last words; test_kill.py does that in earnest.
        self.journal.close()
        self.journal = self.open()
        left = [
            command
            for asked in self.asked.values()
            if not asked.ended
            for command in asked.commands or ()
            if not command.ended
        ]
        recovery = self.journal.recover()
        assert len(recovery.not_sent) == sum(c.state is CommandState.NOT_SENT for c in left)
        assert len(recovery.maybe_sent) == sum(c.state is CommandState.MAYBE_SENT for c in left)
        for request in list(self.asked):
            self.end(request, INTERRUPTED)

    @invariant()
    def the_records_are_what_is_known(self) -> None:
        records = {record.id: record for record in self.journal.history.all()}
        assert records.keys() == self.asked.keys()
        for request, asked in self.asked.items():
            record = records[request]
            assert (record.finished_at is not None, record.error) == (asked.ended, asked.error)
            assert [c.state for c in record.commands] == [c.state for c in asked.commands or ()]
            assert [c.finished_at is not None for c in record.commands] == [
                c.ended for c in asked.commands or ()
            ]

    @invariant()
    def no_command_is_sent_again_unless_nothing_was_done(self) -> None:
        for asked in self.asked.values():
            for command in asked.commands or ():
                assert command.sent - command.nothing_done <= 1

    @invariant()
    def of_one_key_at_most_one_request_was_sent(self) -> None:
        for key in ("j", "k"):
            reached = [
                asked
                for asked in self.asked.values()
                if asked.key == key
                and any(c.state is not CommandState.NOT_SENT for c in asked.commands or ())
            ]
            assert len(reached) <= 1

    def command(self, request: str, index: int) -> Command | None:
        commands = self.asked[request].commands or []
        return commands[index] if index < len(commands) else None

    def is_open(self, command: Command) -> bool:
        return command.state is CommandState.NOT_SENT and not command.ended

    def end(self, request: str, error: str) -> None:
        asked = self.asked[request]
        if asked.ended:
            return
        commands = asked.commands or []
        for command in commands:
            command.ended = True
            if command.answer is Answer.PENDING:
                command.answer = Answer.EXPIRED
        asked.ended, asked.error = True, error
        if error and all(command.state is CommandState.NOT_SENT for command in commands):
            asked.holds_key = False


TestCommandStates = JournalMachine.TestCase
TestCommandStates.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
