"""The commands of the device's toybox that look at files and change them."""

from __future__ import annotations

import stat
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.emulator._shell import Command, Invocation

__all__ = ["FILE_COMMANDS"]


def _split(invocation: Invocation) -> tuple[str, list[str]]:
    """Return the letters of the options and the paths."""
    words = invocation.arguments
    flags = "".join(word[1:] for word in words if word.startswith("-") and word != "-")
    return flags, [word for word in words if not word.startswith("-")]


def _each(invocation: Invocation, paths: list[str], act: Callable[[str], None], form: str = "{}") -> int:
    """Do something with every path; what fails is told in toybox's words, and the exit code is 1."""
    code = 0
    for path in paths:
        try:
            act(path)
        except OSError as error:
            invocation.complain(f"{invocation.words[0]}: {form.format(path)}: {error.strerror}")
            code = 1
    return code


def _ls(invocation: Invocation) -> int:
    flags, paths = _split(invocation)
    storage = invocation.device.storage

    def show(folder: str, name: str) -> None:
        invocation.say(_long(invocation, folder, name) if "l" in flags else name)

    def list_one(path: str) -> None:
        if not storage.stat(path).is_folder or "d" in flags:
            show("", path)
            return
        names = storage.names(path)
        if "l" in flags:
            invocation.say(f"total {4 * len(names)}")
        for name in [".", "..", *names] if "a" in flags else names:
            show(path, name)

    return _each(invocation, paths or ["/"], list_one)


def _long(invocation: Invocation, folder: str, name: str) -> str:
    entry = invocation.device.storage.stat(f"{folder}/{name}" if folder else name)
    moment = datetime.fromtimestamp(entry.modified, invocation.device.time_zone)
    links = 2 if entry.is_folder else 1
    return f"{stat.filemode(entry.mode)} {links} shell sdcard_rw {entry.size} {moment:%Y-%m-%d %H:%M} {name}"


def _rm(invocation: Invocation) -> int:
    flags, paths = _split(invocation)
    storage = invocation.device.storage

    def remove(path: str) -> None:
        try:
            storage.remove(path, recursive="r" in flags.lower())
        except FileNotFoundError:
            if "f" not in flags:
                raise

    return _each(invocation, paths, remove)


def _mkdir(invocation: Invocation) -> int:
    flags, paths = _split(invocation)
    storage = invocation.device.storage
    return _each(invocation, paths, lambda path: storage.make_folder(path, parents="p" in flags), "'{}'")


def _touch(invocation: Invocation) -> int:
    _, paths = _split(invocation)
    return _each(invocation, paths, lambda path: invocation.device.storage.open(path, append=True)(b""))


def _transfer(invocation: Invocation) -> int:
    """Copy or move files to a file or into a folder (``cp``, ``mv``)."""
    _, paths = _split(invocation)
    if len(paths) < 2:
        invocation.complain(f"{invocation.words[0]}: Needs 2 arguments")
        return 1
    *sources, target = paths
    storage = invocation.device.storage

    def transfer(source: str) -> None:
        content = storage.read(source)
        try:
            into = storage.stat(target).is_folder
        except FileNotFoundError:
            into = False
        storage.open(f"{target}/{source.rpartition('/')[2]}" if into else target)(content)
        if invocation.words[0].endswith("mv"):
            storage.remove(source)

    return _each(invocation, sources, transfer)


def _chmod(invocation: Invocation) -> int:
    words = invocation.arguments
    if len(words) < 2 or not words[0].isdecimal():
        invocation.complain("chmod: Needs 2 arguments")
        return 1
    mode = int(words[0], 8) & 0o777
    return _each(
        invocation, list(words[1:]), lambda path: invocation.device.storage.set_mode(path, mode), "'{}'"
    )


FILE_COMMANDS: Mapping[str, Command] = {
    "chmod": _chmod,
    "cp": _transfer,
    "ls": _ls,
    "mkdir": _mkdir,
    "mv": _transfer,
    "rm": _rm,
    "touch": _touch,
}
"""The commands by name."""
