"""Whether a request has the values that an example takes from it: the model copies, it cannot guess them.

Words are copied to the letter. Numbers and addresses may be said otherwise than they are written ("five five
five", "jo at fern dot example"), so there it is enough that everything they are made of was said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from agent.planning._numbers import LANGUAGES, in_digits
from agent.planning._phone_numbers import digits_of
from tools_schema import Kind, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tools_schema import Parameter, Value

__all__ = ["unsaid"]

_WORDS: Final = frozenset({Kind.TEXT, Kind.CONTACT, Kind.APP})
_ADDRESSES: Final = frozenset({Kind.EMAIL, Kind.URL})
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_REPEATED: Final = re.compile(r"\b(double|triple) (\w+)", re.IGNORECASE)


def unsaid(
    parameters: Iterable[Parameter], values: Mapping[str, Value], text: str, lang: str
) -> Iterator[tuple[str, str]]:
    """Yield where a value stands (``to[1]``, ``place.city``) and the value, for each that nobody said.

    Looked at are texts, names, apps, phone numbers, mail and web addresses, in lists and objects too.
    Choices, times, plain numbers and true or false are not: they are said in many ways.
    """
    for parameter in parameters:
        for path, value in _unsaid(parameter, values.get(parameter.name), text, lang):
            yield f"{parameter.name}{path}", value


def _unsaid(parameter: Parameter, value: Value, text: str, lang: str) -> Iterator[tuple[str, str]]:
    match parameter.type:
        case ValueType.OBJECT if isinstance(value, Mapping):
            for path, inner in unsaid(parameter.properties, value, text, lang):
                yield f".{path}", inner
        case ValueType.ARRAY if parameter.items and parameter.kind is not Kind.WEEKDAYS:
            items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            for number, item in enumerate(items):
                for path, inner in _unsaid(parameter.items, item, text, lang):
                    yield f"[{number}]{path}", inner
        case ValueType.STRING if not parameter.one_of and isinstance(value, str | int | float):
            if not _is_said(str(value), parameter.kind, text, lang):
                yield "", str(value)
        case _:
            pass


def _is_said(value: str, kind: Kind, text: str, lang: str) -> bool:
    if kind not in _WORDS | _ADDRESSES | {Kind.PHONE_NUMBER} or value.casefold() in text.casefold():
        return True
    if kind is Kind.PHONE_NUMBER or (kind is Kind.CONTACT and _is_number(value)):
        return _is_number_said(digits_of(value), text, lang)
    if kind in _ADDRESSES or (kind is Kind.CONTACT and "@" in value):
        return _is_address_said(_SCHEME.sub("", value), text)
    return False


def _is_number(value: str) -> bool:
    return bool(digits_of(value)) and not any(character.isalpha() for character in value)


def _is_number_said(digits: str, text: str, lang: str) -> bool:
    """Whether the digits stand in the request in this order, in figures or in words.

    In a language whose number words are not read here a number may be said in words unseen.
    Some words are read otherwise than they are meant ("meia" is a six, "cinquecento quarantotto" 500 and 48):
    a number that half consists of what was said in words is taken to be said.
    """
    written, readings = len(digits_of(text)), [digits_of(reading) for reading in _readings(text)]
    if lang not in LANGUAGES and written < len(digits):
        return True
    return any(
        digits in reading or (len(reading) > written and 2 * len(reading) >= len(digits))
        for reading in readings
    )


def _is_address_said(address: str, text: str) -> bool:
    """Whether the request has the letters and digits of an address, or all between its dots and signs.

    In another script than Latin an address may be spelt by its sound, which is not seen here.
    """
    if "@" not in text and any(_is_of_another_script(character) for character in text):
        return True
    said = [_letters(reading) for reading in _readings(text)]
    parts = [address] if " " in address else re.split(r"[\W_]+", address)
    return any(_letters(address) in there for there in said) or all(
        any(_letters(part) in there for there in said) for part in parts
    )


def _readings(text: str) -> set[str]:
    """Return the request as it is, and with its number words as figures."""
    return in_digits(text) | in_digits(
        _REPEATED.sub(lambda m: " ".join([m[2]] * (2 if m[1].casefold() == "double" else 3)), text)
    )


def _letters(text: str) -> str:
    """Return the letters and digits alone, without case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _is_of_another_script(character: str) -> bool:
    return character.isalpha() and not unicodedata.name(character, "").startswith(("LATIN", "MODIFIER"))
