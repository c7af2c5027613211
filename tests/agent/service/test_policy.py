"""A policy file at a running service: tools raised, lowered and forbidden, for all and for one client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agent.client import AsyncIntentAgentClient, ServiceError
from agent.journal import CommandState
from agent.security import Scope, Scopes, SecurityOptions, ServerSecurity, add_token
from agent.service import running_server
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from agent._agent import IntentAgent
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone

NOW = datetime.now(UTC)
VERIFIED = outcome_pb2.OUTCOME_STATUS_VERIFIED
NEEDS_CONFIRMATION = outcome_pb2.OUTCOME_STATUS_NEEDS_CONFIRMATION


@dataclass
class Protected:
    """A service with two clients and a policy file."""

    kitchen: AsyncIntentAgentClient
    hall: AsyncIntentAgentClient
    file: Path
    security: ServerSecurity
    phone: EmulatedPhone

    def says(self, policy: str) -> None:
        """Change the policy, as an operator does who then sends SIGHUP."""
        self.file.write_text(policy)
        self.security.reload()

    async def light(self, client: AsyncIntentAgentClient) -> outcome_pb2.Outcome:
        """Ask for the light, and return what came of it."""
        self.phone.state.torch = False
        *_, last = [step async for step in client.execute("light", serial=self.phone.address)]
        return last.outcome

    async def light_is_refused(self, client: AsyncIntentAgentClient) -> str:
        """Return the reason for which the light is refused."""
        with pytest.raises(ServiceError) as caught:
            await self.light(client)
        assert caught.value.code == "PERMISSION_DENIED"
        assert not self.phone.state.torch
        return caught.value.reason


@pytest.fixture
async def protected(
    agent: IntentAgent, journal: Journal, emulated_phone: EmulatedPhone, tmp_path: Path
) -> AsyncIterator[Protected]:
    file, credentials = tmp_path / "policy.toml", tmp_path / "credentials.json"
    file.write_text("")
    scopes = Scopes(Scope.EXECUTE, devices=frozenset({emulated_phone.address}))
    tokens = {name: add_token(credentials, name, scopes, now=NOW)[1] for name in ("kitchen", "hall")}
    security = ServerSecurity(SecurityOptions(credentials=credentials, policy=file))
    async with (
        running_server(agent, journal, security=security, grace=0) as running,
        AsyncIntentAgentClient(running.address, token=tokens["kitchen"]) as kitchen,
        AsyncIntentAgentClient(running.address, token=tokens["hall"]) as hall,
    ):
        yield Protected(kitchen, hall, file, security, emulated_phone)


async def test_a_tool_can_be_made_to_wait_for_a_yes_and_then_needs_no_restart_to_be_let_through_again(
    protected: Protected,
) -> None:
    assert (await protected.light(protected.kitchen)).status == VERIFIED
    protected.says('[tools.turn_on_flashlight]\nrisk = "CONFIRM"')
    assert (await protected.light(protected.kitchen)).status == NEEDS_CONFIRMATION
    assert not protected.phone.state.torch
    protected.says("")
    assert (await protected.light(protected.kitchen)).status == VERIFIED


async def test_what_is_raised_for_all_can_be_lowered_for_one_client(protected: Protected) -> None:
    protected.says(
        """
        [tools."*"]
        risk = "CONFIRM"
        [clients.kitchen.tools.turn_on_flashlight]
        risk = "SAFE"
        """
    )
    assert (await protected.light(protected.kitchen)).status == VERIFIED
    assert (await protected.light(protected.hall)).status == NEEDS_CONFIRMATION
    shown = {tool.name: tool.risk for tool in (await protected.kitchen.list_tools()).tools}
    assert (shown["turn_on_flashlight"], shown["set_alarm"]) == ("SAFE", "CONFIRM")


async def test_a_tool_that_asks_by_its_schema_can_be_let_through(protected: Protected) -> None:
    protected.says('[tools.set_mobile_data]\nrisk = "SAFE"')
    outcome = await protected.hall.call_tool("set_mobile_data", {"on": False}, serial=protected.phone.address)
    assert outcome.status == VERIFIED
    assert not protected.phone.state.mobile_data


async def test_a_forbidden_tool_is_neither_shown_nor_sent_nor_confirmed(
    protected: Protected, journal: Journal
) -> None:
    protected.says("[clients.kitchen.tools.turn_on_flashlight]\nforbidden = true")
    assert await protected.light_is_refused(protected.kitchen) == "TOOL_FORBIDDEN"
    assert "turn_on_flashlight" not in {tool.name for tool in (await protected.kitchen.list_tools()).tools}
    (record,) = journal.history.all()
    assert (record.client, record.error) == ("kitchen", "TOOL_FORBIDDEN")
    assert [command.state for command in record.commands] == [CommandState.NOT_SENT]
    assert (await protected.light(protected.hall)).status == VERIFIED


async def test_a_client_that_may_do_one_thing_can_do_nothing_else(protected: Protected) -> None:
    protected.says(
        """
        [clients.kitchen.tools."*"]
        forbidden = true
        [clients.kitchen.tools.set_timer]
        forbidden = false
        """
    )
    assert await protected.light_is_refused(protected.kitchen) == "TOOL_FORBIDDEN"
    assert [tool.name for tool in (await protected.kitchen.list_tools()).tools] == ["set_timer"]
    serial = protected.phone.address
    outcome = await protected.kitchen.call_tool("set_timer", {"duration": 60}, serial=serial)
    assert outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED
    assert (await protected.light(protected.hall)).status == VERIFIED


async def test_a_policy_that_cannot_be_used_leaves_the_one_before_in_force(protected: Protected) -> None:
    protected.says("[tools.turn_on_flashlight]\nforbidden = true")
    protected.file.write_text("[tools.turn_on_flashlight]\nforbidden = perhaps")
    assert await protected.light_is_refused(protected.hall) == "TOOL_FORBIDDEN"
