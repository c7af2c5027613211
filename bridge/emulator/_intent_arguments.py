"""How ``am`` and its relatives read an intent from their arguments, with AOSP's bugs.

Source: AOSP Intent.parseCommandArgs. Kept on purpose: ``--ei`` reads a leading zero as octal, ``--esa``
splits on commas that no backslash precedes and leaves the backslash in, only one word after the options
counts, and some extras alone count as an intent while others do not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bridge.emulator._intent import CATEGORY_LAUNCHER, FLAGS, MAIN, Component, Extra, Intent
from bridge.emulator._java import (
    JavaError,
    decode_int,
    illegal_argument,
    parse_float,
    parse_long,
    split_array,
)
from bridge.emulator._uri import Uri

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator._arguments import Arguments
    from bridge.emulator._profile import Profile

__all__ = ["parse_intent"]

_ESCAPED_COMMA = r"(?<!\\),"


def _read_boolean(text: str) -> bool:
    lowered = text.lower()
    if lowered in ("true", "t"):
        return True
    if lowered in ("false", "f"):
        return False
    try:
        return decode_int(lowered) != 0
    except JavaError:
        raise illegal_argument(f"Invalid boolean value: {lowered}") from None


def _read_component(text: str) -> str:
    return Component.unflatten(text).flatten()


def _double(text: str) -> float:
    return parse_float(text, double=True)


_SCALARS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "-e": ("String", str),
    "--es": ("String", str),
    "--ei": ("int", decode_int),
    "--el": ("long", parse_long),
    "--ef": ("float", parse_float),
    "--ez": ("boolean", _read_boolean),
    "--eu": ("Uri", str),
    "--ecn": ("ComponentName", _read_component),
    "--ed": ("double", _double),
}
_LISTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--eia": ("int[]", decode_int),
    "--eial": ("ArrayList<Integer>", decode_int),
    "--ela": ("long[]", parse_long),
    "--elal": ("ArrayList<Long>", parse_long),
    "--efa": ("float[]", parse_float),
    "--efal": ("ArrayList<Float>", parse_float),
    "--esa": ("String[]", str),
    "--esal": ("ArrayList<String>", str),
    "--eda": ("double[]", _double),
    "--edal": ("ArrayList<Double>", _double),
}
_NEWER = {"--ed", "--eda", "--edal"}
_COUNTS_AS_INTENT = {"--ef", "--ela", "--elal", "--efa", "--efal", "--esa", "--esal"}


def parse_intent(
    arguments: Arguments,
    profile: Profile,
    other_option: Callable[[str, Arguments], bool] = lambda _option, _arguments: False,
) -> Intent:
    """Read an intent.

    ``other_option`` is offered each option that is not part of an intent and returns whether it is known.

    Raises:
        JavaError: what AOSP would throw, for example "No intent supplied".

    """
    return _Parser(arguments, profile, other_option).parse()


class _Parser:
    def __init__(
        self, arguments: Arguments, profile: Profile, other_option: Callable[[str, Arguments], bool]
    ) -> None:
        self._arguments = arguments
        self._profile = profile
        self._other_option = other_option
        self._base = Intent()
        self._intent = self._base
        self._data: Uri | None = None
        self._type: str | None = None
        self._has_info = False

    def parse(self) -> Intent:
        while (option := self._arguments.option()) is not None:
            self._read(option)
        self._intent.data, self._intent.type = self._data, self._type
        intent = self._base
        has_selector = self._intent is not intent
        if has_selector:
            intent.selector = self._intent
        positional = self._arguments.value()
        filler = self._filler(positional, has_selector=has_selector)
        if filler is not None:
            _fill_in(intent, filler)
            self._has_info = True
        if not self._has_info:
            raise illegal_argument("No intent supplied")
        return intent

    def _read(self, option: str) -> None:
        if option in FLAGS:
            self._intent.flags |= FLAGS[option]
        elif option in _NEWER and not self._profile.has_double_extras:
            self._foreign(option)
        elif option in _SCALARS:
            java_type, read = _SCALARS[option]
            key, value = self._arguments.required(), self._arguments.required()
            self._extra(option, key, Extra(java_type, read(value)))
        elif option in _LISTS:
            java_type, read = _LISTS[option]
            key, value = self._arguments.required(), self._arguments.required()
            separator = _ESCAPED_COMMA if java_type in ("String[]", "ArrayList<String>") else ","
            items = tuple(read(item) for item in split_array(value, separator))
            self._extra(option, key, Extra(java_type, items))
        elif option == "--esn":
            self._extra(option, self._arguments.required(), Extra("String", None))
        elif option == "--selector":
            self._intent.data, self._intent.type = self._data, self._type
            self._intent = Intent()  # AOSP does not reset its data and type here
        elif not self._read_field(option):
            self._foreign(option)

    def _read_field(self, option: str) -> bool:
        intent = self._intent
        match option:
            case "-a":
                intent.action = self._arguments.required()
            case "-d":
                self._data = Uri(self._arguments.required())
            case "-t":
                self._type = self._arguments.required()
            case "-i":
                intent.identifier = self._arguments.required()
            case "-c":
                category = self._arguments.required()
                if category not in intent.categories:
                    intent.categories.append(category)
            case "-n":
                intent.component = Component.unflatten(self._arguments.required())
            case "-p":
                intent.package = self._arguments.required()
            case "-f":
                wide = self._profile.reads_high_hexadecimal_flags
                intent.flags = decode_int(self._arguments.required(), wide_hexadecimal=wide) & 0xFFFFFFFF
                return True  # flags alone are no intent
            case _:
                return False
        self._has_info |= intent is self._base
        return True

    def _extra(self, option: str, key: str, extra: Extra) -> None:
        self._intent.extras[key] = extra
        self._has_info |= option in _COUNTS_AS_INTENT

    def _foreign(self, option: str) -> None:
        if not self._other_option(option, self._arguments):
            raise illegal_argument(f"Unknown option: {option}")

    @staticmethod
    def _filler(positional: str | None, *, has_selector: bool) -> Intent | None:
        if positional is None:
            return Intent(action=MAIN, categories=[CATEGORY_LAUNCHER]) if has_selector else None
        if ":" in positional:
            return _parse_uri(positional)
        launch = Intent(action=MAIN, categories=[CATEGORY_LAUNCHER])
        if "/" in positional:
            launch.component = Component.unflatten(positional)
        else:
            launch.package = positional
        return launch


def _fill_in(intent: Intent, filler: Intent) -> None:
    """Take over what the intent does not have itself; a launch's categories only with its action."""
    categories = [] if intent.action is not None else filler.categories
    if intent.action is None:
        intent.action = filler.action
    if intent.data is None and intent.type is None:
        intent.data, intent.type = filler.data, filler.type
    if not intent.categories:
        intent.categories = list(categories)
    if intent.package is None and intent.selector is None:
        intent.package = filler.package
    if filler.component is not None:
        intent.component = filler.component
    if filler.selector is not None and intent.package is None:
        intent.selector = filler.selector
    intent.flags |= filler.flags
    intent.extras = {**filler.extras, **intent.extras}


