"""The built-in tools as data sees them, and how a written value becomes an argument."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from agent.model.data._errors import PhraseFileError
from tools_schema import Kind, Parameter, ValueType, load_tool_set

Argument: TypeAlias = str | int | float | bool | list[str] | list[int] | list[float]
Json: TypeAlias = str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None

_COPIED = {Kind.TEXT, Kind.APP, Kind.CONTACT, Kind.PHONE_NUMBER, Kind.EMAIL, Kind.URL}

TOOL_SETS = ("phone", "mobile_actions")
"""The tool sets that the model knows by training."""

MOBILE_ACTIONS = (
    "create_calendar_event",
    "create_contact",
    "open_wifi_settings",
    "send_email",
    "show_map",
    "turn_off_flashlight",
    "turn_on_flashlight",
)
"""The seven functions of Google's Mobile Actions data set."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call with arguments in the form that the model writes."""

    name: str
    arguments: Mapping[str, Argument]

    def to_json(self) -> dict[str, Json]:
        """Return the call as it stands in a row."""
        return {"name": self.name, "arguments": {k: self.arguments[k] for k in sorted(self.arguments)}}


def convert(written: str, type_: str) -> Argument:
    """Turn a written value into a JSON value of a declared type (``STRING``, ``INTEGER``, …).

    A duration in an INTEGER field stays a string (``20m``).
    """
    if type_ == "BOOLEAN":
        if written not in {"true", "false"}:
            raise PhraseFileError(f"{written!r} is not true or false")
        return written == "true"
    if type_ == "INTEGER" and written.removeprefix("-").isdigit():
        return int(written)
    if type_ in {"NUMBER", "NUMBERS", "INTEGERS"}:
        return _numbers(written, type_)
    if type_ in {"ARRAY", "STRINGS"}:
        return [item.strip() for item in written.split(",")]
    return written


def _numbers(written: str, type_: str) -> Argument:
    try:
        if type_ == "NUMBER":
            return float(written) if "." in written else int(written)
        if type_ == "INTEGERS":
            return [int(item) for item in written.split(",")]
        return [float(item) if "." in item else int(item) for item in written.split(",")]
    except ValueError:
        raise PhraseFileError(f"{written!r} is not {type_.lower()}") from None


@functools.cache
def built_in_types() -> Mapping[str, Mapping[str, str]]:
    """Return the type of each parameter of each built-in tool, without the derived ones."""
    return {
        tool.name: {p.name: p.type.value for p in tool.parameters if not p.derived}
        for tool in load_tool_set("phone").tools
    }


@functools.cache
def built_in_copied() -> Mapping[str, frozenset[str]]:
    """Return the parameters of each built-in tool whose values are the user's own words."""
    return {
        tool.name: frozenset(p.name for p in tool.parameters if _is_copied(p.items or p))
        for tool in load_tool_set("phone").tools
    }


def _is_copied(parameter: Parameter) -> bool:
    return parameter.type is ValueType.STRING and not parameter.one_of and parameter.kind in _COPIED


_FAMILIES = (
    {Kind.DATE_TIME, Kind.DATE, Kind.TIME_OF_DAY, Kind.DURATION, Kind.WEEKDAYS},
    {Kind.CONTACT, Kind.PHONE_NUMBER, Kind.EMAIL},
)


@functools.cache
def built_in_families() -> Mapping[str, Mapping[str, str]]:
    """Return what each parameter of each built-in tool is said as: a time, a person, words or a choice."""
    return {
        tool.name: {p.name: _family(p) for p in tool.parameters if not p.derived}
        for tool in load_tool_set("phone").tools
    }


def _family(parameter: Parameter) -> str:
    for name, kinds in zip(("time", "person"), _FAMILIES, strict=True):
        if parameter.kind in kinds:
            return name
    if parameter.type is ValueType.BOOLEAN or parameter.one_of:
        return "choice"
    return "words" if parameter.type is ValueType.STRING else "number"


def built_in_required() -> dict[str, tuple[str, ...]]:
    """Return the required parameters of each built-in tool."""
    return {
        tool.name: tuple(p.name for p in tool.parameters if p.required)
        for tool in load_tool_set("phone").tools
    }


def known_signatures() -> list[str]:
    """Return the signatures of the tools that a model trained on these rows knows."""
    return sorted({tool.signature for name in TOOL_SETS for tool in load_tool_set(name).tools})


__all__ = [
    "MOBILE_ACTIONS",
    "Argument",
    "Call",
    "Json",
    "Kind",
    "ValueType",
    "built_in_copied",
    "built_in_families",
    "built_in_required",
    "built_in_types",
    "convert",
    "known_signatures",
]
