"""The corners of Java that show through Android's commands: number parsing and stack traces."""

from __future__ import annotations

import re
import struct

__all__ = [
    "JavaError",
    "class_cast",
    "decode_int",
    "illegal_argument",
    "number_format",
    "parse_float",
    "parse_long",
    "security_error",
    "split_array",
]

_INT_RANGE = (-(2**31), 2**31 - 1)
_LONG_RANGE = (-(2**63), 2**63 - 1)
_FLOAT = re.compile(r"\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)\s*", re.ASCII)


class JavaError(Exception):
    """An exception that Android's code would throw; ``str`` is its first line in a stack trace."""

    def __init__(self, java_class: str, message: str) -> None:
        super().__init__(f"{java_class}: {message}")
        self.java_class = java_class

    def stack_trace(self, command: str) -> str:
        """Return what BasicShellCommandHandler prints on standard error for it."""
        return (
            f"\nException occurred while executing '{command}':\n{self}\n"
            "\tat android.os.BasicShellCommandHandler.exec(BasicShellCommandHandler.java)\n"
            "\tat android.os.ShellCommand.exec(ShellCommand.java)\n"
            "\tat android.os.Binder.shellCommand(Binder.java)\n"
        )


def illegal_argument(message: str) -> JavaError:
    """Return an IllegalArgumentException."""
    return JavaError("java.lang.IllegalArgumentException", message)


def number_format(text: str) -> JavaError:
    """Return the NumberFormatException for a text that is no number."""
    return JavaError("java.lang.NumberFormatException", f'For input string: "{text}"')


def security_error(message: str) -> JavaError:
    """Return a SecurityException."""
    return JavaError("java.lang.SecurityException", message)


def class_cast(message: str) -> JavaError:
    """Return a ClassCastException."""
    return JavaError("java.lang.ClassCastException", message)


def decode_int(text: str, *, wide_hexadecimal: bool = False) -> int:
    """Read an int as ``Integer.decode`` does: a leading 0 means octal, 0x, 0X and # hexadecimal.

    ``wide_hexadecimal`` also takes 0x80000000 to 0xffffffff, as negative numbers.
    """
    match = re.fullmatch(r"([+-]?)(0[xX]|#|0(?=.))?(.*)", text, re.DOTALL)
    if match is None:
        raise number_format(text)
    sign, prefix, digits = match.groups()
    base = {None: 10, "0": 8}.get(prefix, 16)
    value = _digits(digits, base, text)
    if wide_hexadecimal and base == 16 and not sign and 2**31 <= value < 2**32:
        return value - 2**32
    return _in_range(-value if sign == "-" else value, _INT_RANGE, text)


def parse_long(text: str) -> int:
    """Read a long as ``Long.valueOf`` does: decimal digits alone."""
    match = re.fullmatch(r"([+-]?)(.*)", text, re.DOTALL)
    if match is None:
        raise number_format(text)
    value = _digits(match[2], 10, text)
    return _in_range(-value if match[1] == "-" else value, _LONG_RANGE, text)


def parse_float(text: str, *, double: bool = False) -> float:
    """Read a float (rounded to 32 bits) or a double, as ``Float.valueOf`` does."""
    if not _FLOAT.fullmatch(text):
        raise number_format(text)
    value = float(text.strip().rstrip("fFdD") if "Inf" not in text and "NaN" not in text else text)
    if double:
        return value
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def split_array(value: str, pattern: str = ",") -> list[str]:
    """Split as Java's ``String.split`` does: empty strings at the end are dropped, "" gives [""]."""
    parts = re.split(pattern, value)
    if len(parts) == 1:
        return parts
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _digits(digits: str, base: int, whole: str) -> int:
    # int() alone would also take "1_0", " 1" and a second sign.
    if not digits or not all(character.isalnum() for character in digits):
        raise number_format(whole)
    try:
        return int(digits, base)
    except ValueError:
        raise number_format(whole) from None


def _in_range(value: int, limits: tuple[int, int], text: str) -> int:
    if not limits[0] <= value <= limits[1]:
        raise number_format(text)
    return value
