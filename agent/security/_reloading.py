"""A value that is read from files, and read again when one of them has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Reloading"]

_Value = TypeVar("_Value")


class Reloading(Generic[_Value]):
    """What ``load`` makes of the files; the constructor raises what it raises."""

    def __init__(self, load: Callable[[], _Value], *paths: Path) -> None:
        self._paths = paths
        self._load = load
        self._stamp = self._now()
        self._value = load()

    @property
    def value(self) -> _Value:
        """What was read last, without a look at the files."""
        return self._value

    def refresh(self, *, force: bool = False) -> bool:
        """Read again where a file has changed since, or in any case with ``force``; return whether it was.

        Raises what ``load`` raises, until the files are good again; till then ``value`` is the one before.
        """
        stamp = self._now()
        if not force and stamp == self._stamp:
            return False
        self._value = self._load()
        self._stamp = stamp
        return True

    def _now(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_stamp(path) for path in self._paths)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
