"""What happened on the phone, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge._intent import Intent

__all__ = ["Evidence", "Outcome", "OutcomeStatus"]


class OutcomeStatus(StrEnum):
    """How far an effect is proved. Only the first three mean that the phone did something."""

    VERIFIED = "VERIFIED"
    """The state was read back and matches."""
    OPENED = "OPENED"
    """The screen is in front of the user; nothing has been sent or saved."""
    REQUESTED = "REQUESTED"
    """The command was accepted, and nothing on the device can be read that proves the effect."""
    NEEDS_CONFIRMATION = "NEEDS_CONFIRMATION"
    """Nothing was done: the user has to confirm first."""
    NEEDS_CLARIFICATION = "NEEDS_CLARIFICATION"
    """Nothing was done: the user has to say more."""
    UNSUPPORTED = "UNSUPPORTED"
    """Nothing was done: this cannot be done on this device, or not yet."""
    FAILED = "FAILED"
    """It was tried and did not work, or nobody can say whether it did."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One command on the device and its answer.

    ``stdout`` and ``stderr`` are cut to ``LIMIT`` characters; of long dumps only the lines that were read are
    kept. ``exit_code`` is None where none came back. ``data`` is what came back where it is no text: a
    screenshot's PNG.
    """

    argv: tuple[str, ...]
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    elapsed_ms: float = 0.0
    data: bytes = field(default=b"", repr=False)

    LIMIT = 4000
    """Characters kept of each stream."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    ``message`` says it in one plain sentence. ``intent`` is the intent that was, or would be, sent.
    ``read_back`` holds what was read from the device afterwards, by name. ``device`` is the serial, empty
    where no device was needed. ``elapsed_ms`` covers the whole call. ``may_have_run`` is true with FAILED
    where a command that changes something may have been carried out and nobody can tell: the way to the
    device broke, or the command ended oddly and its effect cannot be read. Asked again, the call could be
    done twice. ``choices`` are the answers that NEEDS_CLARIFICATION offers, the likeliest first; empty where
    only the user knows any.
    """

    status: OutcomeStatus
    message: str
    evidence: tuple[Evidence, ...] = ()
    intent: Intent | None = None
    read_back: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    elapsed_ms: float = 0.0
    may_have_run: bool = False
    choices: tuple[str, ...] = ()
