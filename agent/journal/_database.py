"""The SQLite file: how it is opened, who may write to it, how transactions end, what errors mean."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import filelock

from agent.errors import JournalDamaged, JournalInUse, JournalUnavailable, JournalVersion
from agent.journal._schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Database", "migrate"]

_BUSY_SECONDS = 10.0
"""How long a transaction waits for one of another process (a prune, a backup)."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Database:
    """One connection, used by one thread at a time."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, owner: filelock.FileLock | None = None
    ) -> None:
        self.path = path
        self._connection = connection
        self._owner = owner
        self._lock = threading.Lock()

    @classmethod
    def own(cls, path: Path) -> Database:
        """Open the file as its only service, and create or migrate it.

        Raises JournalInUse, JournalUnavailable, JournalDamaged and JournalVersion.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = filelock.FileLock(f"{path}.lock", blocking=False, mode=0o600)
            owner.acquire()
        except filelock.Timeout as error:
            raise JournalInUse(
                f"another service writes to the journal {path}; stop it, or give this one another journal"
            ) from error
        except OSError as error:
            raise JournalUnavailable(f"the journal {path} cannot be written: {error.strerror}") from error
        try:
            return cls(path, _open_own(path), owner)
        except BaseException:
            owner.release()
            raise

    @classmethod
    def beside(cls, path: Path, *, write: bool = False) -> Database:
        """Open a file that exists, also while a service writes to it.

        Raises JournalUnavailable, JournalDamaged and JournalVersion.
        """
        if not path.exists():
            raise JournalUnavailable(f"there is no journal at {path}; a service that runs writes one")
        with _told(path):
            connection = _connect(path, "rw" if write else "ro")
            try:
                _check_version(path, connection, ours=len(MIGRATIONS))
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction that reads one state. Raises JournalUnavailable."""
        with self._lock, _told(self.path), _transaction(self._connection, "BEGIN"):
            yield self._connection

    @contextmanager
    def write(self, *, flush: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction that is committed at the end, or leaves nothing behind.

        Once this returns, the end of the process undoes nothing. With ``flush`` the end of the machine undoes
        neither this nor anything before it: SQLite's synchronous=FULL flushes the whole write-ahead log.
        Raises JournalUnavailable.
        """
        with self._lock, _told(self.path):
            if flush:
                self._connection.execute("PRAGMA synchronous = FULL")
            try:
                with _transaction(self._connection, "BEGIN IMMEDIATE"):
                    yield self._connection
            finally:
                if flush:
                    self._connection.execute("PRAGMA synchronous = NORMAL")

    def shrink(self) -> None:
        """Give space that nothing uses back to the disk. Raises JournalUnavailable."""
        with self._lock, _told(self.path):
            # The statement frees one page a step, and `execute` would take a single step.
            self._connection.executescript("PRAGMA incremental_vacuum")

    def close(self) -> None:
        """Close the file. Raises JournalUnavailable."""
        with self._lock, _told(self.path):
            self._connection.close()
        if self._owner is not None:
            self._owner.release()


def migrate(path: Path, connection: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring the tables to the newest version, each step whole or not at all.

    Raises JournalDamaged for a database that is no journal, JournalVersion for one of a newer program.
    """
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not empty:
        _check_version(path, connection, ours=None)
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(steps):
        raise _newer(path)
    for version, step in enumerate(steps[done:], done + 1):
        script = (
            f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {version}; "
            f"PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
        )
        try:
            connection.executescript(script)
        except sqlite3.Error:
            _roll_back(connection)
            raise


def _open_own(path: Path) -> sqlite3.Connection:
    with _told(path):
        try:
            # SQLite gives its other files the permissions of this one.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise JournalUnavailable(f"the journal {path} cannot be written: {error.strerror}") from error
        log = path.with_name(f"{path.name}-wal")
        # A service that ends in order leaves no log behind.
        interrupted = log.exists() and log.stat().st_size > 0
        connection = _connect(path, "rw")
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            migrate(path, connection)
            if interrupted:
                _check_pages(path, connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    for pragma in (
        "foreign_keys = ON",
        "fullfsync = ON",  # on macOS, where a plain fsync leaves data in the disk's cache
        "secure_delete = ON",  # what is pruned or private shall not stay in free pages
        "cell_size_check = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _check_version(path: Path, connection: sqlite3.Connection, ours: int | None) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise JournalDamaged(f"{path} is a database, but no journal; name another file")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if ours is None or version == ours:
        return
    if version > ours:
        raise _newer(path)
    raise JournalVersion(f"the journal {path} is of an older version; start the service once to convert it")


def _check_pages(path: Path, connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _damaged(path, found)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    # After some errors SQLite has rolled back by itself; the first error is the one to tell.
    with suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors of the file into ours; mistakes of the program stay what they are."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.NotSupportedError):
        raise
    except sqlite3.ProgrammingError as error:
        raise JournalUnavailable(f"the journal {path} is closed") from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise _damaged(path, str(error)) from error
        raise JournalUnavailable(f"the journal {path} cannot be used ({error}); {_advice(error)}") from error


def _advice(error: sqlite3.DatabaseError) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "make room on its disk"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return "make its file and folder writable"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program holds it; try again"
        case _:
            return "check its disk"


def _damaged(path: Path, found: str) -> JournalDamaged:
    return JournalDamaged(
        f"the journal {path} is damaged ({found}); restore it, or move it aside and start with a new one"
    )


def _newer(path: Path) -> JournalVersion:
    return JournalVersion(f"the journal {path} is of a newer version of this program; use that one")
