"""What the emulated phone knows and shows, as plain data.

A test reads it to see what really happened. The phone's own thread writes it while a command runs; when the
command's exit code has arrived, the state is settled. It is kept as JSON between runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bridge.emulator._app_data import (
    Alarm,
    CalendarDraft,
    Contact,
    ContactDraft,
    File,
    MailDraft,
    Media,
    NoteDraft,
    Notification,
    PlacedCall,
    SmsDraft,
    Timer,
)
from bridge.emulator._intent import LoggedIntent  # noqa: TC001 - pydantic reads it at run time
from bridge.emulator._streams import STREAMS

__all__ = ["PhoneState"]

_FOLDERS = (
    "/data/local/tmp",
    "/sdcard/Alarms",
    "/sdcard/DCIM/Camera",
    "/sdcard/Documents",
    "/sdcard/Download",
    "/sdcard/Movies",
    "/sdcard/Music",
    "/sdcard/Pictures/Screenshots",
    "/system/bin",
)


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

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    time_zone: str = "Europe/Berlin"
    """The IANA name of the phone's time zone."""
    clock_offset: float = 0.0
    """By how many seconds the phone's clock is ahead of the computer's."""
    lock: Literal["none", "swipe", "pin"] = "swipe"
    """What the lock screen asks for; "none": there is no lock screen."""
    pin: str = "1234"
    locked: bool = False
    """Whether the lock screen covers everything."""
    before_first_unlock: bool = False
    """Whether nobody has entered the PIN since the phone was started: most apps cannot run yet."""
    awake: bool = True
    """Whether the display is on."""
    typed_pin: str = ""
    """The digits that the lock screen has taken so far."""
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
    app_link: str | None = None
    """The link that one of the third-party apps was opened with."""
    dialer_number: str | None = None
    call_number: str | None = None
    """The number of the call in progress."""
    calls: list[PlacedCall] = field(default_factory=list)
    """The call log, oldest first."""
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
    panel: Literal["quick_settings", "notifications"] | None = None
    """What is drawn down over the screen."""
    tasks: dict[str, list[str]] = field(default_factory=dict)
    """The open activities of each app, oldest first, as flattened components; the last task is in front."""
    intents: list[LoggedIntent] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    """The phone's storage by absolute path; a folder is there where a file is in it, or in ``folders``."""
    folders: list[str] = field(default_factory=lambda: list(_FOLDERS))
    free_bytes: int | None = None
    """What still fits on the storage; None: everything does."""

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
        """Return the whole state in JSON's types; what is in files as base64."""
        document: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return document

    @classmethod
    def from_json(cls, text: str | bytes) -> PhoneState:
        """Read a state from JSON; what is left out has the value that it has on a new phone.

        Raises:
            ValueError: it is no JSON, or says what no state holds; the message names the place.

        """
        try:
            state = _ADAPTER.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the document"
            raise ValueError(f"this is no state of an emulated phone: {place}: {first['msg']}") from None
        fresh = cls()
        state.settings = fresh.settings | state.settings
        state.volumes = fresh.volumes | state.volumes
        return state

    def _is_on(self, namespace: str, key: str) -> bool:
        return self.settings[namespace].get(key) == "1"


_ADAPTER = TypeAdapter(PhoneState)
