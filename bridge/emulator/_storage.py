"""The file system of the phone, as far as the shell user sees it, over the files in the state.

Only the shared storage and /data/local/tmp can be written, as on a phone without root.
"""

from __future__ import annotations

import errno
import os
import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.emulator._app_data import File

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator._state import PhoneState

__all__ = ["Entry", "Storage"]

_WRITABLE = ("/sdcard", "/data/local/tmp")
_ALIASES = ("/storage/emulated/0", "/storage/self/primary", "/mnt/sdcard")
_FOLDER_MODE = 0o040771
_FILE_MODE = 0o100000


@dataclass(frozen=True, slots=True)
class Entry:
    """What ``stat`` tells: ``mode`` with the kind of file, the size in bytes, the time in epoch seconds."""

    mode: int
    size: int
    modified: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.mode == _FOLDER_MODE


class Storage:
    """The files and folders of one phone. ``now`` returns the present moment in epoch seconds.

    Every method raises OSError, with the errno that Linux gives, where a path cannot be used.
    """

    def __init__(self, state: PhoneState, now: Callable[[], float]) -> None:
        self._state = state
        self._now = now

    @staticmethod
    def resolve(path: str) -> str:
        """Return the one absolute name of a path; the shared storage is mounted under several."""
        path = posixpath.normpath(posixpath.join("/", path))
        for alias in _ALIASES:
            if _is_within(path, alias):
                return "/sdcard" + path.removeprefix(alias)
        return path.replace("//", "/", 1)

    def stat(self, path: str) -> Entry:
        """Return what is known of a file or folder."""
        name = self.resolve(path)
        file = self._state.files.get(name)
        if file is not None:
            return Entry(_FILE_MODE | file.mode, len(file.content), file.modified)
        if self._is_folder(name):
            return Entry(_FOLDER_MODE, 4096, 0)
        raise _error(errno.ENOENT)

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        if not self.stat(path).is_folder:
            raise _error(errno.ENOTDIR)
        prefix = self.resolve(path).rstrip("/") + "/"
        inside = (*self._state.files, *self._state.folders)
        return sorted(
            {name.removeprefix(prefix).partition("/")[0] for name in inside if name.startswith(prefix)}
        )

    def read(self, path: str) -> bytes:
        """Return a file's content."""
        if path == "/dev/null":
            return b""
        if self.stat(path).is_folder:
            raise _error(errno.EISDIR)
        return self._state.files[self.resolve(path)].content

    def open(self, path: str, *, append: bool = False) -> Callable[[bytes], None]:
        """Create or empty a file and return what writes to it, which raises OSError once nothing fits."""
        if path == "/dev/null":
            return lambda _data: None
        name = self._writable(path)
        if self._is_folder(name):
            raise _error(errno.EISDIR)
        if not self._is_folder(posixpath.dirname(name)):
            raise _error(errno.ENOENT)
        if not append or name not in self._state.files:
            self.write(path, b"")

        def add(data: bytes) -> None:
            self.write(path, self._state.files[name].content + data)

        return add

    def write(self, path: str, content: bytes, *, modified: int | None = None, mode: int = 0o660) -> None:
        """Put a file in place of what was there; its folder is made where it is missing.

        On a full storage as much is written as fits, and the rest is an OSError (ENOSPC).
        """
        name = self._writable(path)
        if self._is_folder(name):
            raise _error(errno.EISDIR)
        before = self._state.files.get(name)
        free = self._state.free_bytes
        room = None if free is None else free + (len(before.content) if before is not None else 0)
        kept = content if room is None else content[:room]
        moment = int(self._now()) if modified is None else modified
        self._state.files[name] = File(kept, moment, mode)
        if room is not None:
            self._state.free_bytes = room - len(kept)
        if len(kept) < len(content):
            raise _error(errno.ENOSPC)

    def set_mode(self, path: str, mode: int) -> None:
        """Change a file's permission bits."""
        name = self._writable(path)
        if name not in self._state.files:
            raise _error(errno.ENOENT)
        self._state.files[name] = replace(self._state.files[name], mode=mode)

    def make_folder(self, path: str, *, parents: bool = False) -> None:
        """Make a folder; with ``parents`` those above it too, and none of them has to be missing."""
        name = self._writable(path)
        if name in self._state.files or (self._is_folder(name) and not parents):
            raise _error(errno.EEXIST)
        if not parents and not self._is_folder(posixpath.dirname(name)):
            raise _error(errno.ENOENT)
        self._state.folders.append(name)

    def remove(self, path: str, *, recursive: bool = False) -> None:
        """Remove a file, or with ``recursive`` a folder and all that is in it."""
        entry, name = self.stat(path), self._writable(path)
        if entry.is_folder and not recursive:
            raise _error(errno.EISDIR)
        if name in _WRITABLE:
            raise _error(errno.EACCES)
        for inside in [file for file in self._state.files if _is_within(file, name)]:
            size = len(self._state.files.pop(inside).content)
            if self._state.free_bytes is not None:
                self._state.free_bytes += size
        self._state.folders = [folder for folder in self._state.folders if not _is_within(folder, name)]

    def _is_folder(self, name: str) -> bool:
        inside = (*self._state.files, *self._state.folders)
        return name in self._state.folders or any(
            _is_within(other, name) and other != name for other in inside
        )

    def _writable(self, path: str) -> str:
        name = self.resolve(path)
        if not any(_is_within(name, root) for root in _WRITABLE):
            raise _error(errno.EROFS if name.startswith(("/system", "/vendor")) else errno.EACCES)
        return name


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
