"""The small Unix commands of the device that work on text: builtins of the shell and toybox's."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.emulator._shell import Command, Invocation

__all__ = ["TOOLBOX"]


def _true(_invocation: Invocation) -> int:
    return 0


def _false(_invocation: Invocation) -> int:
    return 1


def _echo(invocation: Invocation) -> int:
    words = list(invocation.arguments)
    end = "\n"
    while words and re.fullmatch(r"-[neE]+", words[0]):
        if "n" in words.pop(0):
            end = ""
    invocation.say(" ".join(words), end=end)
    return 0


def _printf(invocation: Invocation) -> int:
    if not invocation.arguments:
        invocation.complain("printf: Needs 1 argument")
        return 1
    form, *values = invocation.arguments
    remaining = iter(values)
    escapes = {"n": "\n", "t": "\t", "\\": "\\", "r": "\r", "0": "\0"}

    def replace(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if match[0].startswith("%"):
            value = next(remaining, "")
            return value if match[0] == "%s" else str(int(value or 0))
        return escapes.get(match[0][1], match[0])

    invocation.say(re.sub(r"%%|%[sd]|\\.", replace, form), end="")
    return 0


async def _input(invocation: Invocation, paths: tuple[str, ...]) -> tuple[bytes, int]:
    """Return what the named files hold, or standard input where none is named."""
    if not paths:
        return await invocation.streams.stdin(), 0
    content, code = b"", 0
    for path in paths:
        try:
            content += invocation.device.storage.read(path)
        except OSError as error:
            invocation.complain(f"{invocation.words[0]}: {path}: {error.strerror}")
            code = 1
    return content, code


async def _cat(invocation: Invocation) -> int:
    content, code = await _input(invocation, tuple(path for path in invocation.arguments if path != "-"))
    invocation.streams.out(content)
    return code


async def _grep(invocation: Invocation) -> int:
    flags, words = "", list(invocation.arguments)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        flag = words.pop(0)
        if flag == "-e":
            break
        flags += flag[1:]
    if not words:
        invocation.complain("grep: no REGEX")
        return 2
    pattern = words[0]
    if "F" in flags:
        pattern = re.escape(pattern)
    elif "E" not in flags:
        pattern = re.sub(r"\\([|(){}+?])|([|(){}+?])", lambda m: m[1] or "\\" + m[2], pattern)
    regex = re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    content, _ = await _input(invocation, tuple(words[1:]))
    lines = content.decode("utf-8", "surrogateescape").splitlines()
    found = [line for line in lines if bool(regex.search(line)) != ("v" in flags)]
    if "c" in flags:
        invocation.say(str(len(found)))
    elif "q" not in flags:
        for line in found:
            matches = [match[0] for match in regex.finditer(line)] if "o" in flags else [line]
            for text in matches:
                invocation.say(text)
    return 0 if found else 1


def _count(invocation: Invocation) -> tuple[int, tuple[str, ...]]:
    """Return how many lines ``head`` and ``tail`` are to show (``-n 5``, ``-n5``, ``-5``), and the files."""
    count, paths, words = 10, [], iter(invocation.arguments)
    for word in words:
        if word == "-n":
            count = int(next(words, "10"))
        elif match := re.fullmatch(r"-n?(\d+)", word):
            count = int(match[1])
        else:
            paths.append(word)
    return count, tuple(paths)


async def _head(invocation: Invocation) -> int:
    count, paths = _count(invocation)
    content, code = await _input(invocation, paths)
    invocation.streams.out(b"".join(content.splitlines(keepends=True)[:count]))
    return code


async def _tail(invocation: Invocation) -> int:
    count, paths = _count(invocation)
    content, code = await _input(invocation, paths)
    invocation.streams.out(b"".join(content.splitlines(keepends=True)[-count:] if count else []))
    return code


async def _wc(invocation: Invocation) -> int:
    flags = "".join(word[1:] for word in invocation.arguments if word.startswith("-")) or "lwc"
    content, code = await _input(invocation, tuple(w for w in invocation.arguments if not w.startswith("-")))
    counts = {"l": content.count(b"\n"), "w": len(content.split()), "c": len(content)}
    invocation.say(" ".join(str(counts[flag]) for flag in "lwc" if flag in flags))
    return code


async def _sleep(invocation: Invocation) -> int:
    try:
        seconds = float(invocation.arguments[0])
    except (IndexError, ValueError):
        invocation.complain("sleep: Needs 1 argument")
        return 1
    await asyncio.sleep(seconds)
    return 0


def _date(invocation: Invocation) -> int:
    words = list(invocation.arguments)
    moment = invocation.device.now()
    if "-u" in words:
        words.remove("-u")
        moment = moment.astimezone(UTC)
    if not words:
        invocation.say(moment.strftime("%a %b %e %H:%M:%S %Z %Y"))
        return 0
    if not words[0].startswith("+"):
        invocation.complain(f"date: bad date '{words[0]}'")
        return 1
    form = words[0][1:].replace("%N", f"{moment.microsecond * 1000:09d}")
    form = form.replace("%s", str(int(moment.timestamp()))).replace("%:z", "%z")
    invocation.say(moment.strftime(form))
    return 0


def _id(invocation: Invocation) -> int:
    if "-u" in invocation.arguments:
        invocation.say("2000")
    else:
        invocation.say("uid=2000(shell) gid=2000(shell) groups=2000(shell),3003(inet) context=u:r:shell:s0")
    return 0


def _whoami(invocation: Invocation) -> int:
    invocation.say("shell")
    return 0


def _test(invocation: Invocation) -> int:
    words = list(invocation.arguments)
    if invocation.words[0] == "[" and (not words or words.pop() != "]"):
        invocation.complain("/system/bin/sh: [: missing ]")
        return 2
    negated = bool(words) and words[0] == "!"
    if negated:
        words.pop(0)
    match words:
        case []:
            result = False
        case [text]:
            result = bool(text)
        case ["-z", text]:
            result = not text
        case ["-n", text]:
            result = bool(text)
        case ["-f" | "-e" | "-d" as kind, path]:
            result = _is_there(invocation, path, kind)
        case [left, "=" | "==", right]:
            result = left == right
        case [left, "!=", right]:
            result = left != right
        case [left, "-eq", right]:
            result = left.strip() == right.strip()
        case _:
            invocation.complain(f"/system/bin/sh: {invocation.words[0]}: unexpected operator")
            return 2
    return int(result == negated)


def _is_there(invocation: Invocation, path: str, kind: str) -> bool:
    try:
        entry = invocation.device.storage.stat(path)
    except OSError:
        return False
    return kind == "-e" or entry.is_folder == (kind == "-d")


def _export(invocation: Invocation) -> int:
    for word in invocation.arguments:
        name, equals, value = word.partition("=")
        if equals:
            invocation.shell.variables[name] = value
    return 0


TOOLBOX: Mapping[str, Command] = {
    ":": _true,
    "[": _test,
    "cat": _cat,
    "cd": _true,
    "date": _date,
    "echo": _echo,
    "export": _export,
    "false": _false,
    "grep": _grep,
    "head": _head,
    "id": _id,
    "printf": _printf,
    "sleep": _sleep,
    "tail": _tail,
    "test": _test,
    "true": _true,
    "wc": _wc,
    "whoami": _whoami,
}
"""The commands by name."""
