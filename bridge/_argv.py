"""An intent as the argument vector of ``am start``.

Source of the options: AOSP, ``Intent.parseCommandArgs`` and ``ActivityManagerShellCommand``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge._intent import Intent, IntentExtra, JavaType
from bridge.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["start_argv"]

_SCHEMES = frozenset({"http", "https", "geo", "tel", "smsto", "mailto", "content"})

_FLAGS = {
    JavaType.STRING: "--es",
    JavaType.BOOLEAN: "--ez",
    JavaType.INT: "--ei",
    JavaType.LONG: "--el",
    JavaType.INTEGER_LIST: "--eial",
    JavaType.STRING_ARRAY: "--esa",
}

_RANGES = {JavaType.INT: range(-(2**31), 2**31), JavaType.LONG: range(-(2**63), 2**63)}


def start_argv(intent: Intent, *, wait: bool) -> tuple[str, ...]:
    """Return ``am start`` with the intent's options.

    With ``wait`` (``-W``) the command ends when the activity is drawn and names it; that suits activities
    with a window only. The URI is always an option (``-d``): as the last, bare argument ``am`` would parse
    it as a whole intent, in which a text could name a component.

    Raises:
        InvalidValueError: the data's scheme is not allowed, a number does not fit its Java type, or an item
            of a string array is empty or holds a comma.

    """
    argv = ["am", "start"]
    if wait:
        argv.append("-W")
    argv += ["-a", intent.action]
    if intent.data:
        _check_scheme(intent.data)
        argv += ["-d", intent.data]
    if intent.mime_type:
        argv += ["-t", intent.mime_type]
    for category in intent.categories:
        argv += ["-c", category]
    for extra in intent.extras:
        argv += [_FLAGS[extra.type], extra.key, _text(extra)]
    return tuple(argv)


def _check_scheme(data: str) -> None:
    scheme = data.partition(":")[0]
    if scheme not in _SCHEMES:
        raise InvalidValueError(
            f"{data[:80]!r} is not opened: its scheme is none of {', '.join(sorted(_SCHEMES))}",
            data=data[:200],
        )


def _text(extra: IntentExtra) -> str:
    value = extra.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value not in _RANGES[extra.type]:
            raise InvalidValueError(f"{value} does not fit a Java {extra.type} ({extra.key})", key=extra.key)
        return str(value)  # decimal without leading zeros: `am` reads 010 as octal
    if isinstance(value, str):
        return value
    return ",".join(_items(extra.key, value))


def _items(key: str, items: tuple[int, ...] | tuple[str, ...]) -> Iterator[str]:
    for item in items:
        text = str(item)
        # `am` splits at commas; its help names an escape, but the backslash is never removed again. Empty
        # items at the end are dropped (java.lang.String.split).
        if not text or "," in text or text.endswith("\\"):
            raise InvalidValueError(
                f"{text[:80]!r} cannot be sent: an item of a list may not be empty, hold a comma or end in a "
                "backslash",
                key=key,
            )
        yield text
