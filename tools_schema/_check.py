"""Checks what a tool's parts say of each other: parameters, extras, the data template and the target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools_schema._types import (
    ExtraForm,
    IntentRule,
    Kind,
    Operation,
    OperationRule,
    ReadBack,
    TileRule,
    ValueType,
)

if TYPE_CHECKING:
    from tools_schema._index import Message, Place
    from tools_schema._types import Parameter, Tool

__all__ = ["PLACEHOLDER", "check_tool"]

PLACEHOLDER = re.compile(r"\{(?P<name>[a-z0-9_]+)(?P<optional>\??)\}")
"""A parameter in an intent's data: ``{name}``, or ``{name?}`` where it may be absent."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_MIME_TYPE = re.compile(r"[\w.+*-]+/[\w.+*-]+")


@dataclass(frozen=True, slots=True)
class _Takes:
    """The parameters that an operation understands."""

    needed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


_ON = _Takes(("on",))
_OPERATIONS = {
    Operation.SET_VOLUME: _Takes(also=("level", "change", "stream")),
    Operation.SET_BRIGHTNESS: _Takes(also=("level", "change")),
    Operation.SET_WIFI: _ON,
    Operation.SET_BLUETOOTH: _ON,
    Operation.SET_MOBILE_DATA: _ON,
    Operation.SET_AIRPLANE_MODE: _ON,
    Operation.SET_DO_NOT_DISTURB: _ON,
    Operation.SET_DARK_MODE: _ON,
    Operation.SET_BATTERY_SAVER: _ON,
    Operation.SET_AUTO_ROTATE: _ON,
    Operation.MEDIA_CONTROL: _Takes(("action",)),
    Operation.OPEN_APP: _Takes(("app",)),
    Operation.OPEN_SETTINGS: _Takes(also=("page",)),
    Operation.FIND_CONTACT: _Takes(("name",)),
    Operation.TAKE_SCREENSHOT: _Takes(),
    Operation.DISMISS_ALARM: _Takes(also=("time", "label")),
    Operation.CALL: _Takes(("to",)),
    Operation.SEND_SMS: _Takes(("to",), ("body",)),
    Operation.NAVIGATE: _Takes(("destination",), ("mode",)),
    Operation.CREATE_NOTE: _Takes(("text",), ("title",)),
}


def check_tool(tool: Tool, place: Place, request: Message) -> None:
    """Check a tool as a whole; ``request`` is the message that its parameters stand in.

    Raises:
        SchemaError: Two parts of the tool do not fit together.

    """
    if not _NAME.fullmatch(tool.name):
        raise place.error("name the method in CamelCase, beginning with a letter: SetAlarm")
    places = {field.name: request.field_place(at) for at, field in enumerate(request.proto.field)}
    for parameter in tool.parameters:
        _check_references(parameter, tool, places[parameter.name])
        if parameter.extras and not isinstance(tool.target, IntentRule):
            raise places[parameter.name].error(
                f"an extra belongs to an intent, and {place.element} has none: leave extras out"
            )
    _check_read_back(tool, place)
    match tool.target:
        case IntentRule() as rule:
            _check_intent(rule, place)
            _check_data(rule, tool, place)
            _check_extra_keys(rule, tool, places)
        case OperationRule(operation):
            _check_operation(operation, tool, place, places)
        case TileRule():
            if tool.parameters:
                raise place.error("taps a tile, which takes no parameters: leave the request message empty")
        case None:
            pass


def _check_references(parameter: Parameter, tool: Tool, place: Place) -> None:
    moments = [p.name for p in tool.parameters if p.kind is Kind.DATE_TIME and p.type is ValueType.STRING]
    known = ", ".join(name for name in moments if name != parameter.name) or "none in this message"
    if parameter.all_day_of:
        if parameter.type is not ValueType.BOOLEAN or parameter.required:
            raise place.error(f"all_day_of is for a bool that is not required: write `bool {parameter.name}`")
        if parameter.all_day_of not in moments:
            raise place.error(
                f"all_day_of names {parameter.all_day_of!r}: name a KIND_DATE_TIME parameter ({known})"
            )
    if parameter.relative_to:
        if parameter.name not in moments:
            raise place.error("relative_to is for a string with kind KIND_DATE_TIME: give it that kind")
        other = tool.parameter(parameter.relative_to)
        if parameter.relative_to not in moments or other is parameter:
            raise place.error(
                f"relative_to names {parameter.relative_to!r}: name another KIND_DATE_TIME field ({known})"
            )
        if other is not None and other.relative_to:
            raise place.error(f"relative_to names {other.name!r}, which is relative itself: name its base")


