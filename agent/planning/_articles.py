"""The article before a name in a call of a declared tool: "the silver teapot" is a prop `silver teapot`.

What a tool is given is what a thing is called, without the article that the sentence has before it. The
model keeps it now and then with tools that it was not trained on (docs/decisions/0027-articles.md).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

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
    if _OWN_WORDS.search(parameter.name):
        return False
    kind, of = (parameter.items.kind, parameter.items) if parameter.items else (parameter.kind, parameter)
    return of.type is ValueType.STRING and kind is Kind.TEXT and not of.one_of


def without_articles(
    calls: Sequence[ParsedCall], tools: Mapping[str, Mapping[str, Parameter]]
) -> Sequence[ParsedCall]:
    """Return calls with names without an English article; ``tools`` are their parameters that are names."""
    return [
        replace(
            call,
            arguments={
                name: _bare(value) if name in tools[call.name] else value
                for name, value in call.arguments.items()
            },
        )
        if call.name in tools
        else call
        for call in calls
    ]


def _bare(value: Value) -> Value:
    if isinstance(value, list | tuple):
        return [_bare(item) for item in value]
    return _ARTICLE.sub("", value, count=1) if isinstance(value, str) else value
