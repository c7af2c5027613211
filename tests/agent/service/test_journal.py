"""The service and its journal: nothing is sent unrecorded or twice, whatever ends when."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from google.protobuf import json_format
from grpc import StatusCode, aio

from agent.error_details import async_details_of
from agent.journal import CommandState, Journal
from agent.service import running_server
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc
from intentagent.v1 import outcome_pb2, plan_pb2

if TYPE_CHECKING:
    from pathlib import Path

    from agent._agent import IntentAgent
    from agent.journal import Begun, CommandRecord
    from bridge import Outcome
    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub


@dataclass(frozen=True)
class Snapshot:
    """What a kill at one instant would leave: the journal's files, and what the phone had done by then."""

    path: Path
    alarms: int


def alarm(phone: EmulatedPhone, key: str = "") -> api.ExecuteRequest:
    said = api.PlanRequest(text="alarm", now="2026-01-16T22:10:00", time_zone="UTC")
    return api.ExecuteRequest(request=said, serial=phone.address, idempotency_key=key)


async def steps_of(stub: Stub, request: api.ExecuteRequest) -> list[api.ExecuteResponse]:
    return [step async for step in stub.Execute(request)]


async def error_of(stub: Stub, request: api.ExecuteRequest) -> tuple[StatusCode, str]:
    call = stub.Execute(request)
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    return await call.code(), (await async_details_of(call)).reason


def only_command(journal: Journal) -> CommandRecord:
    (record,) = journal.history.all()
    (command,) = record.commands
    return command


