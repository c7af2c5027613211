"""What the journal does not keep: the values of private parameters, and every text that could hold them."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from bridge import Intent, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tools_schema import Call, Parameter, Tool, Value

__all__ = ["PRIVATE", "Redaction", "private_names"]

PRIVATE = "[private]"
"""Stands for a value that is not kept."""

_CALLED = re.compile(r"call:(\w+)")
_NAMED = re.compile(r"(\w+):")


class Redaction:
    """Removes what is private, by names: "tool.parameter".

    "find_contact.*" makes all of that tool's arguments private, and with them what it reads from the phone.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    @property
    def active(self) -> bool:
        """Whether anything is private at all."""
        return bool(self._names)

    def with_names(self, names: Iterable[str]) -> Redaction:
        """Return one that also removes what these names say."""
        return Redaction(self._names.union(names))

    def private(self, tool: str, parameter: str) -> bool:
        """Say whether the values of a parameter are not kept."""
        return self.hides_tool(tool) or f"{tool}.{parameter}" in self._names

    def hides_tool(self, tool: str) -> bool:
        """Say whether everything of a tool is private, also what it reads."""
        return f"{tool}.*" in self._names

    def names(self, call: Call) -> tuple[str, ...]:
        """Return the names of the call's private arguments."""
        return tuple(name for name in call.arguments if self.private(call.name, name))

    def call(self, call: Call) -> Call:
        """Return the call with each private value replaced by ``PRIVATE``."""
        hidden = self.names(call)
        arguments = {key: PRIVATE if key in hidden else value for key, value in call.arguments.items()}
        return dataclasses.replace(call, arguments=arguments)

    def hides_texts(self, calls: Iterable[Call], model_text: str) -> bool:
        """Say whether the words of a request could hold a private value.

        That is so where one of its calls does, and also where the model wrote one that did not become a call.
        What the model wrote is looked through generously: any parameter with any tool.
        """
        if any(self.names(call) or self.hides_tool(call.name) for call in calls):
            return True
        parameters = {"*", *_NAMED.findall(model_text)}
        return any(
            self.private(tool, parameter) for tool in _CALLED.findall(model_text) for parameter in parameters
        )

    def intent(self, intent: Intent, call: Call) -> Intent:
        """Return the intent of a call as it may be kept: of a private call only the action."""
        return Intent(intent.action) if self.names(call) or self.hides_tool(call.name) else intent

    def outcome(self, outcome: Outcome, call: Call) -> Outcome:
        """Return the outcome as it may be kept: without pictures, and for a private call without its values.

        Of a private call only the status, the message, the action and the device stay, since commands,
        answers and URIs carry the values in many spellings.
        """
        hidden = self.names(call)
        if not hidden and not self.hides_tool(call.name):
            evidence = tuple(dataclasses.replace(item, data=b"") for item in outcome.evidence)
            return dataclasses.replace(outcome, evidence=evidence)
        values = {text for name in hidden for text in _texts(call.arguments[name])}
        message = outcome.message
        for text in sorted(values | set(outcome.read_back.values()), key=len, reverse=True):
            if text:
                message = message.replace(text, PRIVATE)
        return Outcome(
            status=outcome.status,
            message=message,
            intent=outcome.intent and self.intent(outcome.intent, call),
            device=outcome.device,
            elapsed_ms=outcome.elapsed_ms,
            may_have_run=outcome.may_have_run,
        )


def private_names(tools: Iterable[Tool]) -> frozenset[str]:
    """Return what the schemas of tools make private, in the form that ``Redaction`` takes."""
    names = set()
    for tool in tools:
        if tool.private:
            names.add(f"{tool.name}.*")
        names.update(f"{tool.name}.{p.name}" for p in tool.parameters if _holds_private(p))
    return frozenset(names)


def _holds_private(parameter: Parameter) -> bool:
    inside = (*parameter.properties, *((parameter.items,) if parameter.items else ()))
    return parameter.private or any(map(_holds_private, inside))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)
