"""An Android intent, and how Android prints one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from bridge.emulator._java import illegal_argument

if TYPE_CHECKING:
    from bridge.emulator._uri import Uri

__all__ = [
    "CATEGORY_DEFAULT",
    "CATEGORY_LAUNCHER",
    "FLAGS",
    "MAIN",
    "Component",
    "Extra",
    "Intent",
    "LoggedIntent",
]

MAIN = "android.intent.action.MAIN"
CATEGORY_LAUNCHER = "android.intent.category.LAUNCHER"
CATEGORY_DEFAULT = "android.intent.category.DEFAULT"

FLAGS = {
    "--grant-read-uri-permission": 0x00000001,
    "--grant-write-uri-permission": 0x00000002,
    "--grant-persistable-uri-permission": 0x00000040,
    "--grant-prefix-uri-permission": 0x00000080,
    "--exclude-stopped-packages": 0x00000010,
    "--include-stopped-packages": 0x00000020,
    "--debug-log-resolution": 0x00000008,
    "--activity-brought-to-front": 0x00400000,
    "--activity-clear-top": 0x04000000,
    "--activity-clear-when-task-reset": 0x00080000,
    "--activity-exclude-from-recents": 0x00800000,
    "--activity-launched-from-history": 0x00100000,
    "--activity-multiple-task": 0x08000000,
    "--activity-no-animation": 0x00010000,
    "--activity-no-history": 0x40000000,
    "--activity-no-user-action": 0x00040000,
    "--activity-previous-is-top": 0x01000000,
    "--activity-reorder-to-front": 0x00020000,
    "--activity-reset-task-if-needed": 0x00200000,
    "--activity-single-top": 0x20000000,
    "--activity-clear-task": 0x00008000,
    "--activity-task-on-home": 0x00004000,
    "--activity-match-external": 0x00000800,
    "--receiver-registered-only": 0x40000000,
    "--receiver-replace-pending": 0x20000000,
    "--receiver-foreground": 0x10000000,
    "--receiver-no-abort": 0x08000000,
    "--receiver-include-background": 0x01000000,
}
"""The options that add a flag, with the constants of AOSP's Intent class."""


@dataclass(frozen=True, slots=True)
class Component:
    """A package and a class in it."""

    package: str
    cls: str

    @classmethod
    def unflatten(cls, text: str) -> Component:
        """Read ``package/.Class`` or ``package/full.Class``.

        Raises:
            JavaError: there is no slash or no class (IllegalArgumentException).

        """
        package, slash, name = text.partition("/")
        if not slash or not name:
            raise illegal_argument(f"Bad component name: {text}")
        return cls(package, package + name if name.startswith(".") else name)

    def flatten(self) -> str:
        """Return the short form, with the package's name left out of the class's."""
        if self.cls.startswith(self.package + "."):
            return f"{self.package}/{self.cls[len(self.package) :]}"
        return f"{self.package}/{self.cls}"


def _array(value: object) -> object:
    """Return a list as the tuple that it was before it went through JSON."""
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Extra:
    """An intent's extra and its Java type as the receiver sees it: ``int``, ``ArrayList<Integer>``.

    JSON has no infinity: such a float is None in a state that was loaded.
    """

    type: str
    value: Annotated[Any, AfterValidator(_array)]


@dataclass(slots=True)
class Intent:
    """What shall be done, with which data. Extras keep their Java types."""

    action: str | None = None
    data: Uri | None = None
    type: str | None = None
    identifier: str | None = None
    package: str | None = None
    component: Component | None = None
    categories: list[str] = field(default_factory=list)
    flags: int = 0
    extras: dict[str, Extra] = field(default_factory=dict)
    selector: Intent | None = None

    def __str__(self) -> str:
        parts = [f"act={self.action}"] if self.action is not None else []
        if self.categories:
            parts.append(f"cat=[{','.join(self.categories)}]")
        if self.data is not None:
            parts.append(f"dat={self.data.redacted()}")
        if self.type is not None:
            parts.append(f"typ={self.type}")
        if self.flags:
            parts.append(f"flg=0x{self.flags & 0xFFFFFFFF:x}")
        if self.package is not None:
            parts.append(f"pkg={self.package}")
        if self.component is not None:
            parts.append(f"cmp={self.component.flatten()}")
        if self.extras:
            parts.append("(has extras)")
        return f"Intent {{ {' '.join(parts)} }}"

    def is_launch(self) -> bool:
        """Return whether it is what a tap on an app's icon sends."""
        return self.action == MAIN and CATEGORY_LAUNCHER in self.categories

    def string(self, key: str) -> str | None:
        """Return a String extra; one of another type reads as absent, as ``getStringExtra`` does."""
        extra = self.extras.get(key)
        return extra.value if extra is not None and extra.type == "String" else None

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a String[] extra, or nothing where it is absent or of another type."""
        extra = self.extras.get(key)
        return tuple(extra.value) if extra is not None and extra.type == "String[]" else ()

    def integer(self, key: str, default: int) -> int:
        """Return an int extra, or the default where it is absent or of another type."""
        extra = self.extras.get(key)
        return int(extra.value) if extra is not None and extra.type == "int" else default

    def long(self, key: str) -> int | None:
        """Return a long extra. An int is no long: Android logs a warning and takes the default."""
        extra = self.extras.get(key)
        return int(extra.value) if extra is not None and extra.type == "long" else None

    def boolean(self, key: str, default: bool = False) -> bool:
        """Return a boolean extra, or the default where it is absent or of another type."""
        extra = self.extras.get(key)
        return bool(extra.value) if extra is not None and extra.type == "boolean" else default


@dataclass(frozen=True, slots=True)
class LoggedIntent:
    """An intent as an activity has received it."""

    action: str | None
    data: str | None
    type: str | None
    component: str
    categories: tuple[str, ...]
    extras: dict[str, Extra]
    flags: int
