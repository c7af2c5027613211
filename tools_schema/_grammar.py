"""The grammar of the model's turn: calls of the given tools, in FunctionGemma's format, as llama.cpp's GBNF.

``root`` is either nothing (the model refuses; the end-of-generation token may follow an ended grammar and
must not be named in it) or calls and one ``<start_function_response>``. Keys come in alphabetical order and
each may be left out: a required argument that the user did not say is asked for, not invented.
Control tokens are written by number (``<[48]>``); source: FunctionGemma's tokenizer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools_schema._time_grammar import time_rules
from tools_schema._types import Kind, ValueType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tools_schema._types import Parameter, Tool

__all__ = ["Copied", "SaidNumbers", "gbnf_text", "grammar"]

_CALL, _END_CALL, _RESPONSE, _ESCAPE = "<[48]>", "<[49]>", "<[50]>", "<[52]>"

# llama.cpp also matches a control token by the characters of its name, "<escape>". The names of all that
# mean something here begin with "<" and a letter, so a text that never has the two together holds none.
_VALUES = rf"""
text-value ::= {_ESCAPE} ([^<\x01-\x08\x0B-\x1F\x7F] | "<" [^<a-zA-Z/|\x01-\x1F\x7F])+ {_ESCAPE}
duration-value ::= {_ESCAPE} duration {_ESCAPE} | "0" | [1-9] [0-9]{{0,6}}
date-time-value ::= {_ESCAPE} date-time {_ESCAPE}
date-value ::= {_ESCAPE} date {_ESCAPE}
time-of-day-value ::= {_ESCAPE} time-of-day {_ESCAPE}
weekdays-value ::= "[" {_ESCAPE} weekday-item {_ESCAPE} ("," {_ESCAPE} weekday-or-not {_ESCAPE})* "]"
percent-value ::= "100" | [1-9] [0-9]? | "0"
natural-value ::= "0" | [1-9] [0-9]{{0,14}}
integer-value ::= "-"? natural-value
number-value ::= integer-value ("." [0-9]{{1,9}})?
boolean-value ::= "true" | "false"
"""

_BY_KIND = {
    Kind.DATE_TIME: "date-time-value",
    Kind.DATE: "date-value",
    Kind.TIME_OF_DAY: "time-of-day-value",
    Kind.DURATION: "duration-value",
    Kind.WEEKDAYS: "weekdays-value",
    Kind.PERCENT: "percent-value",
}
_BY_TYPE = {
    ValueType.STRING: "text-value",
    ValueType.NUMBER: "number-value",
    ValueType.BOOLEAN: "boolean-value",
}


@dataclass(frozen=True, slots=True)
class Copied:
    """What texts may be that a call copies from the request.

    It holds for ``tools`` (their names). ``kinds`` has GBNF for a text of each kind, between its escapes;
    ``rules`` are the rules that it needs, whose names begin with ``copied-``.
    """

    tools: frozenset[str]
    kinds: Mapping[Kind, str]
    rules: str


@dataclass(frozen=True, slots=True)
class SaidNumbers:
    """The numbers, without signs, that plain numbers of the calls of ``tools`` (their names) may be."""

    tools: frozenset[str]
    numbers: frozenset[float]


@dataclass(frozen=True, slots=True)
class _Narrow:
    """What the values of a tool may be: texts of some kinds, by GBNF, and numbers; any where that is None."""

    texts: Mapping[Kind, str]
    numbers: frozenset[float] | None


def grammar(
    tools: Iterable[Tool],
    decoys: Iterable[Tool] = (),
    copied: Copied | None = None,
    said: SaidNumbers | None = None,
    weekdays: Collection[str] = (),
) -> str:
    """Return the GBNF grammar of a turn that calls any of the tools, several times over, or nothing.

    ``decoys`` are tools that the model knows and the tool set does not have. They may be written too, so
    that the planner can say truthfully that they are not there. A tool wins over a decoy of the same name.
    Without ``copied``, texts may be anything; without ``said``, numbers may. A parameter for which no number
    is left cannot be written. Where ``weekdays`` are given, no others can be written by name.
    """
    by_name = {tool.name: tool for tool in (*decoys, *tools)}
    if not by_name:
        return 'root ::= ""\n'
    rules: list[str] = []
    calls = [_call(by_name[name], rules, copied, said) for name in sorted(by_name)]
    root = (
        f"root ::= (call+ {_RESPONSE})?",
        f'call ::= {_CALL} "call:" ({" | ".join(calls)}) {_END_CALL}',
    )
    if copied:
        rules.append(copied.rules)
    return "\n".join((*root, *rules)) + "\n" + _VALUES + time_rules(weekdays)


def _call(tool: Tool, rules: list[str], copied: Copied | None, said: SaidNumbers | None) -> str:
    """Add the rules of a tool and return the name of the one for its call."""
    rule = f"call-{_dashes(tool.name)}"
    narrow = _Narrow(
        copied.kinds if copied and tool.name in copied.tools else {},
        said.numbers if said and tool.name in said.tools else None,
    )
    rules.append(f'{rule} ::= "{tool.name}" {_object(tool.parameters, rule, rules, narrow)}')
    return rule


def _object(parameters: Iterable[Parameter], rule: str, rules: list[str], narrow: _Narrow) -> str:
    """Return ``"{" … "}"`` around any of the keys, in alphabetical order, with commas between them."""
    pairs = []
    for parameter in sorted(parameters, key=lambda p: p.name):
        # Names have no double underscore, so a double dash keeps set_x.y apart from a tool set_x_y.
        pair = f"{rule}--{_dashes(parameter.name)}"
        if not parameter.derived and (value := _value(parameter, pair, rules, narrow)):
            rules.append(f'{pair} ::= "{parameter.name}:" {value}')
            pairs.append(pair)
    if not pairs:
        return '"{}"'
    # One alternative for each key that may be the first, followed by any of the later ones.
    alternatives = [
        " ".join([first, *(f'("," {later})?' for later in pairs[at + 1 :])]) for at, first in enumerate(pairs)
    ]
    return f'"{{" ({" | ".join(alternatives)})? "}}"'


def _value(parameter: Parameter, rule: str, rules: list[str], narrow: _Narrow) -> str:
    """Return GBNF for a value; empty where there is none that it may be."""
    if parameter.kind in _BY_KIND:
        return _BY_KIND[parameter.kind]
    if parameter.one_of:
        return f"{_ESCAPE} ({' | '.join(map(gbnf_text, parameter.one_of))}) {_ESCAPE}"
    if parameter.type is ValueType.STRING and parameter.kind in narrow.texts:
        return f"{_ESCAPE} {narrow.texts[parameter.kind]} {_ESCAPE}"
    if parameter.items:
        item = f"{rule}--"
        if not (value := _value(parameter.items, item, rules, narrow)):
            return ""
        rules.append(f"{item} ::= {value}")
        return f'"[" {item} ("," {item})* "]"'
    if parameter.type is ValueType.OBJECT:
        return _object(parameter.properties, rule, rules, narrow)
    if parameter.type in {ValueType.INTEGER, ValueType.NUMBER} and narrow.numbers is not None:
        return _one_of_numbers(parameter, narrow.numbers)
    if parameter.type is ValueType.INTEGER:
        at_least_zero = parameter.minimum is not None and parameter.minimum >= 0
        return "natural-value" if at_least_zero else "integer-value"
    return _BY_TYPE[parameter.type]


def _one_of_numbers(parameter: Parameter, numbers: Iterable[float]) -> str:
    """Return GBNF for those of the numbers, with either sign, that a parameter may be."""
    low = -math.inf if parameter.minimum is None else parameter.minimum
    high = math.inf if parameter.maximum is None else parameter.maximum
    signed = sorted({sign * float(number) for number in numbers for sign in (1, -1)})
    fit = [number for number in signed if low <= number <= high]
    whole = [f"{number:.0f}" for number in fit if number.is_integer()]
    broken = [f"{number:.9f}".rstrip("0") for number in fit if not number.is_integer()]
    forms = (
        whole if parameter.type is ValueType.INTEGER else [*whole, *(f"{form}.0" for form in whole), *broken]
    )
    return f"({' | '.join(map(gbnf_text, forms))})" if forms else ""


def _dashes(name: str) -> str:
    # GBNF's rule names have no underscore.
    return name.replace("_", "-")


def gbnf_text(text: str) -> str:
    """Return a text as GBNF writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
