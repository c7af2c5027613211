"""Values that are the user's own words, checked against what the user said.

A small model misspells while it copies ("Nodlovu" for "Ndlovu") and swaps digits of long numbers. What it
wrote is put right only where the request leaves no doubt. A value that the request has stays as it is, but
for a bracket or quotation that it opens and the request closes right after it.

A follow-up may correct what was said before: after "navigate to 641 Tamarack Road", "no, 614" makes "614
Tamarack Road", which nobody said as a whole and which is much like what is no longer meant. So a misspelling
is taken to be a word that nobody said, and is put right towards the word that it is most like.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from agent.errors import InvalidValue
from agent.planning._phone_numbers import NUMBER, corrects_number, digits_of, is_number, number_occurs
from tools_schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["EMAIL", "as_said", "is_said_in_words"]

_SAME_WORDS = 78.0
"""The similarity, out of 100, from which a span of the request is taken for the value, misspelt."""

_SAME_ADDRESS = 60.0
"""The same for the only number or address of its shape, which is one long token and so garbles more."""

_SAME_WORD_OF_ADDRESS = 72.0
"""The same for a word of an address that was said in words."""

_LONG_WORD = r"[^\W\d_]{4,}"
_REACHED = frozenset({Kind.PHONE_NUMBER, Kind.EMAIL, Kind.CONTACT})
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
"""A number or address in brackets of the sentence, which are not its own as in (555) 0100."""

_NOT_IN_ADDRESS = r"\s@<>(),;:\"'“”„«»\u0e00-\u0eff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
"""Scripts that write words together stand right before and after an address, which has none of theirs."""
EMAIL = re.compile(
    rf"[^{_NOT_IN_ADDRESS}]+@[^{_NOT_IN_ADDRESS}]+\.[^\W{_NOT_IN_ADDRESS}]+(?:-[^\W{_NOT_IN_ADDRESS}]+)*"
)
_URL = re.compile(
    r"(?<![@\w.-])(?:[a-z][a-z0-9+.-]*://)?(?:[\w-]+\.)+[^\W\d_]{2,}(?![\w@])(?:[/:?#]\S*)?", re.I
)
_SCHEME = re.compile("[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_CLOSERS = {
    "(": ")", "[": "]", "{": "}", "<": ">", "«": "»", "“": "”", "‘": "’",
    "「": "」", "『": "』", "《": "》", "（": "）", "【": "】", '"': '"',
}  # fmt: skip
"""What closes a bracket or a quotation that was opened."""

_OPENING, _CLOSING = "\"'“‘„‚«「『《", "\"'”’“‘»」』》"
"""What stands before and after a quotation."""

_EDGES = " \t\n.,;:!?…\"'`´“”„‚‘’«»‹›()[]{}<>、。「」『』《》【】！？，：；"
_LETTER = "[a-zA-ZÀ-ɏа-яёА-ЯЁ]"
_POSSESSIVE = re.compile("['’]s$")


def as_said(value: str, kind: Kind, texts: Sequence[str]) -> str:
    """Return a copied value as the user said it.

    - Words (TEXT, APP, names): where the value does not occur, ignoring case, but exactly one span of as
      many words is much like it, that span. The value is left where a word of it that the span lacks was said
      elsewhere, or is as like a word said elsewhere; or has digits and the span is from an earlier request.
      Capitals are the request's. A value that begins within a word begins where the word does.
    - PHONE_NUMBER: the number as written where the digits are equal; else, where the digits do not occur,
      the one number that is like it. Numbers said in words, and an earlier number with digits of this
      request, are left as the model wrote them.
    - EMAIL: the one address of this request, not of earlier ones, that is in the value or has its domain,
      where the value was not said in words; the one address of which the value is a part ("clinic.example")
      that was said nowhere else.
    - EMAIL, URL: the one address that is like the value where its parts do not occur. Of addresses said in
      words ("jo at example dot org") misspelt words are put right.
    - CONTACT: as a number, an address or a name, by its form.

    ``texts`` is what the user said, this request first.

    Raises:
        InvalidValue: a number or address is like none that the user wrote, although they wrote some.

    """
    said = "\n".join(texts)
    if not value:
        return value
    if kind in _REACHED and (bracketed := _IN_BRACKETS.fullmatch(value)):
        value = bracketed[1]
    address = "@" in value and kind in {Kind.EMAIL, Kind.CONTACT}
    if not address and kind in {Kind.EMAIL, Kind.CONTACT} and (whole := _address_around(value, said)):
        return whole
    if not address and re.search(rf"(?<!\d){re.escape(value)}(?!\d)", said):
        return _closed(_from_its_start(value, said), said)
    match kind:
        case Kind.PHONE_NUMBER | Kind.CONTACT if is_number(value):
            if corrects_number(value, texts):
                return value
            return _as_written(value, "number", NUMBER.findall(said), digits_of, number_occurs, said)
        case Kind.EMAIL | Kind.CONTACT if address:
            return _as_addressed("".join(value.split()), texts)
        case Kind.URL:
            return _as_web_address(value, texts)
        case Kind.TEXT | Kind.APP | Kind.PHONE_NUMBER | Kind.EMAIL | Kind.CONTACT:
            return _as_spelt(value, texts)
        case _:
            return value


def _as_written(
    value: str,
    what: str,
    written: Iterable[str],
    essence: Callable[[str], str],
    occurs: Callable[[str, str], bool],
    said: str,
) -> str:
    """Return the written form with the same essence, the value itself, or the one form that is like it."""
    forms = {essence(form): form for form in reversed(list(written))}
    wanted = essence(value)
    if wanted in forms:
        return forms[wanted]
    if not forms or occurs(value, said):
        return value
    like = [form for key, form in forms.items() if fuzz.ratio(key, wanted) >= _SAME_ADDRESS]
    if len(like) != 1:
        raise InvalidValue(f"the {what} {value!r} is not in the request; write it out once more", value=value)
    return like[0]


def _as_web_address(value: str, texts: Sequence[str]) -> str:
    """Return the address that is meant; a follow-up may name another site instead ("now open Wikipedia")."""
    said = "\n".join(texts)
    found = [url.rstrip(_EDGES) for url in _URL.findall(said)]
    if not found:
        return _in_said_words(value, said)
    if not _URL.search(texts[0]) and _parts_occur(value.rpartition(".")[0] or value, texts[0]):
        return value
    return _as_written(value, "address", found, _without_scheme, _parts_occur, said)


def _as_addressed(value: str, texts: Sequence[str]) -> str:
    """Return the address that is meant; by its domain alone only where this request has the address."""
    said = "\n".join(texts)
    written: list[str] = EMAIL.findall(said)
    if not written:
        return _in_said_words(value, said)
    if not is_said_in_words(value, said) and value.casefold() not in map(str.casefold, written):
        here: set[str] = {form for form in EMAIL.findall(texts[0]) if _is_address(value, form)}
        if len(here) == 1:
            return here.pop()
    return _as_written(value, "address", written, str.casefold, _parts_occur, said)


def _in_said_words(value: str, said: str) -> str:
    """Return an address that was said in words ("jo at fern dot example") with its misspelt words put right.

    A word of it that was not said is the one word that is like it and has no other place in the address.
    """
    there = "".join(said.casefold().split())
    others = EMAIL.sub(" ", said).casefold()  # a mail address is no spelling of a web address
    words = {word for word in re.findall(_LONG_WORD, others) if word not in value.casefold()}

    def put_right(part: re.Match[str]) -> str:
        if part[0].casefold() in there:
            return part[0]
        like = [word for word in words if fuzz.ratio(word, part[0].casefold()) >= _SAME_WORD_OF_ADDRESS]
        return like[0] if len(like) == 1 else part[0]

    return re.sub(_LONG_WORD, put_right, value)


def _address_around(value: str, said: str) -> str:
    """Return the one address of which the value is a part, where it was said nowhere else; empty without."""
    value = value.casefold()
    around = {form for form in EMAIL.findall(said) if value in form.casefold()}
    return around.pop() if len(around) == 1 and value not in EMAIL.sub(" ", said).casefold() else ""


def _is_address(value: str, form: str) -> bool:
    """Whether a value has an address in it, or differs from it before the @ alone."""
    value, form = value.casefold(), form.casefold()
    return form in value or value.rpartition("@")[2] == form.rpartition("@")[2]


def _from_its_start(value: str, said: str) -> str:
    """Return a value that stands within words alone ("ata" in "cata") from where the word begins."""
    before: list[str] = re.findall(rf"({_LETTER}*){re.escape(value)}", said)
    return before[0] + value if value[0].islower() and all(before) else value


def _closed(value: str, said: str) -> str:
    """Return a value with what belongs to it and stands right after it in the request.

    That is a closing bracket or quotation mark that the value opened, or the question or exclamation mark
    that ends the quotation which the value is.
    """
    quoted = re.search(rf"[{_OPENING}]{re.escape(value)}([?!？！]+)[{_CLOSING}]", said)
    if quoted and said.count(value) == 1:
        return value + quoted[1]
    for opener, closer in _CLOSERS.items():
        opened = value.count(opener) % 2 if opener == closer else value.count(opener) > value.count(closer)
        if opened and value + closer in said:
            return value + closer
    return value


def _in_its_capitals(value: str, said: str) -> str:
    """Return a value as the request writes it, where capitals are the only difference, or ß and ss."""
    found = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said, re.IGNORECASE)
    if found:
        return _closed(said[found.start() : found.end()], said)
    spans = (span.strip(_EDGES) for span in _spans(said, len(value.split())))
    return next((span for span in spans if span.casefold() == value.casefold()), value)


def _without_scheme(url: str) -> str:
    return _SCHEME.sub("", url.casefold()).rstrip("/")


def _parts_occur(value: str, said: str) -> bool:
    """Whether everything between the address's dots, slashes and @ was said."""
    there = "".join(said.casefold().split())
    return all(part in there for part in re.split(r"[\W_]+", _without_scheme(value)))


