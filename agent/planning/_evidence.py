"""Which of the declared tools the words of a request speak for: a check on the model's choice.

A model of 270M parameters that reads ten declarations takes the wrong tool nearly every second time; the
words that a request and a declaration have in common find the right one more often, and are most telling
where the model is wrong (docs/decisions/0014-evidence-for-declared-tools.md). Weighing rare words more is
inverse document frequency (Spärck Jones 1972), stems are Porter's (Snowball). Words of a script without
spaces have no stems in common with anything: then there is no evidence, and the model's choice stands.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import snowballstemmer

from tools_schema import declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tools_schema import Tool

__all__ = ["Evidence"]

_MARGIN = 0.8
"""How much more must speak for another tool, where 1 is a word that only it has. Chosen on generated rows."""

_MARGIN_OF_KNOWN = 2.0
"""The same where the tool that was called is one that the model was trained on: there it is mostly right."""

_TIE = 0.25
"""Tools as good as the best one but for this much of such a word are left for the model to choose from."""

_IN_NAME = 1.5
"""How much more a word counts that is in the tool's name."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_CASE = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")

_COMMON = frozenset(
    """
    a all am an and any are as at be been by can could did do does for from had has have he her his how i if
    in is it its me my next no not now of off on one or our please she should than that the their then there
    they this to today tomorrow two until up was we were what when where whether which will with would yes you
    your
    """.split()  # noqa: SIM905 - seventy words read better as a text
)
"""English words that say nothing about a tool."""


class Evidence:
    """Knows the words of declared tools, and of those that they compete with.

    ``declared`` are the tools that the model reads from the prompt, ``known`` those that it may write
    besides.
    """

    def __init__(self, declared: Iterable[Tool], known: Iterable[Tool]) -> None:
        declared = tuple(declared)
        self._declared = frozenset(tool.name for tool in declared)
        self._names: dict[str, frozenset[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        # The usual set has none to read from the prompt: then no words are needed.
        for tool in (*known, *declared) if declared else ():
            self._names[tool.name] = self._stems([tool.name])
            self._words[tool.name] = self._stems(_texts(declaration(tool)))
        self._tools_with = Counter(word for words in self._words.values() for word in words)

    def better(self, text: str, called: Sequence[str]) -> frozenset[str]:
        """Return the names of the tools to choose from where a called one fits clearly worse than another.

        They are the declared tools that fit best and the other called ones. Words that speak for another
        called tool do not count. Empty where the called tools are as good as any.
        """
        if not self._declared:
            return frozenset()
        found = self._found(text)
        for name in dict.fromkeys(called):
            others = set(called) - {name}
            explained = {word for other in others for word in found.get(other, ())}
            sums = {
                tool: sum(weight for word, weight in words.items() if word not in explained)
                for tool, words in found.items()
                if tool not in others
            }
            best = max((sums[tool] for tool in self._declared if tool in sums), default=0.0)
            margin = _MARGIN if name in self._declared else _MARGIN_OF_KNOWN
            if best - sums.get(name, 0.0) > margin:
                fits = {tool for tool in self._declared if sums.get(tool, 0.0) > best - _TIE}
                return frozenset(fits | others)
        return frozenset()

    def _found(self, text: str) -> Mapping[str, Mapping[str, float]]:
        """Return for each tool the weights of its words that the text has: 1 where only it has the word."""
        said = self._stems([text])
        unique = math.log(len(self._words) + 1)
        weight = {
            word: 1 - math.log(self._tools_with[word]) / unique for word in said if word in self._tools_with
        }
        return {
            tool: {
                word: weight[word] * (_IN_NAME if word in self._names[tool] else 1.0) for word in said & words
            }
            for tool, words in self._words.items()
        }

    @staticmethod
    def _stems(texts: Iterable[str]) -> frozenset[str]:
        stem = snowballstemmer.stemmer("english").stemWord  # one for each use: a stemmer is for one thread
        words = (word for text in texts for word in _WORD.findall(_CASE.sub(" ", text).casefold()))
        return frozenset(stem(word) for word in words if word not in _COMMON)


def _texts(declared: Mapping[str, Any]) -> Iterator[str]:
    """Return the names, descriptions and choices of a declaration."""
    for key, value in declared.items():
        if key == "properties":
            yield from value
        if isinstance(value, dict):
            yield from _texts(value)
        elif key == "enum":
            yield from map(str, value)
        elif key in {"name", "description"}:
            yield value
