"""Messages and notes that go on to the end of a request.

"… body The gutter is full. Can somebody clean it?": a small model ends such a text at a full stop. Behind a
text that is not quoted people say nothing else, so what stands there, and is no other call's, belongs to it
(decision 0024).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agent.planning._verbatim import as_said
from tools_schema import Kind

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from agent.prompt import ParsedCall

__all__ = ["with_whole_texts"]

_FREE: Final = ("body", "text")
"""The parameters of built-in tools that hold what is to be sent, shared or noted, in the user's own words."""

_GOES_ON: Final = re.compile(r"\s*(?:(?P<stop>[.?!;…।])|,)\s+(?P<rest>\S.*)", re.DOTALL)
_WORDS: Final = {"stop": 4, "comma": 6}
"""From how many words on something is no polite ending ("thanks a lot", ", if you don't mind")."""

_FULL_STOP: Final = re.compile(r"(?<!\.)\.$|।$")
"""The last of three dots is none."""

_QUOTES: Final = "\"'“”‘’„«»「『"
_ORDER: Final = re.compile(
    r"""(?:(?:and|und|et|y|e|и|और|please|bitte|por\sfavor|per\sfavore|пожалуйста|now|also)\W+)*
    (?: (?:then|after|next|dann|danach|puis|ensuite|luego|después|poi|dopo|depois|потом|затем|फिर)\b
      | (?:send|share|save|post|mail|e-?mail|text|note)\s(?:that|this|it|him|her|them|as|by|via)\b
      | use\s(?:my|the)\b
      | (?:schick|send|teil|speicher)e?\s(?:das|es|ihm|ihr|als|per)\b
      | (?:envoie|partage|enregistre)(?:\sça|-l)
      | (?:mánda|envía|compárte|guárda|invia|manda|condividi|salva)(?:sel|l)[oa]\b
      | (?:manda|envia|guarda)\sisso\b
      | (?:отправь|пошли|сохрани)\s(?:это|ему|ей)\b
    )""",
    re.VERBOSE,
)
"""What is said to the phone and not to the reader: "Send that as an email", "then turn the wifi off"."""

_QUESTION: Final = re.compile(
    r"(?:what|who|which|how|when|where|why)\b(?!.*\b(?:you|we|us|our|i|me|my)\b).*\?\W*"
)
"""A question to the phone ("What's the weather like in Oslo?"): one to the reader speaks of you or me."""


def with_whole_texts(
    calls: Sequence[ParsedCall], request: str, known: Container[str]
) -> Sequence[ParsedCall]:
    """Return calls of which the last has its text to the end of the request, where nothing else is there.

    ``known`` are the names of tools that the model was trained on, and so copies for.
    """
    if not calls or calls[-1].name not in known:
        return calls
    last = calls[-1]
    name = next((name for name in _FREE if name in last.arguments), "")
    written = last.arguments.get(name)
    if not isinstance(written, str):
        return calls
    # A misspelt copy goes on as well.
    text = as_said(written, Kind.TEXT, (request,))
    if not text or request.count(text) != 1:
        return calls
    before, _, behind = request.partition(text)
    found = _GOES_ON.fullmatch(behind)
    if found is None or before[-1:] in _QUOTES or not _belongs(found, calls):
        return calls
    whole = _FULL_STOP.sub("", request[len(before) :].rstrip())
    return [*calls[:-1], replace(last, arguments={**last.arguments, name: whole})]


def _belongs(found: re.Match[str], calls: Sequence[ParsedCall]) -> bool:
    rest = found["rest"]
    enough = _WORDS["stop" if found["stop"] else "comma"]
    folded = rest.casefold()
    if len(rest.split()) < enough or _ORDER.match(folded) or _QUESTION.fullmatch(folded):
        return False
    values = (value for call in calls for value in call.arguments.values() if isinstance(value, str))
    return not any(value in rest for value in values)