def is_said_in_words(address: str, said: str) -> bool:
    """Whether everything between the dots and the @ of a mail address was said beside written addresses."""
    return _parts_occur(address, EMAIL.sub(" ", said))


def _as_spelt(value: str, texts: Sequence[str]) -> str:
    wanted = " ".join(value.casefold().split())
    if any(wanted in " ".join(text.split()).casefold() for text in texts):
        return _in_its_capitals(value, "\n".join(texts))
    count = len(wanted.split())
    best, spans = _SAME_WORDS, dict[str, bool]()
    for number, text in enumerate(texts):
        for written in _spans(text, count):
            stripped = written.strip(_EDGES)
            for span in (written, stripped, _POSSESSIVE.sub("", stripped)):
                likeness = fuzz.ratio(span.casefold(), wanted, score_cutoff=best)
                if likeness > best:
                    best, spans = likeness, {}
                if likeness == best:
                    spans.setdefault(span, number > 0)
    if len(spans) != 1:
        return value
    ((span, earlier),) = spans.items()
    return value if _is_meant(wanted, span, texts, earlier=earlier) else span


def _spans(text: str, count: int) -> Iterator[str]:
    """Return every run of as many words."""
    words = text.split()
    return (" ".join(words[start : start + count]) for start in range(len(words) - count + 1))


def _is_meant(wanted: str, span: str, texts: Sequence[str], *, earlier: bool) -> bool:
    """Whether a word of the value that the span lacks may be meant, and not be a misspelling."""
    instead = _words(span)
    elsewhere = {word for text in texts for word in _words(text)} - instead
    for word in _words(wanted) - instead:
        if earlier and any(character.isdigit() for character in word):
            return True
        likeness = max((fuzz.ratio(word, other) for other in instead), default=0.0)
        if any(word in other or fuzz.ratio(word, other) >= likeness for other in elsewhere):
            return True
    return False


def _words(text: str) -> set[str]:
    return {word.strip(_EDGES) for word in text.casefold().split()} - {""}
