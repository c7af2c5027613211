"""The choices that a journal leaves to whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from platformdirs import user_state_dir

__all__ = ["Durability", "JournalSettings", "default_journal_path"]


class Durability(StrEnum):
    """What the record before a dispatch survives."""

    KILL = "KILL"
    """The end of the process, in whatever way. After a power loss the newest records may be missing."""
    POWER_LOSS = "POWER_LOSS"
    """Also the end of the machine: one flush of the disk a dispatch, which takes some milliseconds."""


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """How long records stay, what is not kept, and how sure a record is.

    Finished requests are removed ``keep_days`` after they came, and the oldest beyond ``keep_requests``.
    ``private`` are arguments, "tool.parameter" or "tool.*", beyond those that the schemas call private.
    Nothing is sent to a phone while the disk has less than ``min_free_bytes`` free: what happened must still
    be written afterwards.
    """

    durability: Durability = Durability.POWER_LOSS
    keep_days: float = 90.0
    keep_requests: int = 100_000
    private: tuple[str, ...] = ()
    min_free_bytes: int = 16 << 20


def default_journal_path() -> Path:
    """Return where the journal is unless somebody says otherwise, in the user's folder for state."""
    return Path(user_state_dir("intent-agent")) / "journal.sqlite3"