def _check_read_back(tool: Tool, place: Place) -> None:
    if tool.read_back is ReadBack.STATE and not isinstance(tool.target, OperationRule | TileRule):
        raise place.error(
            "READ_BACK_STATE is read by an operation or a tile: "
            "write READ_BACK_RESUMED_ACTIVITY for an intent"
        )
    if tool.read_back is ReadBack.NEXT_ALARM and not any(
        p.kind is Kind.TIME_OF_DAY and p.required for p in tool.parameters
    ):
        raise place.error(
            "READ_BACK_NEXT_ALARM compares with the alarm's time: "
            "give the request a required KIND_TIME_OF_DAY field"
        )


def _check_intent(rule: IntentRule, place: Place) -> None:
    if not rule.action:
        raise place.error('its intent has no action: write action: "android.intent.action.VIEW" or another')
    for name, value in (("action", rule.action), *(("category", category) for category in rule.categories)):
        if not _DOTTED.fullmatch(value):
            raise place.error(f'its {name} is {value!r}: write it in full, as "android.intent.{name}.…"')
    if rule.mime_type and not _MIME_TYPE.fullmatch(rule.mime_type):
        raise place.error(f'its mime_type is {rule.mime_type!r}: write a type such as "text/plain"')


def _check_data(rule: IntentRule, tool: Tool, place: Place) -> None:
    if not rule.data:
        return
    if re.search(r"[{}]", PLACEHOLDER.sub("", rule.data)):
        raise place.error(f"its data {rule.data!r} has a brace without a name: write {{name}} or {{name?}}")
    for found in PLACEHOLDER.finditer(rule.data):
        parameter = tool.parameter(found["name"])
        if parameter is None:
            names = ", ".join(p.name for p in tool.parameters) or "none"
            raise place.error(f"its data names {found['name']!r}, which is no parameter: name one of {names}")
        if parameter.type in {ValueType.ARRAY, ValueType.OBJECT}:
            raise place.error(f"its data names {parameter.name!r}, which is no plain value: name another")
        if not parameter.required and not found["optional"]:
            raise place.error(
                f"its data names {parameter.name!r}, which may be absent: write {found[0][:-1]}?}}"
            )
    whole = PLACEHOLDER.fullmatch(rule.data)
    url = tool.parameter(whole["name"]) if whole else None
    if not _SCHEME.match(rule.data) and not (url and url.kind is Kind.URL and url.required):
        raise place.error(
            f"its data {rule.data!r} has no scheme: begin it with one, such as geo:, "
            "or name one required KIND_URL parameter and nothing else"
        )


def _check_extra_keys(rule: IntentRule, tool: Tool, places: dict[str, Place]) -> None:
    taken = {extra.key: "the intent" for extra in rule.extras}
    for parameter in tool.parameters:
        for extra in parameter.extras:
            if extra.form is ExtraForm.APPEND:
                if extra.key not in taken:
                    raise places[parameter.name].error(
                        f"EXTRA_FORM_APPEND finds no earlier {extra.key!r}: "
                        "give the field that comes first a lower number"
                    )
                continue
            # The default end gives way to the real one, so the two share a key on purpose.
            if extra.form is ExtraForm.EPOCH_MILLIS_DEFAULT_END:
                continue
            if extra.key in taken:
                raise places[parameter.name].error(
                    f"the extra {extra.key!r} is set by {taken[extra.key]} too: leave one out"
                )
            taken[extra.key] = parameter.name


_TYPES = {"on": ValueType.BOOLEAN, "level": ValueType.INTEGER}
"""What the values of operations' parameters are; the others are texts."""


def _check_operation(operation: Operation, tool: Tool, place: Place, places: dict[str, Place]) -> None:
    takes = _OPERATIONS[operation]
    names = (*takes.needed, *takes.also)
    for parameter in tool.parameters:
        if parameter.name not in names:
            raise places[parameter.name].error(
                f"OPERATION_{operation} takes {' and '.join(names) or 'no parameters'}: "
                "rename the field or leave it out"
            )
        wanted = _TYPES.get(parameter.name, ValueType.STRING)
        if parameter.type is not wanted:
            raise places[parameter.name].error(
                f"OPERATION_{operation} takes {parameter.name!r} as {wanted.value.lower()}, "
                f"not as {parameter.type.value.lower()}: give the field that type"
            )
    for name in takes.needed:
        if (found := tool.parameter(name)) is None or not found.required:
            raise place.error(
                f"OPERATION_{operation} needs {name!r}: give the request a required field of that name"
            )