def _parse_uri(text: str) -> Intent:
    """Read the word after the options as ``Intent.parseUri`` does.

    A plain URI is viewed. An ``intent:`` URI says everything itself, down to component and flags: the
    reason why text from outside must never stand there.
    """
    match = re.fullmatch(r"intent:(.*?)#Intent;(.*)", text, re.DOTALL)
    if match is None:
        return Intent(action="android.intent.action.VIEW", data=Uri(text))
    data, fields = match.groups()
    if fields != "end" and not fields.endswith(";end"):
        raise JavaError("java.net.URISyntaxException", f"intent end missing: {text}")
    intent = Intent(action="android.intent.action.VIEW")
    scheme = None
    for item in fields.removesuffix("end").split(";")[:-1]:
        key, equals, raw = item.partition("=")
        value = unquote(raw)
        if key == "action":
            intent.action = value
        elif key == "category":
            intent.categories.append(value)
        elif key == "type":
            intent.type = value
        elif key == "launchFlags":
            intent.flags = decode_int(value) & 0xFFFFFFFF
        elif key == "package":
            intent.package = value
        elif key == "component":
            intent.component = Component.unflatten(value)
        elif key == "scheme":
            scheme = value
        elif key[1:2] == "." and equals:
            intent.extras[unquote(key[2:])] = _uri_extra(key[0], value)
        else:
            raise JavaError("java.net.URISyntaxException", f"unknown EXTRA type: {text}")
    if data:
        intent.data = Uri(f"{scheme}:{data}" if scheme else data)
    return intent


def _uri_extra(kind: str, value: str) -> Extra:
    match kind:
        case "S":
            return Extra("String", value)
        case "B":
            return Extra("boolean", value.lower() == "true")
        case "i":
            return Extra("int", parse_long(value))
        case "l":
            return Extra("long", parse_long(value))
        case "f":
            return Extra("float", parse_float(value))
        case "d":
            return Extra("double", _double(value))
        case _:
            raise JavaError("java.net.URISyntaxException", f"unknown EXTRA type: {kind}")
