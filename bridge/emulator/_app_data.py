"""What the apps keep and what their editors show, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import ConfigDict

__all__ = [
    "Alarm",
    "CalendarDraft",
    "Contact",
    "ContactDraft",
    "File",
    "MailDraft",
    "Media",
    "NoteDraft",
    "Notification",
    "PlacedCall",
    "SmsDraft",
    "Timer",
]


@dataclass(slots=True)
class Alarm:
    """An alarm of the clock. ``days``: java.util.Calendar's numbers, Sunday = 1; empty means once."""

    hour: int
    minute: int
    label: str = ""
    days: tuple[int, ...] = ()
    enabled: bool = True
    vibrate: bool = True
    skipped: int | None = None
    """The ring (epoch milliseconds) of a repeating alarm that was dismissed before its time."""


@dataclass(slots=True)
class Timer:
    """A running timer; ``length`` in seconds, ``started`` in epoch seconds."""

    length: int
    label: str = ""
    started: int = field(default=0, compare=False)

    def remaining(self, now: float) -> int:
        """Return how many seconds are left at a moment."""
        return max(0, min(self.length, self.length - int(now - self.started)))


@dataclass(slots=True)
class CalendarDraft:
    """The event that the calendar's editor shows. Times are epoch milliseconds, None where not given."""

    title: str = ""
    begin: int | None = None
    end: int | None = None
    all_day: bool = False
    location: str = ""
    description: str = ""
    attendees: tuple[str, ...] = ()


@dataclass(slots=True)
class ContactDraft:
    """The contact that the editor shows."""

    name: str = ""
    phone: str = ""
    email: str = ""
    company: str = ""
    notes: str = ""


@dataclass(slots=True)
class MailDraft:
    """The mail that the composer shows."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""


@dataclass(slots=True)
class SmsDraft:
    """The text message that the composer shows."""

    to: tuple[str, ...] = ()
    body: str = ""


@dataclass(slots=True)
class NoteDraft:
    """The note that the editor shows."""

    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person in the contacts provider."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call that was placed; ``date`` in epoch milliseconds."""

    number: str
    date: int


@dataclass(slots=True)
class Media:
    """The media session: what plays. ``session`` is False until a player has been used."""

    session: bool = False
    playing: bool = False
    query: str = ""
    track: int = 1


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification that ``cmd notification post`` has made."""

    tag: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the storage; ``modified`` in epoch seconds, ``mode`` its permission bits."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    content: bytes
    modified: int
    mode: int = 0o660
