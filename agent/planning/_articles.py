"""The article before a name in a call of a declared tool: "the silver teapot" is a prop `silver teapot`.

What a tool is given is what a thing is called, without the article that the sentence has before it. The
model keeps it now and then with tools that it was not trained on (docs/decisions/0027-articles.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agent.planning._rewritten import rewritten
from tools_schema import Kind, ValueType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.prompt import ParsedCall
    from tools_schema import Parameter, Value

__all__ = ["is_name", "without_articles"]

_ARTICLE: Final = re.compile(r"^(?:the|an?) (?=\S+(?: \S+){0,2}$)")
"""In small letters, as within a sentence, before up to three words: "The Thinker" is a title, and what is
longer a clause ("the freezer has broken down")."""

_OWN_WORDS: Final = re.compile(
    r"(?:^|_)(?:text|message|body|note|notes|comment|description|reason|caption|content|quote|query|question"
    r"|title|titles|song|album|band|artist|book|movie|film|show|game)(?:_name)?$",
    re.IGNORECASE,
)
"""The last word of the name of a parameter that holds a sentence or a title; in spoken requests a title
begins with a small letter too."""


def is_name(parameter: Parameter) -> bool:
    """Whether a parameter is what a thing is called, or a list of that."""
    of = parameter.items or parameter
    return (
        of.type is ValueType.STRING
        and of.kind is Kind.TEXT
        and not of.one_of
        and not _OWN_WORDS.search(parameter.name)
    )


def without_articles(
    calls: Sequence[ParsedCall], tools: Mapping[str, Mapping[str, Parameter]]
) -> Sequence[ParsedCall]:
    """Return calls with names without an English article; ``tools`` are their parameters that are names."""
    return rewritten(calls, tools, _bare)


def _bare(value: Value, _: Parameter) -> Value:
    return _ARTICLE.sub("", value) if isinstance(value, str) else value
