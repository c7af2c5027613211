"""Every RPC with every error code that docs/api.md says it has: the table there is what is tested here."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import StatusCode, aio

from agent.error_details import async_details_of
from agent.security import Scope, Scopes, SecurityOptions, ServerSecurity, add_token
from agent.service import IDEMPOTENCY_KEY, SERIAL, ServiceLimits
from bridge.emulator import Fault
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import plan_pb2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.agent.service.conftest import World

METHODS = [method.name for method in api.DESCRIPTOR.services_by_name["IntentAgentService"].methods]
NOW = datetime.now(UTC)
OWN = "a tool's own"


async def plan_is_empty(world: World) -> Any:
    return (await world.stub()).Plan(api.PlanRequest())


async def plan_in_an_unknown_zone(world: World) -> Any:
    return (await world.stub()).Plan(api.PlanRequest(text="light", time_zone="Mars/Base"))


async def plan_at_no_moment(world: World) -> Any:
    return (await world.stub()).Plan(api.PlanRequest(text="light", now="at tea-time"))


async def plan_with_an_unknown_tool_set(world: World) -> Any:
    return (await world.stub()).Plan(api.PlanRequest(text="light", tool_sets=["toaster"]))


async def plan_while_too_many_wait(world: World) -> Any:
    stub = await world.stub(limits=ServiceLimits(waiting=0))
    await world.busy(stub)
    return stub.Plan(api.PlanRequest(text="light"))


async def plan_with_a_slow_model(world: World) -> Any:
    return (await world.stub()).Plan(api.PlanRequest(text="slow"))


async def plan_with_a_broken_model(world: World) -> Any:
    return (await world.stub()).Plan(api.PlanRequest(text="broken"))


async def plan_without_a_journal(world: World) -> Any:
    world.journal._database._connection.execute("PRAGMA query_only = ON")
    return (await world.stub()).Plan(api.PlanRequest(text="light"))


async def execute_nothing(world: World) -> Any:
    return (await world.stub()).Execute(api.ExecuteRequest())


async def execute_in_an_unknown_conversation(world: World) -> Any:
    said = api.PlanRequest(text="light", conversation_id="x")
    return (await world.stub()).Execute(api.ExecuteRequest(request=said))


async def execute_while_too_many_wait(world: World) -> Any:
    stub = await world.stub(limits=ServiceLimits(waiting=0))
    await world.busy(stub)
    return stub.Execute(world.execute())


async def execute_with_a_slow_model(world: World) -> Any:
    return (await world.stub()).Execute(world.execute("slow"))


async def execute_without_adb(world: World) -> Any:
    return (await world.stub(adb_port=1)).Execute(world.execute())


async def execute_on_an_unknown_device(world: World) -> Any:
    return (await world.stub()).Execute(
        api.ExecuteRequest(request=api.PlanRequest(text="light"), serial="nobody")
    )


async def execute_a_tool_that_has_changed(world: World) -> Any:
    plan = plan_pb2.Plan(calls=[plan_pb2.Call(tool="turn_on_flashlight", tool_hash="0" * 64)])
    return (await world.stub()).Execute(api.ExecuteRequest(plan=plan))


async def execute_what_is_forbidden(world: World) -> Any:
    security = world.policy("[tools.turn_on_flashlight]\nforbidden = true")
    return (await world.stub(security=security)).Execute(world.execute())


async def execute_with_a_key_of_another_request(world: World) -> Any:
    stub = await world.stub()
    async for _ in stub.Execute(world.execute(key="key")):
        pass
    return stub.Execute(world.execute("no data", key="key"))


async def execute_with_a_key_of_a_request_that_runs(world: World) -> Any:
    stub = await world.stub()
    await world.busy(stub, key="key")
    return stub.Execute(world.execute("block", key="key"))


async def execute_and_cancel(world: World) -> Any:
    stub = await world.stub()
    request = world.execute("no data")
    request.confirmation_timeout.CopyFrom(Duration(seconds=60))
    call = stub.Execute(request)
    async for step in call:
        if step.HasField("waiting_for_confirmation"):
            await stub.Cancel(api.CancelRequest(request_id=step.request_id))
            break
    return call


async def own_without_arguments(world: World) -> Any:
    return world.own(await world.serve(), b"")


async def own_while_the_device_is_busy(world: World) -> Any:
    channel = await world.serve(limits=ServiceLimits(device_waiting=0))
    await world.never_ending(channel, {SERIAL: world.phone.address})
    return world.own(channel, metadata={SERIAL: world.phone.address})


async def own_too_late(world: World) -> Any:
    world.phone.fail_next(Fault.SILENT)
    return world.own(await world.serve(), timeout=0.2, metadata={SERIAL: world.phone.address})


async def own_without_adb(world: World) -> Any:
    return world.own(await world.serve(adb_port=1))


async def own_on_an_unknown_device(world: World) -> Any:
    return world.own(await world.serve(), metadata={SERIAL: "nobody"})


async def own_that_is_forbidden(world: World) -> Any:
    return world.own(await world.serve(security=world.policy('[tools."*"]\nforbidden = true')))


async def own_with_a_key_of_another_request(world: World) -> Any:
    channel = await world.serve()
    key = {SERIAL: world.phone.address, IDEMPOTENCY_KEY: "key"}
    await world.own(channel, metadata=key)
    return world.own(channel, b"\x08\x3d", metadata=key)


async def own_with_a_key_of_a_request_that_runs(world: World) -> Any:
    channel = await world.serve()
    key = {SERIAL: world.phone.address, IDEMPOTENCY_KEY: "key"}
    await world.never_ending(channel, key)
    return world.own(channel, metadata=key)


async def confirm_nothing(world: World) -> Any:
    return (await world.stub()).Confirm(api.ConfirmRequest(request_id="x"))


async def confirm_something_else(world: World) -> Any:
    stub = await world.stub()
    async for step in stub.Execute(world.execute("no data")):
        request_id = step.request_id
    return stub.Confirm(api.ConfirmRequest(request_id=request_id, serial=world.phone.address))


async def reject_nothing(world: World) -> Any:
    return (await world.stub()).Reject(api.RejectRequest(request_id="x"))


async def cancel_nothing(world: World) -> Any:
    return (await world.stub()).Cancel(api.CancelRequest(request_id="x"))


async def list_an_unknown_tool_set(world: World) -> Any:
    return (await world.stub()).ListTools(api.ListToolsRequest(tool_sets=["toaster"]))


async def list_devices_without_adb(world: World) -> Any:
    return (await world.stub(adb_port=1)).ListDevices(api.ListDevicesRequest())


async def watch_one_too_many(world: World) -> Any:
    return (await world.stub(limits=ServiceLimits(watchers=0))).WatchDevices(api.WatchDevicesRequest())


async def list_a_page_that_is_too_large(world: World) -> Any:
    return (await world.stub()).ListHistory(api.ListHistoryRequest(page_size=101))


async def list_what_others_did(world: World) -> Any:
    credentials = world.folder / "credentials.json"
    _, token = add_token(credentials, "kitchen", Scopes(Scope.EXECUTE), now=NOW)
    stub = await world.stub(security=ServerSecurity(SecurityOptions(credentials=credentials)))
    bearer = (("authorization", f"Bearer {token}"),)
    return stub.ListHistory(api.ListHistoryRequest(client="hall"), metadata=bearer)


async def list_a_history_that_is_closed(world: World) -> Any:
    world.journal.history.close()
    return (await world.stub()).ListHistory(api.ListHistoryRequest())


CAUSES: list[tuple[str, str, Callable[[World], Awaitable[Any]]]] = [
    ("Plan", "INVALID_ARGUMENT", plan_is_empty),
    ("Plan", "INVALID_ARGUMENT", plan_in_an_unknown_zone),
    ("Plan", "INVALID_ARGUMENT", plan_at_no_moment),
    ("Plan", "NOT_FOUND", plan_with_an_unknown_tool_set),
    ("Plan", "RESOURCE_EXHAUSTED", plan_while_too_many_wait),
    ("Plan", "DEADLINE_EXCEEDED", plan_with_a_slow_model),
    ("Plan", "UNAVAILABLE", plan_with_a_broken_model),
    ("Plan", "UNAVAILABLE", plan_without_a_journal),
    ("Execute", "INVALID_ARGUMENT", execute_nothing),
    ("Execute", "NOT_FOUND", execute_in_an_unknown_conversation),
    ("Execute", "RESOURCE_EXHAUSTED", execute_while_too_many_wait),
    ("Execute", "DEADLINE_EXCEEDED", execute_with_a_slow_model),
    ("Execute", "UNAVAILABLE", execute_without_adb),
    ("Execute", "FAILED_PRECONDITION", execute_on_an_unknown_device),
    ("Execute", "FAILED_PRECONDITION", execute_a_tool_that_has_changed),
    ("Execute", "PERMISSION_DENIED", execute_what_is_forbidden),
    ("Execute", "ALREADY_EXISTS", execute_with_a_key_of_another_request),
    ("Execute", "ABORTED", execute_with_a_key_of_a_request_that_runs),
    ("Execute", "CANCELLED", execute_and_cancel),
    (OWN, "INVALID_ARGUMENT", own_without_arguments),
    (OWN, "RESOURCE_EXHAUSTED", own_while_the_device_is_busy),
    (OWN, "DEADLINE_EXCEEDED", own_too_late),
    (OWN, "UNAVAILABLE", own_without_adb),
    (OWN, "FAILED_PRECONDITION", own_on_an_unknown_device),
    (OWN, "PERMISSION_DENIED", own_that_is_forbidden),
    (OWN, "ALREADY_EXISTS", own_with_a_key_of_another_request),
    (OWN, "ABORTED", own_with_a_key_of_a_request_that_runs),
    ("Confirm", "NOT_FOUND", confirm_nothing),
    ("Confirm", "FAILED_PRECONDITION", confirm_something_else),
    ("Reject", "NOT_FOUND", reject_nothing),
    ("Cancel", "NOT_FOUND", cancel_nothing),
    ("ListTools", "NOT_FOUND", list_an_unknown_tool_set),
    ("ListDevices", "UNAVAILABLE", list_devices_without_adb),
    ("WatchDevices", "RESOURCE_EXHAUSTED", watch_one_too_many),
    ("ListHistory", "INVALID_ARGUMENT", list_a_page_that_is_too_large),
    ("ListHistory", "PERMISSION_DENIED", list_what_others_did),
    ("ListHistory", "UNAVAILABLE", list_a_history_that_is_closed),
]


@pytest.mark.parametrize(
    ("code", "cause"), [pytest.param(code, cause, id=cause.__name__) for _, code, cause in CAUSES]
)
async def test_an_error_that_is_documented_is_what_a_client_sees(
    world: World, code: str, cause: Callable[[World], Awaitable[Any]]
) -> None:
    call = await cause(world)
    with suppress(aio.AioRpcError):
        if isinstance(call, aio.UnaryStreamCall):
            async for _ in call:
                pass
        else:
            await call
    details = await async_details_of(call)
    assert details.code == code
    assert details.reason != "INTERNAL"
    assert (details.retry_after is not None) == (code == "RESOURCE_EXHAUSTED")


def test_every_documented_error_has_a_cause() -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z]\w+`|a tool's own) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    pairs = {
        (method.strip("`"), code)
        for method, errors in rows
        for code in re.findall(r"`([A-Z_]+)`", errors)
        if code in StatusCode.__members__
    }
    assert {method.strip("`") for method, _ in rows} == {*METHODS, OWN}
    assert pairs == {(method, code) for method, code, _ in CAUSES}
