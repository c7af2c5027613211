"""A phone that says more than anybody wants to hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge import Bridge, Evidence, OutcomeStatus
from bridge.emulator import Contact
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from bridge.emulator import EmulatedPhone

HUGE = "Bob " * 50_000


def test_a_huge_name_on_the_phone_makes_no_huge_outcome(emulated_phone: EmulatedPhone, adb_port: int) -> None:
    emulated_phone.state.contacts = [Contact(HUGE, phones=("1",)), Contact(f"{HUGE}x", phones=("2",))]
    tool = load_tool_set("phone").tool("find_contact")
    assert tool is not None
    bridge = Bridge(adb_port=adb_port)
    outcome = bridge.execute(Call(tool.name, {"name": "Bob"}), tool, serial=emulated_phone.address)
    bridge.close()
    assert outcome.status is not OutcomeStatus.FAILED
    texts = [outcome.message, *outcome.choices, *outcome.read_back.values()]
    texts += [text for evidence in outcome.evidence for text in (evidence.stdout, evidence.stderr)]
    assert max(map(len, texts)) == Evidence.LIMIT
