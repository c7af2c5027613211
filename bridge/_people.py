"""Whom a call is for: numbers and addresses are used as they are, names are looked up in the contacts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge._classify import Problem, failure_status
from bridge._contacts import Form, Person, nearest_people, people_called, read_people
from bridge.errors import InvalidValueError
from bridge.outcome import Outcome, OutcomeStatus
from tools_schema import Call, IntentRule, Kind, Parameter, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge._phone import Phone

__all__ = ["Resolved", "find_contact", "has_names", "resolve_names", "unresolved_person"]

_LISTED = 8


@dataclass(frozen=True, slots=True)
class Resolved:
    """A call whose names have become numbers and addresses; ``found`` says which, by parameter."""

    call: Call
    found: Mapping[str, str]


def unresolved_person(call: Call, tool: Tool) -> str:
    """Return a question where the user has to give a number or an address, empty where none is missing."""
    for parameter in tool.parameters:
        value = call.arguments.get(parameter.name)
        form = {Kind.EMAIL: Form.ADDRESS, Kind.PHONE_NUMBER: Form.NUMBER}.get(parameter.kind)
        if form and isinstance(value, str) and not _looked_up(parameter, tool) and not _is(form, value):
            return f"{value[:80]!r} is no {form}: which one is meant?"
    return ""


def has_names(call: Call, tool: Tool) -> bool:
    """Whether somebody has to be looked up in the contacts before the call can be done."""
    return any(True for _ in _named(call, tool))


def resolve_names(phone: Phone, call: Call, tool: Tool) -> Resolved | Outcome:
    """Look up each name of the call; return the call with what was found, or the question to ask the user."""
    arguments, found = dict(call.arguments), {}
    for parameter, said, form in _named(call, tool):
        people = read_people(phone, said)
        if isinstance(people, Problem):
            return _unreadable(people, f"give a {form} instead of a name.")
        chosen = _choose(said, form, people)
        if isinstance(chosen, Outcome):
            return chosen
        name, value = chosen
        arguments[parameter.name] = value
        found[parameter.name] = f"{name}, {value}"
    return Resolved(replace(call, arguments=arguments), found)


def find_contact(phone: Phone, call: Call) -> Outcome:
    """Read the numbers and addresses of everybody of that name."""
    said = call.arguments.get("name")
    if not isinstance(said, str):
        raise InvalidValueError(f"name is {said!r}, which is no text", field="name")
    people = read_people(phone, said)
    if isinstance(people, Problem):
        return _unreadable(people, "")
    called = people_called(said, people)
    if not called:
        return _nobody(said, people, "who is meant?")
    read_back: dict[str, str] = {}
    for person in called[:_LISTED]:
        ways = ", ".join((*person.numbers, *person.addresses)) or "no number and no address"
        read_back[person.name] = "; ".join(filter(None, (read_back.get(person.name), ways)))
    more = f"; and {len(called) - _LISTED} more" if len(called) > _LISTED else ""
    message = "; ".join(f"{name}: {ways}" for name, ways in read_back.items())
    return Outcome(OutcomeStatus.VERIFIED, f"{message}{more}.", read_back=read_back)


def _named(call: Call, tool: Tool) -> list[tuple[Parameter, str, Form]]:
    named = []
    for parameter in tool.parameters:
        value, form = call.arguments.get(parameter.name), _looked_up(parameter, tool)
        if form and isinstance(value, str) and not _is(form, value):
            named.append((parameter, value, form))
    return named


def _looked_up(parameter: Parameter, tool: Tool) -> Form | None:
    """Return what the contacts can give for a parameter, None where a name is no answer (a new contact)."""
    if parameter.kind is Kind.CONTACT:
        return Form.NUMBER
    writes_mail = isinstance(tool.target, IntentRule) and tool.target.data.startswith("mailto:")
    return Form.ADDRESS if writes_mail and parameter.kind is Kind.EMAIL else None


def _is(form: Form, value: str) -> bool:
    if form is Form.ADDRESS:
        # "Ada (ada@x.example)" is a choice that was offered for a name.
        return "@" in value and not re.fullmatch(r".+ \(.+\)", value)
    digits = sum(character.isdigit() for character in value)
    if not re.search(r"[^\W\d_]", value):
        return digits > 0
    # "0800-FLOWERS" is a number; "Studio 54" and "24h locksmith" are names.
    return digits > 3 and bool(re.match(r"[+(*#\d]", value))


def _choose(said: str, form: Form, people: tuple[Person, ...]) -> tuple[str, str] | Outcome:
    for person in people:
        for way in person.reached_by(form):
            if said == _choice(person, way):
                return person.name, way
    called = people_called(said, people)
    if not called:
        return _nobody(said, people, f"which {form} is meant?")
    if len(called) == 1:
        person, ways = called[0], called[0].reached_by(form)
        if len(ways) == 1:
            return person.name, ways[0]
        if ways:
            several = f"{form}s" if form is Form.NUMBER else f"{form}es"
            return _ask(f"{person.name} has several {several}", list(ways))
    reachable = [person for person in called if person.reached_by(form)]
    if not reachable:
        names = " and ".join(dict.fromkeys(person.name for person in called[:_LISTED]))
        verb = "has" if len(called) == 1 else "have"
        return Outcome(
            OutcomeStatus.NEEDS_CLARIFICATION,
            f"{names} {verb} no {form} in the contacts: which one is meant?",
        )
    choices = [_choice(person, way) for person in reachable for way in person.reached_by(form)]
    return _ask(f"Several contacts are called {said[:80]!r}", choices)


def _choice(person: Person, way: str) -> str:
    """Return an answer for the user to pick; given back in place of the name, it is understood."""
    return f"{person.name} ({way})"


def _nobody(said: str, people: tuple[Person, ...], question: str) -> Outcome:
    near = nearest_people(said, people)
    message = f"No contact is called {said[:80]!r}: {question}"
    if near:
        message += f" Contacts with a similar name: {', '.join(near)}."
    return Outcome(OutcomeStatus.NEEDS_CLARIFICATION, message, choices=near)


def _ask(what: str, choices: list[str]) -> Outcome:
    listed = tuple(choices[:_LISTED])
    return Outcome(
        OutcomeStatus.NEEDS_CLARIFICATION,
        f"{what}: {'; '.join(listed)}. Which one is meant?",
        choices=listed,
    )


def _unreadable(found: Problem, advice: str) -> Outcome:
    message = f"The contacts cannot be read: {found.text}"
    return Outcome(failure_status(found), f"{message}; {advice}" if advice else f"{message}.")
