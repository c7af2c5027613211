from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from agent.security import Identity, Policy, SecurityOptions, ServerSecurity
from agent.security.errors import PolicyFileError, ToolForbidden
from tools_schema import Risk, Tool

if TYPE_CHECKING:
    from pathlib import Path

BOB, KITCHEN = Identity("bob"), Identity("kitchen")


def tool(name: str, risk: Risk = Risk.SAFE) -> Tool:
    return Tool(name, "", (), method="test.v1.Tools/Test", risk=risk)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def policy(path: Path, text: str) -> Policy:
    path.write_text(text)
    return Policy.load(path)


def test_without_rules_the_schema_says_the_risk_and_nothing_is_forbidden() -> None:
    assert Policy().risk_of(tool("call", Risk.CONFIRM), BOB) is Risk.CONFIRM
    assert not Policy().forbids(tool("call"), BOB)


def test_a_risk_can_be_raised_and_lowered_for_everybody_or_one_client(path: Path) -> None:
    loaded = policy(
        path,
        """
        [tools.set_wifi]
        risk = "CONFIRM"
        [clients.kitchen.tools.call]
        risk = "SAFE"
        """,
    )
    assert loaded.applied(tool("set_wifi"), BOB).risk is Risk.CONFIRM
    assert loaded.applied(tool("call", Risk.CONFIRM), KITCHEN).risk is Risk.SAFE
    assert loaded.applied(tool("call", Risk.CONFIRM), BOB).risk is Risk.CONFIRM


def test_a_forbidden_tool_is_refused_by_name(path: Path) -> None:
    loaded = policy(path, "[tools.send_sms]\nforbidden = true")
    with pytest.raises(ToolForbidden, match="forbids the tool 'send_sms' to 'bob'"):
        loaded.applied(tool("send_sms"), BOB)
    assert loaded.applied(tool("call"), BOB)


def test_a_client_can_be_left_a_few_tools_and_no_others(path: Path) -> None:
    loaded = policy(
        path,
        """
        [clients.kitchen.tools."*"]
        forbidden = true
        [clients.kitchen.tools.set_timer]
        forbidden = false
        """,
    )
    assert not loaded.forbids(tool("set_timer"), KITCHEN)
    assert loaded.forbids(tool("call"), KITCHEN)
    assert not loaded.forbids(tool("call"), BOB)


def test_what_is_said_to_the_client_stands_over_what_is_said_to_everybody(path: Path) -> None:
    loaded = policy(
        path,
        """
        [tools."*"]
        risk = "CONFIRM"
        [tools.call]
        forbidden = true
        [clients.kitchen.tools."*"]
        forbidden = false
        """,
    )
    assert not loaded.forbids(tool("call"), KITCHEN)
    assert loaded.risk_of(tool("call"), KITCHEN) is Risk.CONFIRM
    assert loaded.forbids(tool("call"), BOB)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tools.call]\nrisk = 'HIGH'", r"line 2, key tools\.call\.risk: Input should be"),
        ("[tools.call]\n\nforbiden = true", r"line 3, key tools\.call\.forbiden: Extra inputs"),
        ("[tool.call]\nrisk = 'SAFE'", r"line 1, key tool: Extra inputs"),
        ("[clients.bob]\ntools = 3", r"line 2, key clients\.bob\.tools: Input should be"),
        ("[tools.call\nrisk = 'SAFE'", r"is no TOML: .*line 1"),
        ("\xff", r"is no UTF-8 text"),
        ("[tools.send_smss]\nforbidden = true", r"line 1, key tools\.send_smss: no tool set .* 'send_smss'"),
        (
            "[clients.bob.tools.cal]\nforbidden = true",
            r"line 1, key clients\.bob\.tools\.cal: no tool set .* 'cal'",
        ),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_line_or_key(path: Path, text: str, told: str) -> None:
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PolicyFileError, match=told):
        Policy.load(path, known_tools={"call", "send_sms"})


def test_a_file_that_is_not_there_is_no_empty_policy(path: Path) -> None:
    with pytest.raises(PolicyFileError, match="cannot be read: No such file"):
        ServerSecurity(SecurityOptions(policy=path))


def test_a_running_service_follows_the_file_and_keeps_the_last_good_one(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policy(path, "")
    security = ServerSecurity(SecurityOptions(policy=path), known_tools={"call"})
    assert not security.policy.forbids(tool("call"), BOB)
    policy(path, "[tools.call]\nforbidden = true")
    assert security.policy.forbids(tool("call"), BOB)
    path.write_text("[tools.")
    assert security.policy.forbids(tool("call"), BOB)
    assert "the policy before stays in force" in caplog.text
    path.unlink()
    assert security.policy.forbids(tool("call"), BOB)
    policy(path, "")
    assert not security.policy.forbids(tool("call"), BOB)


def test_a_reload_reads_also_a_file_whose_time_and_length_are_the_same(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    policy(path, "[tools.call]\nforbidden = true\n")
    security = ServerSecurity(SecurityOptions(policy=path))
    before = path.stat()
    path.write_text("[tools.call]\nforbidden = false")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert security.policy.forbids(tool("call"), BOB)
    security.reload()
    assert not security.policy.forbids(tool("call"), BOB)
