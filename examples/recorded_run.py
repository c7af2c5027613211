"""Record a real session in terminals as an SVG picture: the one in the README.

``python examples/recorded_run.py docs/recorded-run.svg`` starts an emulated phone and the service with the
real model, talks to it as a person would, and draws what the programs print. It needs nothing but the
package, the ports 5555 and 50551, and a minute; where ``grpcurl`` is installed, the run has a call of it too.
Durations are left out, since they say as much about the machine as about the software; ``--timings`` keeps
them.
"""

from __future__ import annotations

import argparse
import codecs
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import termios
import time
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS = 108
PATIENCE = 300.0
"""Seconds that a program may take for its next prompt, on a machine with other work."""

PHONE = "emulator-5554"
"""What adb calls a phone on port 5555."""

CONVERSATION = ("set an alarm", "at quarter past seven", "")
CONFIRMED = "turn off mobile data"

_ASKED = re.compile(r"(^|\n)(> |[^\n]*\[y/N\]:? )$")
_STARTED = re.compile(r"stop with Ctrl-C\n")
_DURATION = re.compile(r"\b[\d.]+ (?=ms\b)")
_FONTS_FROM_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class Terminal:
    """A program in a terminal of its own; ``output`` is what the terminal has shown so far."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.command = shlex.join(command)
        self.output = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._screen, inner = pty.openpty()
        termios.tcsetwinsize(inner, (40, COLUMNS))
        self._program = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment)
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.terminate()
        self._program.wait()
        os.close(self._screen)

    def type(self, line: str) -> None:
        """Type a line, which the terminal shows as it does for a person."""
        os.write(self._screen, f"{line}\n".encode())

    def read_until(self, pattern: re.Pattern[str], seconds: float = PATIENCE) -> None:
        """Read on until what comes from now on matches. Raises RuntimeError where it does not."""
        begin, end = len(self.output), time.monotonic() + seconds
        while not pattern.search(self.output, begin):
            if not self._read(end):
                raise RuntimeError(f"{self.command}: no {pattern.pattern} in\n{self.output}")

    def read_to_end(self, seconds: float = PATIENCE) -> None:
        """Read until the program ends. Raises RuntimeError where it fails, or does not end in time."""
        end = time.monotonic() + seconds
        while self._read(end):
            pass
        try:
            failed = self._program.wait(max(1.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            failed = True
        if failed:
            raise RuntimeError(f"{self.command}: failed, or did not end, after\n{self.output}")

    def _read(self, end: float) -> bool:
        """Read what there is, waiting for it; False where the program has ended or the time is up."""
        if not select.select([self._screen], [], [], max(0.0, end - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self._screen, 65536)
        except OSError:  # so Linux says that the program has closed its terminal
            return False
        self.output += self._decoder.decode(data).replace("\r", "")
        return bool(data)


class Session:
    """Terminals side by side in one environment, with settings and a history of their own."""

    def __init__(self, folder: Path) -> None:
        self._running = ExitStack()
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("INTENT_AGENT_")
        } | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "TERM": "xterm-256color",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
        }
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def start(self, *command: str) -> None:
        """Start a program that goes on in its own terminal, and wait until it says so."""
        terminal = self._running.enter_context(self._terminal(command))
        terminal.read_until(_STARTED)
        self._show(terminal)

    def run(self, *command: str, typed: Sequence[str] = ()) -> None:
        """Run a program to its end, typing a line whenever it asks for one."""
        with self._terminal(command) as terminal:
            for line in typed:
                terminal.read_until(_ASKED)
                terminal.type(line)
            terminal.read_to_end()
            self._show(terminal)

    def _terminal(self, command: Sequence[str]) -> Terminal:
        return Terminal(command, self._environment)

    def _show(self, terminal: Terminal) -> None:
        self.shown += f"\x1b[1;36m$ {terminal.command}\x1b[0m\n{terminal.output.rstrip()}\n\n"


def session(folder: Path) -> str:
    """Hold the session and return what the terminals showed, one after another."""
    with Session(folder) as terminals:
        terminals.start("intent-agent", "emulator", "--port", "5555")
        terminals.start("intent-agent", "serve", "--adb", "own:0")
        service = "127.0.0.1:50551"
        terminals.run("python", "examples/clients/follow_up.py", service, PHONE, typed=CONVERSATION)
        terminals.run("intent-agent", "do", "--server", service, "-s", PHONE, CONFIRMED, typed=["y"])
        if shutil.which("grpcurl"):
            method = "intentagent.tools.phone.v1.ClockService/SetTimer"
            header = f"intent-agent-serial: {PHONE}"
            terminals.run("grpcurl", "-plaintext", "-H", header, "-d", '{"duration": "600"}', service, method)
        terminals.run("intent-agent", "history", "list")
        return terminals.shown


def picture(shown: str) -> str:
    """Return what terminals showed as SVG, which loads nothing from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(shown.rstrip()))
    return _FONTS_FROM_ELSEWHERE.sub("", console.export_svg(title="Intent Agent"))


def main() -> None:
    """Record the session into the file that the command line names."""
    parser = argparse.ArgumentParser(description="Record a real session as an SVG picture.")
    parser.add_argument("out", type=Path, help="the picture's file")
    parser.add_argument("--timings", action="store_true", help="keep durations: on a quiet machine")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="intent-agent-") as folder:
        shown = session(Path(folder))
    arguments.out.write_text(picture(shown if arguments.timings else _DURATION.sub("… ", shown)), "utf-8")


if __name__ == "__main__":
    main()
