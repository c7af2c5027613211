"""Which tools are right for the labels of the human utterances, by our catalogue.

The file names the nearest function of a phone for each label of its sources (``phone_fn``), in words of its
own. A row is measured where that function is one of our tools, under our name or another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["NOTHING", "OUT_OF_SCOPE", "Expectation", "expectation"]

NOTHING: Final = "nothing"
"""Stands for calling nothing."""

OUT_OF_SCOPE: Final = "oos"
"""The label of CLINC150's out-of-scope rows."""

_SAME_TOOL: Final = {
    "create_reminder": "create_calendar_event",  # "remind me to …" is a calendar event by the catalogue
    "get_contact": "find_contact",
    "play_media": "play_music",
    "view_calendar": "show_calendar",
}
"""Functions of the file that are tools of ours under another name."""

_LABEL_TOOLS: Final = {
    "directions": "navigate_to",
    "make_call": "call",  # the file says dial; "call X" is call by the catalogue
}
"""Labels whose tool is another than their function's, which covers more than one tool of ours."""

_ALSO: Final[dict[str, frozenset[str]]] = {
    "make_call": frozenset({"dial"}),
    "directions": frozenset({"show_map"}),
    # Asking a question is no call; asking to search is. These labels mix the two.
    "definition": frozenset({NOTHING}),
    "qa_definition": frozenset({NOTHING}),
    "qa_factoid": frozenset({NOTHING}),
    "qa_currency": frozenset({NOTHING}),
    "qa_stock": frozenset({NOTHING}),
    "news_query": frozenset({NOTHING}),
    "cooking_recipe": frozenset({NOTHING}),
    "SearchScreeningEvent": frozenset({NOTHING}),
    # "Play the song X" and "find the book X" have one label in Snips.
    "SearchCreativeWork": frozenset({"play_music"}),
    # "Shuffle", "repeat this song": media_control has no such action.
    "music_settings": frozenset({NOTHING}),
    # "Continue my audiobook", "the next episode".
    "play_audiobook": frozenset({"media_control"}),
    "play_podcasts": frozenset({"media_control"}),
    # "Play poker with me" names no app.
    "play_game": frozenset({NOTHING}),
    # No tool resets a phone.
    "reset_settings": frozenset({NOTHING}),
}
"""Tools that are as right as the label's, because the label or our catalogue leaves it open."""

_UNMEASURED: Final = frozenset({"calendar_update"})
"""Labels of which about half ask for the contrary: to remove an event, which no tool does."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The tool that is right, ``NOTHING`` for none, and others that are as right."""

    tool: str
    also: frozenset[str] = frozenset()


def expectation(phone_fn: str | None, label: str, tools: frozenset[str]) -> Expectation | None:
    """Return what is right for a row with the given tools, or None where it cannot be measured."""
    if label == OUT_OF_SCOPE:
        return Expectation(NOTHING)
    if not phone_fn or label in _UNMEASURED:
        return None
    tool = _LABEL_TOOLS.get(label) or _SAME_TOOL.get(phone_fn, phone_fn)
    if tool not in tools:
        return None
    return Expectation(tool, _ALSO.get(label, frozenset()) & (tools | {NOTHING}))
