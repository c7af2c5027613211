"""The screen as a picture. Source of chunks and checksums: the PNG specification (ISO/IEC 15948)."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge._classify import failure_status, problem
from bridge.outcome import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from bridge._phone import Phone
    from tools_schema import Call

__all__ = ["png_size", "take_screenshot"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NO_TEXT = r"(?!)"


def take_screenshot(phone: Phone, _call: Call) -> Outcome:
    """Take a picture of the screen; the evidence of the command holds it as PNG."""
    answer = phone.run("screencap", "-p", keep=_NO_TEXT)
    size = png_size(answer.data)
    if size is None:
        found = problem(answer)
        why = found.text if found else "what came back is no whole PNG picture"
        status = failure_status(found) if found else OutcomeStatus.FAILED
        return Outcome(status, f"There is no screenshot: {why}.")
    phone.evidence[-1] = replace(phone.evidence[-1], data=answer.data)
    width, height = size
    read_back = {"width": str(width), "height": str(height), "bytes": str(len(answer.data))}
    message = f"The screenshot has {width} by {height} pixels."
    return Outcome(OutcomeStatus.VERIFIED, message, read_back=read_back)


def png_size(data: bytes) -> tuple[int, int] | None:
    """Return a PNG picture's width and height in pixels; None where it is none, is cut off or was changed."""
    if not data.startswith(_SIGNATURE):
        return None
    size: tuple[int, int] | None = None
    position = len(_SIGNATURE)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        checksum = int.from_bytes(data[end - 4 : end])
        if end > len(data) or zlib.crc32(data[position + 4 : end - 4]) != checksum:
            return None
        kind = data[position + 4 : position + 8]
        if kind == b"IHDR":
            size = (
                int.from_bytes(data[position + 8 : position + 12]),
                int.from_bytes(data[position + 12 : position + 16]),
            )
        if kind == b"IEND":
            return size
        position = end
    return None
