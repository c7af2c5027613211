"""A journal in a temporary folder, with a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pytest

from agent.journal import Begun, Durability, Journal, JournalSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools_schema import Call


class Clock:
    """Says the time that it was set to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 16, 22, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Begin(Protocol):
    def __call__(
        self,
        key: str = "",
        *,
        client: str = "ann",
        content: bytes = b"1",
        text: str = "",
        conversation_id: str = "",
    ) -> Begun: ...


class Planned(Protocol):
    def __call__(
        self, *calls: Call, key: str = "", client: str = "ann", conversation_id: str = ""
    ) -> str: ...


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
def settings() -> JournalSettings:
    return JournalSettings(durability=Durability.KILL, private=("send_sms.body", "send_mail.body"))


@pytest.fixture
def journal(path: Path, settings: JournalSettings, clock: Clock) -> Iterator[Journal]:
    with Journal.open(path, settings=settings, clock=clock) as opened:
        yield opened


@pytest.fixture
def begin(journal: Journal) -> Begin:
    """Begin a request of a client with a key."""

    def begin_request(
        key: str = "",
        *,
        client: str = "ann",
        content: bytes = b"1",
        text: str = "",
        conversation_id: str = "",
    ) -> Begun:
        return journal.begin_request(
            client=client,
            method="Execute",
            content=content,
            text=text,
            conversation_id=conversation_id,
            idempotency_key=key,
        )

    return begin_request


@pytest.fixture
def planned(journal: Journal, begin: Begin) -> Planned:
    """Begin and plan a request, and return its id."""

    def plan(*calls: Call, key: str = "", client: str = "ann", conversation_id: str = "") -> str:
        request_id = begin(key, client=client, conversation_id=conversation_id).record.id
        journal.record_plan(request_id, calls, tool_set_hash="t" * 64)
        return request_id

    return plan
