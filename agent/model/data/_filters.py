"""What ``~name`` in a slot makes of a value: ``{given~slug}``."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FILTERS"]


def _slug(text: str) -> str:
    """Return the lower-case ASCII letters and digits of a text ("José" is "jose")."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.lower() if c.isalnum())


FILTERS: Mapping[str, Callable[[str], str]] = {
    "slug": _slug,
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda text: " ".join(w[:1].upper() + w[1:] for w in text.split(" ")),
    "first": lambda text: _slug(text)[:1],
    "capital": lambda text: text[:1].upper() + text[1:],
}
"""The filters by name."""
