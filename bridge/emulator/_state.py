"""What the emulated phone knows and shows, as plain data.

A test reads it to see what really happened. The phone's own thread writes it while a command runs; when the
command's exit code has arrived, the state is settled.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "STREAMS",
    "Alarm",
    "CalendarDraft",
    "Contact",
    "ContactDraft",
    "Extra",
    "LoggedIntent",
    "MailDraft",
    "Media",
    "NoteDraft",
    "Notification",
    "PhoneState",
    "SmsDraft",
    "Stream",
    "Timer",
]


@dataclass(frozen=True, slots=True)
class Stream:
    """An audio stream: AudioManager's number and the range of its index."""

    number: int
    minimum: int
    maximum: int
    default: int


STREAMS: Mapping[str, Stream] = {
    "call": Stream(0, 1, 7, 4),
    "system": Stream(1, 0, 7, 5),
    "ring": Stream(2, 0, 7, 5),
    "music": Stream(3, 0, 15, 5),
    "alarm": Stream(4, 1, 7, 6),
    "notification": Stream(5, 0, 7, 5),
}
"""The streams by the names that people use; numbers and ranges are those of a stock phone."""


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
    """A running timer; ``length`` in seconds."""

    length: int
    label: str = ""


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
class Extra:
    """An intent's extra and its Java type as the receiver sees it: ``int``, ``ArrayList<Integer>``."""

    type: str
    value: Any


@dataclass(frozen=True, slots=True)
class LoggedIntent:
    """An intent as an activity has received it."""

    action: str | None
    data: str | None
    type: str | None
    component: str
    categories: tuple[str, ...]
    extras: Mapping[str, Extra]
    flags: int


def _default_contacts() -> list[Contact]:
    return [
        Contact("Mum", ("+49 30 5550101",)),
        Contact("Dr. Weber", ("+49 30 5550102",), ("praxis@weber.example",)),
        Contact("Ada Lovelace", ("+44 20 79460103",), ("ada@lovelace.example",)),
        Contact("Alex Kim", ("+1 212 5550104", "+1 917 5550105"), ("alex.kim@mail.example",)),
        Contact("Alex Müller", ("+49 89 5550106",), ("alex@mueller.example",)),
        Contact("山田太郎", ("+81 3 55550107",), ("taro@yamada.example",)),
    ]


def _default_settings() -> dict[str, dict[str, str]]:
    return {
        "system": {
            "accelerometer_rotation": "1",
            "screen_brightness": "102",
            "screen_brightness_mode": "1",
            "screen_off_timeout": "60000",
            "time_12_24": "24",
            "user_rotation": "0",
        },
        "secure": {"location_mode": "3", "ui_night_mode": "1"},
        "global": {
            "airplane_mode_on": "0",
            "adb_enabled": "1",
            "bluetooth_on": "1",
            "device_name": "Emulated Phone",
            "low_power": "0",
            "mobile_data": "1",
            "wifi_on": "1",
            "zen_mode": "0",
        },
    }


@dataclass(slots=True)
class PhoneState:
    """Everything that commands change and tests look at.

    What Android keeps in its settings is kept in ``settings`` alone, so that a toggle and
    ``settings get`` cannot disagree; the properties read it.
    """

    alarms: list[Alarm] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=_default_contacts)
    calendar_draft: CalendarDraft | None = None
    calendar_day: int | None = None
    """The epoch milliseconds of the day that the calendar shows, where one was asked for."""
    contact_draft: ContactDraft | None = None
    mail_draft: MailDraft | None = None
    sms_draft: SmsDraft | None = None
    note_draft: NoteDraft | None = None
    shared_text: str | None = None
    map_query: str | None = None
    navigation: str | None = None
    browser_url: str | None = None
    search_query: str | None = None
    dialer_number: str | None = None
    call_number: str | None = None
    """The number of the call in progress."""
    camera_mode: str | None = None
    media: Media = field(default_factory=Media)
    volumes: dict[str, int] = field(
        default_factory=lambda: {name: stream.default for name, stream in STREAMS.items()}
    )
    muted: dict[str, int] = field(default_factory=dict)
    """The muted streams, each with the index that it had before."""
    torch: bool = False
    charging: bool = False
    settings: dict[str, dict[str, str]] = field(default_factory=_default_settings)
    notifications: list[Notification] = field(default_factory=list)
    panel: str | None = None
    """What covers the screen: "quick_settings", "notifications" or nothing."""
    tasks: dict[str, list[str]] = field(default_factory=dict)
    """The open activities of each app, oldest first, as flattened components; the last task is in front."""
    intents: list[LoggedIntent] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """The phone's storage by absolute path."""

    @property
    def resumed(self) -> str:
        """The component of the activity in front, ``package/.Class``."""
        return next(reversed(self.tasks.values()))[-1] if self.tasks else ""

    @property
    def wifi(self) -> bool:
        """Whether Wi-Fi is on (2 means: on although the phone is in airplane mode)."""
        return self.settings["global"].get("wifi_on") in ("1", "2")

    @property
    def bluetooth(self) -> bool:
        """Whether Bluetooth is on."""
        return self._is_on("global", "bluetooth_on")

    @property
    def mobile_data(self) -> bool:
        """Whether mobile data is on."""
        return self._is_on("global", "mobile_data")

    @property
    def airplane_mode(self) -> bool:
        """Whether airplane mode is on."""
        return self._is_on("global", "airplane_mode_on")

    @property
    def battery_saver(self) -> bool:
        """Whether the battery saver is on."""
        return self._is_on("global", "low_power")

    @property
    def auto_rotate(self) -> bool:
        """Whether the screen turns with the phone."""
        return self._is_on("system", "accelerometer_rotation")

    @property
    def dark_mode(self) -> bool:
        """Whether the dark theme is on."""
        return self.settings["secure"].get("ui_night_mode") == "2"

    @property
    def do_not_disturb(self) -> int:
        """The zen mode: 0 off, 1 priority, 2 total silence, 3 alarms only."""
        value = self.settings["global"].get("zen_mode", "0")
        return int(value) if value.isdecimal() else 0

    @property
    def brightness(self) -> int:
        """The brightness of the screen, 0 to 255."""
        value = self.settings["system"].get("screen_brightness", "")
        return int(value) if value.isdecimal() else 0

    def switch(self, namespace: str, key: str, on: bool) -> None:
        """Write a setting that is "1" or "0"."""
        self.settings[namespace][key] = "1" if on else "0"

    def to_json(self) -> dict[str, Any]:
        """Return the state in JSON's types; the contents of files are given as their sizes."""
        # The files go by size, because a screenshot in base64 helps nobody who debugs.
        as_dict = asdict(replace(self, files={}))
        as_dict["files"] = {path: len(content) for path, content in self.files.items()}
        as_dict |= {
            name: getattr(self, name)
            for name in ("resumed", "wifi", "bluetooth", "mobile_data", "airplane_mode", "battery_saver")
        }
        return as_dict

    def _is_on(self, namespace: str, key: str) -> bool:
        return self.settings[namespace].get(key) == "1"
