"""Text from elsewhere, made harmless where it is shown.

A phone, a contact's name or a request can hold escape sequences, which a terminal obeys: they move the
cursor, change the title, or write into the clipboard. Line breaks could pretend to be a line of ours, and
marks of direction can show a text in another order than it has.
"""

from __future__ import annotations

import re

__all__ = ["harmless_json", "plain_text", "without_paths"]

_PATH = re.compile(r"(?<![\w:/.])/(?:[\w.@+~-]+/)+[\w.@+~-]*[\w@+~-]")
_SPACES = re.compile(r"[\t\n\r\u2028\u2029]+")
# Controls of ASCII and of Latin-1 (U+009B begins an escape sequence too), directions, halves of pairs.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSEEN_IN_JSON = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]"
)


def plain_text(text: str) -> str:
    """Return the text on one line, with a replacement character for each that steers a terminal."""
    return _UNSEEN.sub("\ufffd", _SPACES.sub(" ", text))


def harmless_json(line: str) -> str:
    """Return JSON of the same value, with what ``json.dumps`` leaves and a terminal obeys escaped."""
    return _UNSEEN_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def without_paths(text: str) -> str:
    """Return the text with ``[path]`` for each absolute path, which is no client's business."""
    return _PATH.sub("[path]", text)
