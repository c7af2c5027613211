"""Android's ``Uri`` as far as intents need it: its parts, and the form in which it is logged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

__all__ = ["Uri"]

_REDACTED = re.compile(r"[^-@.]")
_PERSONAL = {"tel", "sip", "sms", "smsto", "mailto", "nfc"}


@dataclass(frozen=True, slots=True)
class Uri:
    """A parsed URI. Android does not normalise it: an upper-case scheme stays so and matches no filter."""

    text: str

    @property
    def scheme(self) -> str | None:
        """Everything before the first colon, None for a relative URI."""
        head, colon, _ = self.text.partition(":")
        return head if colon else None

    @property
    def scheme_specific_part(self) -> str:
        """What follows the scheme, percent-decoded, without the fragment."""
        _, colon, rest = self.text.partition(":")
        return unquote((rest if colon else self.text).partition("#")[0])

    @property
    def authority(self) -> str | None:
        """Host and port of a hierarchical URI, None for an opaque one."""
        match = re.match(r"[^:]*://([^/?#\\]*)", self.text)
        return match[1] if match else None

    @property
    def path(self) -> str | None:
        """The path of a hierarchical URI, percent-decoded; None for an opaque one."""
        match = re.match(r"[^:]*://[^/?#\\]*([^?#]*)", self.text)
        return unquote(match[1]) if match else None

    def query(self) -> dict[str, str]:
        """Return the query's parameters, percent-decoded, the first of each name ("+" is a space)."""
        question = self.text.partition("#")[0].partition("?")[2]
        pairs = parse_qsl(question, keep_blank_values=True)
        return dict(reversed(pairs))

    def redacted(self) -> str:
        """Return the form that ``Intent.toString`` prints, which hides what is personal."""
        scheme = self.scheme
        if scheme is None:
            return self.text
        if scheme.lower() in _PERSONAL:
            rest = self.text.partition(":")[2]
            return f"{scheme}:{_REDACTED.sub('x', rest)}"
        if self.authority is not None:
            return f"{scheme}://{self.authority}/..."
        return f"{scheme}:..."
