"""Logs that a person or a program reads, and that tell nothing they should not.

Whatever is logged, these are masked: tokens of the service, numbers and addresses of people, and characters
that would move the cursor of a terminal or begin a line of their own.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from agent.plain_text import plain_text
from agent.security import current_identity

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["configure_logging", "masked"]

_TOKEN = re.compile(r"ia_[0-9a-f]{12}_[A-Za-z0-9_-]+|(?i:bearer)\s+[^\s,;'\")\]]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_DATE = r"\d{4}-\d\d-\d\d\b"
_NUMBER = re.compile(rf"(?<![\w.:-])(?!{_DATE})\+?\(?\d(?:[ ()/-]{{0,2}}\d){{6,}}(?![\w:-])")


def masked(text: str) -> str:
    """Return the text without tokens, e-mail addresses and what looks like a telephone number."""
    for pattern, mark in ((_TOKEN, "[token]"), (_EMAIL, "[address]"), (_NUMBER, "[number]")):
        text = pattern.sub(mark, text)
    return text


class _Formatter(logging.Formatter):
    """Masks what a record says, its exception included, and adds the client whose RPC it is about."""

    def formatException(self, ei: logging._SysExcInfoType) -> str:  # noqa: N802 - logging's own name
        return masked(super().formatException(ei))

    def client(self) -> str:
        try:
            return current_identity().client
        except LookupError:  # not in an RPC
            return ""


class _JsonFormatter(_Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if client := self.client():
            line["client"] = client
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


class _TextFormatter(_Formatter):
    """One line for a person, and below it an exception's stack."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().isoformat(sep=" ", timespec="milliseconds")
        client = f" [{self.client()}]" if self.client() else ""
        line = f"{time} {record.levelname} {record.name}{client}: {plain_text(masked(record.getMessage()))}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure_logging(
    level: str = "INFO", form: Literal["text", "json"] = "text", stream: TextIO | None = None
) -> None:
    """Log everything at the level and above to a stream, standard error where none is given.

    Of the library that writes model files only warnings are logged, at the least.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonFormatter() if form == "json" else _TextFormatter())
    root = logging.getLogger()
    for before in root.handlers[:]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(level)
    # It tells of each tensor that it writes into a model file.
    logging.getLogger("gguf").setLevel(max(logging.WARNING, root.level))
