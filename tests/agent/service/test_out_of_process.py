"""The service as a program of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agent.client import IntentAgentClient
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.emulator import EmulatedPhone

PROGRAM = Path(__file__).with_name("scripted_server.py")


@contextmanager
def served(adb_port: int, journal: Path, end: signal.Signals) -> Iterator[str]:
    """Yield the address of a service in another process, which then gets the signal."""
    command = [sys.executable, str(PROGRAM), str(adb_port), str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(end)
            left = process.wait(60)
    assert left == (0 if end == signal.SIGTERM else -end)


def test_what_was_done_is_told_again_by_the_next_process_after_a_kill(
    emulated_phone: EmulatedPhone, adb_port: int, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    serial = emulated_phone.address
    with served(adb_port, journal, signal.SIGKILL) as address, IntentAgentClient(address) as client:
        *_, last = client.execute("light", serial=serial, idempotency_key="key")
        assert last.outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
    emulated_phone.state.torch = False
    with served(adb_port, journal, signal.SIGTERM) as address, IntentAgentClient(address) as client:
        *_, last = client.execute("light", serial=serial, idempotency_key="key")
        assert last.repeated
        assert last.outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
        assert len(list(client.history())) == 1
    assert not emulated_phone.state.torch
