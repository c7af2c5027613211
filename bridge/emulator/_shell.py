"""The device's shell: runs what ``_shell_syntax`` has read.

Commands are looked up in a table; each gets its words, its streams and the device. Text is UTF-8; bytes that
are not come through unharmed (surrogateescape), as on a phone.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bridge.emulator._shell_syntax import (
    Group,
    Redirect,
    Simple,
    parse_shell,
)
from bridge.emulator._shell_words import ShellSyntaxError, Word

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bridge.emulator._device import Device
    from bridge.emulator._shell_syntax import CommandList, Pipeline

    Sink = Callable[[bytes], None]
    Source = Callable[[], Awaitable[bytes]]

__all__ = ["Command", "Invocation", "Shell", "Streams"]

NOT_FOUND = 127
_PREFIX = "/system/bin/sh: "


@dataclass(frozen=True, slots=True)
class Streams:
    """Standard input (read to its end), output and error."""

    stdin: Source
    out: Sink
    err: Sink


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of a command: its words (the name first), its streams and the device it runs on."""

    words: tuple[str, ...]
    streams: Streams
    device: Device
    shell: Shell

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words after the name."""
        return self.words[1:]

    def say(self, text: str, end: str = "\n") -> None:
        """Write a line to standard output."""
        self.streams.out(_encoded(text + end))

    def complain(self, text: str, end: str = "\n") -> None:
        """Write a line to standard error."""
        self.streams.err(_encoded(text + end))


class Command(Protocol):
    """A command of the phone: returns its exit code, or an awaitable of it where it waits."""

    def __call__(self, invocation: Invocation, /) -> int | Awaitable[int]: ...


class _ExitShell(Exception):  # noqa: N818 - not an error: the way out of nested lists for "exit"
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Shell:
    """One shell process: its variables and the exit code of its last command.

    ``flush`` is awaited before a command that waits, so that what was written before is seen at once.
    """

    def __init__(
        self,
        device: Device,
        commands: Mapping[str, Command],
        flush: Callable[[], Awaitable[None]],
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.device = device
        self.variables = dict(variables) if variables is not None else dict(_ENVIRONMENT)
        self.last_exit_code = 0
        self._commands = commands
        self._flush = flush

    async def run(self, source: str, streams: Streams) -> int:
        """Run a command line and return its exit code; 1 where it cannot be read."""
        try:
            commands = parse_shell(source)
        except ShellSyntaxError as error:
            streams.err(_encoded(f"{_PREFIX}{error}\n"))
            return 1
        try:
            return await self.run_list(commands, streams)
        except _ExitShell as leaving:
            return leaving.code

    async def run_list(self, commands: CommandList, streams: Streams) -> int:
        for connector, pipeline in commands.items:
            if connector == "&&" and self.last_exit_code != 0:
                continue
            if connector == "||" and self.last_exit_code == 0:
                continue
            self.last_exit_code = await self._run_pipeline(pipeline, streams)
        return self.last_exit_code

    async def _run_pipeline(self, pipeline: Pipeline, streams: Streams) -> int:
        stdin = streams.stdin
        for command in pipeline.commands[:-1]:
            written = bytearray()
            # Each command of a pipe is a process of its own: "exit" ends it alone.
            await self._child().run_alone(command, Streams(stdin, written.extend, streams.err))
            stdin = _reader(bytes(written))
        last = pipeline.commands[-1]
        own = replace(streams, stdin=stdin)
        if len(pipeline.commands) > 1:
            code = await self._child().run_alone(last, own)
        else:
            code = await self._run_command(last, own)
        return int(code == 0) if pipeline.negated else code

    async def run_alone(self, command: Simple | Group, streams: Streams) -> int:
        try:
            return await self._run_command(command, streams)
        except _ExitShell as leaving:
            return leaving.code

    def _child(self) -> Shell:
        child = Shell(self.device, self._commands, self._flush, self.variables)
        child.last_exit_code = self.last_exit_code
        return child

    async def _run_command(self, command: Simple | Group, streams: Streams) -> int:
        redirected = await self._redirected(command.redirects, streams)
        if redirected is None:
            return 1
        if isinstance(command, Group):
            shell = self._child() if command.subshell else self
            try:
                return await shell.run_list(command.body, redirected)
            except _ExitShell as leaving:
                if not command.subshell:
                    raise
                return leaving.code
        words = [text for word in command.words for text in await self._expand(word, streams)]
        assigned = {name: await self._single(word, streams) for name, word in command.assignments}
        if not words:
            self.variables |= assigned
            return 0
        try:
            return await self._run_words(tuple(words), redirected)
        except OSError as error:  # the file that the output goes to takes no more
            streams.err(_encoded(f"{_PREFIX}{words[0]}: {error.strerror}\n"))
            return 1

    async def _run_words(self, words: tuple[str, ...], streams: Streams) -> int:
        if words[0] == "exit":
            code = words[1] if len(words) > 1 else str(self.last_exit_code)
            raise _ExitShell(int(code) & 0xFF if code.isdecimal() else 1)
        handler = self._commands.get(words[0].rsplit("/", 1)[-1])
        if handler is None:
            streams.err(_encoded(f"{_PREFIX}{words[0]}: inaccessible or not found\n"))
            return NOT_FOUND
        result = handler(Invocation(words, streams, self.device, self))
        if inspect.isawaitable(result):
            await self._flush()
            result = await result
        return int(result) & 0xFF

    async def _redirected(self, redirects: tuple[Redirect, ...], streams: Streams) -> Streams | None:
        for redirect in redirects:
            target = await self._single(redirect.target, streams)
            if redirect.operator == ">&":
                existing = {"1": streams.out, "2": streams.err}.get(target)
                if existing is None:
                    streams.err(_encoded(f"{_PREFIX}>&{target}: illegal file descriptor name\n"))
                    return None
                streams = _with_sink(streams, redirect.descriptor, existing)
            elif redirect.operator == "<":
                try:
                    streams = replace(streams, stdin=_reader(self.device.storage.read(target)))
                except OSError as error:
                    streams.err(_encoded(f"{_PREFIX}can't open {target}: {error.strerror}\n"))
                    return None
            else:
                try:
                    sink = self.device.storage.open(target, append=redirect.operator == ">>")
                except OSError as error:
                    streams.err(_encoded(f"{_PREFIX}can't create {target}: {error.strerror}\n"))
                    return None
                streams = _with_sink(streams, redirect.descriptor, sink)
        return streams

    async def _expand(self, word: Word, streams: Streams) -> list[str]:
        """Return the fields of a word: unquoted expansions are split at blanks, quoted ones never are."""
        fields: list[str] = []
        current: str | None = None
        for part in word:
            text = await self._value(part.kind, part.text, streams)
            if part.kind == "text" or part.quoted:
                current = (current or "") + text
                continue
            pieces = text.split()
            if text[:1].isspace() and current is not None:
                fields.append(current)
                current = None
            for number, piece in enumerate(pieces):
                if number:
                    fields.append(current or "")
                    current = None
                current = (current or "") + piece
            if pieces and text[-1:].isspace() and current is not None:
                fields.append(current)
                current = None
        return fields if current is None else [*fields, current]

    async def _single(self, word: Word, streams: Streams) -> str:
        return "".join([await self._value(part.kind, part.text, streams) for part in word])

    async def _value(self, kind: str, text: str, streams: Streams) -> str:
        if kind == "text":
            return text
        if kind == "variable":
            return {"?": str(self.last_exit_code), "$": "4321", "#": "0", "0": "sh"}.get(
                text, self.variables.get(text, "")
            )
        written = bytearray()
        child = self._child()
        self.last_exit_code = await child.run(text, Streams(streams.stdin, written.extend, streams.err))
        return bytes(written).decode("utf-8", "surrogateescape").rstrip("\n")


_ENVIRONMENT = {
    "HOME": "/",
    "HOSTNAME": "emulated",
    "PATH": "/product/bin:/apex/com.android.runtime/bin:/system/bin:/system/xbin:/vendor/bin",
    "PWD": "/",
    "SHELL": "/bin/sh",
    "TMPDIR": "/data/local/tmp",
    "USER": "shell",
    "ANDROID_DATA": "/data",
    "ANDROID_ROOT": "/system",
    "EXTERNAL_STORAGE": "/sdcard",
}


def _encoded(text: str) -> bytes:
    # A lone surrogate that stands for no byte cannot come from the wire; Java writes "?" for one.
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _reader(content: bytes) -> Source:
    async def read() -> bytes:
        return content

    return read


def _with_sink(streams: Streams, descriptor: int, sink: Sink) -> Streams:
    return replace(streams, err=sink) if descriptor == 2 else replace(streams, out=sink)
