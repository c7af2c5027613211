"""The journal as the service writes it: a record before each step that cannot be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from agent.journal._command_steps import CommandSteps
from agent.journal._database import Database
from agent.journal._history import History
from agent.journal._recovery import close_open
from agent.journal._redaction import private_names
from agent.journal._request_steps import RequestSteps
from agent.journal._settings import JournalSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from agent.journal._records import Recovery
    from tools_schema import Tool

__all__ = ["INTERRUPTED", "Journal"]

INTERRUPTED = "INTERRUPTED"
"""How a request ended in whose middle the service stopped."""


class Journal(RequestSteps, CommandSteps):
    """Records requests, plans, confirmations, dispatches and outcomes in one SQLite file.

    Blocking and thread-safe. Once a method returns, its record survives the end of the process; the record
    right before something is sent survives what ``JournalSettings.durability`` says. Every method raises
    JournalUnavailable where the file cannot be written: then nothing may be sent to a phone.

    The order is ``begin_request``, ``record_plan``, for each command perhaps ``ask_confirmation`` and
    ``answer_confirmation``, then ``begin_dispatch``, ``record_sending`` where it comes so far, and
    ``record_outcome``, and at last ``finish_request``.
    """

    def __init__(
        self,
        database: Database,
        history: History,
        settings: JournalSettings,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(database, settings, clock)
        self.history = history

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        settings: JournalSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Open the journal at a path as its only service, and create it where there is none.

        Call ``recover`` before the first request. Raises JournalInUse, JournalUnavailable, JournalDamaged and
        JournalVersion.
        """
        database = Database.own(path)
        try:
            return cls(database, History.open(path), settings or JournalSettings(), clock)
        except BaseException:
            database.close()
            raise

    def know_tools(self, tools: Iterable[Tool]) -> None:
        """Keep none of what the schemas of these tools call private. Call it before the first request."""
        self._redaction = self._redaction.with_names(private_names(tools))

    def recover(self) -> Recovery:
        """Close what a service that stopped left behind, and remove what is too old.

        A command that was about to be sent stays MAYBE_SENT; any other that had not ended stays NOT_SENT.
        Questions expire. Requests end with the error INTERRUPTED, which frees the idempotency key of those of
        which nothing was sent.
        """
        recovery = close_open(self._database, now=self._clock(), error=INTERRUPTED)
        self.prune()
        return recovery

    def close(self) -> None:
        """Write what is late, and close the file."""
        try:
            self._late.catch_up()
        finally:
            self.history.close()
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
