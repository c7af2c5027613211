"""What every step of the journal is written with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.journal._late import LateWrites
from agent.journal._redaction import Redaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from agent.journal._database import Database
    from agent.journal._settings import JournalSettings

__all__ = ["Writer"]


class Writer:
    """The file, what may not be kept in it, and the records that wait for it to take them.

    The steps of requests and of commands both build on it, so that what is late goes before whatever is new.
    """

    def __init__(self, database: Database, settings: JournalSettings, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._redaction = Redaction(settings.private)
        self._late = LateWrites()

    @contextmanager
    def _writing(self, *, flush: bool = False) -> Iterator[sqlite3.Connection]:
        self._late.catch_up()
        with self._database.write(flush=flush) as connection:
            yield connection
