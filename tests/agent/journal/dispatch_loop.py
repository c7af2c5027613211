"""A service in small, killed at a chosen instant: begin, plan, confirm, dispatch, touch the phone, record.

``python dispatch_loop.py FOLDER SEED COUNT`` forks ``COUNT`` services one after another on one journal. Each
takes up the work where the last one died, as a client that repeats its request with the same key does, and
is killed with SIGKILL: before a Python call or the entry to one of SQLite's functions, counted from the
start, or in the middle of a statement of SQLite. The phone is a file: a line that is appended to it cannot be
taken back. What a service was told of its journal before it died stands in the file ``told``.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.journal import Answer, Durability, Journal, JournalSettings
from bridge import Intent, Outcome, OutcomeStatus
from tools_schema import Call

SETTINGS = JournalSettings(durability=Durability.KILL, min_free_bytes=0)
CALLS = (Call("set_alarm", {"time": "06:30"}, "a"), Call("call", {"to": "112"}, "b"))


def append(path: Path, line: str) -> None:
    """Append a line with one system call, so that a kill leaves all of it or nothing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def serve(folder: Path, first_key: int, arm: object) -> None:
    """Work on requests until the process is killed."""
    told = folder / "told"
    journal = Journal.open(folder / "journal.sqlite3", settings=SETTINGS)
    arm(journal)  # type: ignore[operator]
    journal.recover()
    key = first_key
    while True:
        content = f"request {key}".encode()
        begun = journal.begin_request(
            client="ann", method="Execute", content=content, text=content.decode(), idempotency_key=str(key)
        )
        request_id = begun.record.id
        append(told, f"begun {key} {request_id}")
        if not begun.repeated:
            work(journal, folder, key, request_id)
        key += 1


def work(journal: Journal, folder: Path, key: int, request_id: str) -> None:
    told, phone = folder / "told", folder / "phone"
    journal.record_plan(request_id, CALLS, tool_set_hash="t")
    append(told, f"planned {key} {request_id}")
    for index, call in enumerate(CALLS):
        if index == 1:
            limit = datetime.now(UTC) + timedelta(minutes=5)
            journal.ask_confirmation(request_id, index, serial="phone-1", expires_at=limit)
            journal.answer_confirmation(request_id, index, answer=Answer.CONFIRMED, answered_by="ann")
            append(told, f"confirmed {key} {request_id}")
        journal.begin_dispatch(request_id, index, call, serial="phone-1")
        append(told, f"dispatching {key} {request_id} {index}")
        journal.record_sending(request_id, index, call, serial="phone-1", intent=Intent("DO", call.name))
        append(phone, f"{key} {request_id} {index}")
        journal.record_outcome(request_id, index, call, Outcome(OutcomeStatus.REQUESTED, "Asked for."))
        append(told, f"done {key} {request_id} {index}")
    journal.finish_request(request_id)
    append(told, f"finished {key} {request_id}")


def die() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def killed_after_calls(count: int) -> object:
    """Arm a death at the count-th Python or C call."""
    left = count

    def profile(*_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            die()

    return lambda _journal: sys.setprofile(profile)


def killed_inside_sqlite(count: int) -> object:
    """Arm a death at the count-th instruction of SQLite's machine."""

    def arm(journal: Journal) -> None:
        journal._database._connection.set_progress_handler(die, count)

    return arm


def main() -> None:
    folder, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)  # noqa: S311 - a test's instants need no secrecy
    for _ in range(count):
        told = (folder / "told").read_text().split("\n") if (folder / "told").exists() else []
        begun = [int(line.split()[1]) for line in told if line.startswith("begun")]
        first_key = max(begun, default=0)
        if chance.random() < 0.7:
            arm = killed_after_calls(chance.randint(1, 8_000))
        else:
            arm = killed_inside_sqlite(chance.randint(1, 400))
        child = os.fork()
        if child == 0:
            serve(folder, first_key, arm)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"a service ended by itself: {status}")
    print(count)


if __name__ == "__main__":
    main()
