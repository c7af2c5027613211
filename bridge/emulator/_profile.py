"""What differs between Android versions, as far as the emulated phone shows it."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.emulator.apps import SET_ALARM_PERMISSION

__all__ = ["API_LEVELS", "READ_CALL_LOG", "READ_CONTACTS", "Profile"]

API_LEVELS = (30, 34, 36)
"""The API levels whose behaviour was read in source: Android 11, 14 and 16."""

READ_CALL_LOG = "android.permission.READ_CALL_LOG"
READ_CONTACTS = "android.permission.READ_CONTACTS"
_SHELL_PERMISSIONS = (
    SET_ALARM_PERMISSION,
    READ_CONTACTS,
    "android.permission.CALL_PHONE",
)
_RELEASES = {30: "11", 34: "14", 36: "16"}


@dataclass(frozen=True, slots=True)
class Profile:
    """One Android version and what its shell may do.

    ``shell_may_set_alarms``: whether the Shell package holds SET_ALARM, which the clock's activities ask for.
    AOSP's Shell manifest has it in Android 16 and lacks it in Android 11; many clocks do not ask for it.
    ``shell_may_read_contacts``: whether it holds READ_CONTACTS. AOSP's does; some makers take it away.
    """

    api: int = 34
    model: str = "Emulated Phone"
    manufacturer: str = "Intent Agent"
    device: str = "emulated"
    shell_may_set_alarms: bool = True
    shell_may_read_contacts: bool = True

    def __post_init__(self) -> None:
        if self.api not in API_LEVELS:
            known = ", ".join(str(level) for level in API_LEVELS)
            raise ValueError(
                f"there is no profile for API level {self.api}; the emulated phone knows {known}"
            )

    @property
    def shell_permissions(self) -> frozenset[str]:
        """The permissions of the shell user that something here asks for, by the Shell app's manifest."""
        permissions = set(_SHELL_PERMISSIONS)
        if self.api >= 36:
            permissions.add(READ_CALL_LOG)
        if not self.shell_may_set_alarms:
            permissions.discard(SET_ALARM_PERMISSION)
        if not self.shell_may_read_contacts:
            permissions.discard(READ_CONTACTS)
        return frozenset(permissions)

    @property
    def product(self) -> str:
        """The product's name; adb lists it, so that phones of several versions can be told apart."""
        return f"{self.device}_api{self.api}"

    @property
    def release(self) -> str:
        """The Android version as people say it, "14" for API level 34."""
        return _RELEASES[self.api]

    @property
    def failed_start_exit_code(self) -> int:
        """What ``am start`` exits with when no activity was started: 0 up to API 34, 1 on API 36."""
        return 1 if self.api >= 36 else 0

    @property
    def has_double_extras(self) -> bool:
        """Whether ``am`` knows ``--ed``, ``--eda`` and ``--edal``: absent on 30, present on 36."""
        return self.api >= 36

    @property
    def reads_high_hexadecimal_flags(self) -> bool:
        """Whether ``-f 0x90000000`` is read (API 36) or refused as too large for a Java int."""
        return self.api >= 36

    @property
    def volume_log_reaches_shell(self) -> bool:
        """Whether ``cmd media_session volume`` prints to the shell; on 30 it prints inside system_server."""
        return self.api > 30

    @property
    def has_audio_shell(self) -> bool:
        """Whether ``cmd audio`` has a shell command at all."""
        return self.api > 30

    @property
    def audio_shell_sets_volume(self) -> bool:
        """Whether ``cmd audio set-volume`` acts; versions before it print nothing and exit 0."""
        return self.api >= 36

    @property
    def has_alarm_milliseconds(self) -> bool:
        """Whether ``dumpsys alarm`` prints the next alarm's time with milliseconds."""
        return self.api > 30

    @property
    def has_bluetooth_shell(self) -> bool:
        """Whether ``cmd bluetooth_manager`` acts; on 30 it has no shell command and exits 0."""
        return self.api > 30