async def test_a_kill_at_any_step_of_a_dispatch_leaves_the_truth_and_never_sends_twice(
    stub: Stub,
    agent: IntentAgent,
    journal: Journal,
    emulated_phone: EmulatedPhone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = tmp_path / "journal.sqlite3"
    snapshots: dict[str, Snapshot] = {}

    def snapshot(_statement: str = "") -> None:
        # What is committed by now is all that a kill leaves.
        names = [name for name in ("", "-wal") if original.with_name(original.name + name).exists()]
        contents = [original.with_name(original.name + name).read_bytes() for name in names]
        alarms = len(emulated_phone.state.alarms)
        key = hashlib.sha256(b"".join(contents) + bytes([alarms])).hexdigest()
        if key not in snapshots:
            path = tmp_path / key / original.name
            path.parent.mkdir()
            for name, content in zip(names, contents, strict=True):
                path.with_name(path.name + name).write_bytes(content)
            snapshots[key] = Snapshot(path, alarms)

    def sent(*arguments: object, **named: object) -> Outcome:
        snapshot()
        return execute(*arguments, **named)  # type: ignore[arg-type] # handed on as they are

    execute = agent.execute
    with monkeypatch.context() as patched:
        patched.setattr(agent, "execute", sent)
        journal._database._connection.set_trace_callback(snapshot)
        await steps_of(stub, alarm(emulated_phone, "key"))
        journal._database._connection.set_trace_callback(None)
    snapshot()
    assert {taken.alarms for taken in snapshots.values()} == {0, 1}
    # Before the request, after it, the plan, the dispatch's record, the phone, the outcome, and the end.
    assert len(snapshots) >= 7

    for taken in snapshots.values():
        emulated_phone.state.alarms.clear()
        with Journal.open(taken.path) as left:
            left.recover()
            commands = [command for record in left.history.all() for command in record.commands]
            known = [command.state for command in commands]
            if taken.alarms:
                (command,) = commands
                assert command.intent is not None
                assert command.intent.action == "android.intent.action.SET_ALARM"
                assert known in ([CommandState.MAYBE_SENT], [CommandState.DONE])
            else:
                assert known in ([], [CommandState.NOT_SENT], [CommandState.MAYBE_SENT])
            async with (
                running_server(agent, left, grace=0) as again,
                aio.insecure_channel(again.address) as channel,
            ):
                steps = await steps_of(api_grpc.IntentAgentServiceStub(channel), alarm(emulated_phone, "key"))
            assert steps[-1].WhichOneof("step") == "outcome"
            sent_again = len(emulated_phone.state.alarms)
            assert taken.alarms + sent_again <= 1
            # What is known not to have been sent is sent now.
            assert sent_again == (known in ([], [CommandState.NOT_SENT]))
            if known == [CommandState.MAYBE_SENT]:
                assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_FAILED
        shutil.rmtree(taken.path.parent)


async def test_of_many_requests_at_once_with_one_key_one_is_carried_out(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    request = alarm(emulated_phone, "key")
    ended = await asyncio.gather(*(steps_of(stub, request) for _ in range(8)), return_exceptions=True)
    assert len(emulated_phone.state.alarms) == 1
    carried_out = [steps for steps in ended if isinstance(steps, list) and not steps[0].repeated]
    assert len(carried_out) == 1
    for steps in ended:
        assert isinstance(steps, list | aio.AioRpcError)


async def test_a_key_used_for_another_request_is_refused(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    await steps_of(stub, alarm(emulated_phone, "key"))
    other = api.ExecuteRequest(
        request=api.PlanRequest(text="light"), serial=emulated_phone.address, idempotency_key="key"
    )
    assert await error_of(stub, other) == (StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED")
    assert not emulated_phone.state.torch


async def test_on_a_full_disk_nothing_reaches_the_phone(
    stub: Stub, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    settings = journal._settings
    journal._settings = replace(settings, min_free_bytes=1 << 60)
    refused = (StatusCode.UNAVAILABLE, "JOURNAL_UNWRITABLE")
    assert await error_of(stub, alarm(emulated_phone, "key")) == refused
    assert not emulated_phone.state.alarms
    assert only_command(journal).state is CommandState.NOT_SENT
    journal._settings = settings
    await steps_of(stub, alarm(emulated_phone, "key"))
    assert len(emulated_phone.state.alarms) == 1


async def test_what_cannot_be_recorded_right_before_it_is_sent_is_not_sent(
    stub: Stub,
    agent: IntentAgent,
    journal: Journal,
    emulated_phone: EmulatedPhone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = journal._database._connection
    execute = agent.execute

    def on_a_disk_that_is_full_by_now(*arguments: object, **named: object) -> Outcome:
        connection.execute("PRAGMA query_only = ON")
        return execute(*arguments, **named)  # type: ignore[arg-type] # handed on as they are

    with monkeypatch.context() as patched:
        patched.setattr(agent, "execute", on_a_disk_that_is_full_by_now)
        refused = (StatusCode.UNAVAILABLE, "JOURNAL_UNWRITABLE")
        assert await error_of(stub, alarm(emulated_phone, "key")) == refused
    assert not emulated_phone.state.alarms
    connection.execute("PRAGMA query_only = OFF")
    # The key is free: nothing was sent.
    await steps_of(stub, alarm(emulated_phone, "key"))
    assert len(emulated_phone.state.alarms) == 1
    states = [command.state for record in journal.history.all() for command in record.commands]
    assert states == [CommandState.DONE, CommandState.NOT_SENT]


async def test_a_journal_that_cannot_be_written_takes_no_request(
    stub: Stub, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    journal._database._connection.execute("PRAGMA query_only = ON")
    refused = (StatusCode.UNAVAILABLE, "JOURNAL_UNWRITABLE")
    assert await error_of(stub, alarm(emulated_phone)) == refused
    assert not emulated_phone.state.alarms


async def test_an_outcome_that_cannot_be_recorded_yet_reaches_the_client_and_the_journal_later(
    stub: Stub,
    agent: IntentAgent,
    journal: Journal,
    emulated_phone: EmulatedPhone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = journal._database._connection
    execute = agent.execute

    def then_the_disk_is_full(*arguments: object, **named: object) -> Outcome:
        outcome = execute(*arguments, **named)  # type: ignore[arg-type] # handed on as they are
        connection.execute("PRAGMA query_only = ON")
        return outcome

    monkeypatch.setattr(agent, "execute", then_the_disk_is_full)
    steps = await steps_of(stub, alarm(emulated_phone))
    told = steps[-1].outcome.status
    assert told not in {outcome_pb2.OUTCOME_STATUS_UNSPECIFIED, outcome_pb2.OUTCOME_STATUS_FAILED}
    assert only_command(journal).state is CommandState.MAYBE_SENT
    connection.execute("PRAGMA query_only = OFF")
    await stub.Plan(api.PlanRequest(text="nothing"))
    command = next(record for record in journal.history.all() if record.commands).commands[0]
    assert command.state is CommandState.DONE


async def test_a_client_that_leaves_while_its_request_is_being_recorded_leaves_nothing_open(
    stub: Stub, journal: Journal, emulated_phone: EmulatedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, finish = journal.begin_request, journal.finish_request
    begins, left, ended = threading.Event(), threading.Event(), threading.Event()

    def slow_begin(**named: object) -> Begun:
        begins.set()
        left.wait()
        return begin(**named)  # type: ignore[arg-type] # handed on as they are

    def told_finish(request_id: str, *, error: str = "") -> None:
        finish(request_id, error=error)
        ended.set()

    monkeypatch.setattr(journal, "begin_request", slow_begin)
    monkeypatch.setattr(journal, "finish_request", told_finish)
    call = asyncio.ensure_future(steps_of(stub, alarm(emulated_phone, "key")))
    assert await asyncio.to_thread(begins.wait, 10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    # A second request shows that the service has seen the first one's end.
    await stub.GetModel(api.GetModelRequest())
    left.set()
    assert await asyncio.to_thread(ended.wait, 10)
    (record,) = journal.history.all()
    assert (record.error, record.commands) == ("CANCELLED", ())
    await steps_of(stub, alarm(emulated_phone, "key"))
    assert len(emulated_phone.state.alarms) == 1


async def test_the_body_of_a_message_is_sent_and_not_recorded(
    stub: Stub, journal: Journal, emulated_phone: EmulatedPhone, tmp_path: Path
) -> None:
    secret = "meet me at the old mill"
    plan = plan_pb2.Plan(text=f"text 5551234 {secret}", tool_sets=["phone"], time_zone="UTC")
    plan.calls.add(tool="send_sms")
    json_format.ParseDict({"to": "5551234", "body": secret}, plan.calls[0].arguments)
    steps = await steps_of(stub, api.ExecuteRequest(plan=plan, serial=emulated_phone.address))
    assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_OPENED
    assert secret in str(emulated_phone.state.to_json())
    command = only_command(journal)
    assert (command.state, command.private) == (CommandState.DONE, ("body",))
    for file in tmp_path.glob("journal.sqlite3*"):
        assert secret.encode() not in file.read_bytes()
