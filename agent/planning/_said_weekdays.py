"""Weekdays that a request names, in ten languages, and those of a call that it does not.

A small model now and then writes another day than it reads: शुक्रवार (Friday) as ``saturday``, "von Montag bis
Freitag" as ``monday-thursday``. Days have few names, so that can be seen (decision 0023).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools_schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agent.prompt import ParsedCall
    from tools_schema import ToolSet, Value

__all__ = ["weekdays_instead", "weekdays_said"]

_NAMES: Final[Mapping[str, str]] = {
    "monday": r"""
        mondays? montags? lunes lundis? luned[iì] segundas? понедельник\w* सोम(?:वार)? मंडे som[vw]aa?r""",
    "tuesday": r"""
        tuesdays? dienstags? martes mardis? marted[iì] ter[cç]as? вторник\w* मंगल(?:वार)? mangal[vw]aa?r""",
    "wednesday": r"""
        wednesdays? mittwochs? mi[eé]rcoles mercredis? mercoled[iì] quartas? сред(?:[аеуы]|ам|ой)
        बुध(?:वार)? budh[vw]aa?r""",
    "thursday": r"""
        thursdays? donnerstags? jueves jeudis? gioved[iì] quintas? четверг\w* गुरुवार बृहस्पतिवार वीरवार
        guru[vw]aa?r veer[vw]aa?r""",
    "friday": r"""
        fridays? freitags? viernes vendredis? venerd[iì] sextas? пятниц\w* शुक्र(?:वार)? shukra?[vw]aa?r""",
    "saturday": r"""
        saturdays? samstags? sonnabends? s[aá]bados? samedis? sabat[oi] суббот\w* शनि(?:वार)?
        shani[vw]aa?r""",
    "sunday": r"""
        sundays? sonntags? domingos? dimanches? domenic(?:a|he) воскресень\w* रविवार इतवार संडे
        ravi[vw]aa?r it[vw]aa?r""",
}
"""Names that mean the day; in Portuguese some are ordinals as well ("a segunda parcela"). Short forms ("So",
"mar") are too often other words."""

_SHORT: Final[Mapping[str, str]] = {
    "monday": "mon mo lun seg пн",
    "tuesday": "tue tues di mar ter вт",
    "wednesday": "wed weds mi mie mié mer qua ср",
    "thursday": "thu thur thurs do jue jeu gio qui чт",
    "friday": "fri fr vie ven sex пт",
    "saturday": "sat sa sab sáb sam сб",
    "sunday": "sun so dom dim вс",
}
"""Short forms: where one may mean a day, the day may have been said."""

_CHINESE: Final = dict(zip(_NAMES, ("一", "二", "三", "四", "五", "六", "[日天]"), strict=True))
"""After 周, 星期 or 礼拜."""

_JAPANESE: Final = dict(zip(_NAMES, "月火水木金土日", strict=True))
"""Before 曜."""

_WORD: Final = r"\w\u0900-\u097f"
"""Devanagari's vowel signs are no letters to ``re``."""

_SAID: Final = {
    day: re.compile(
        rf"(?<![{_WORD}])(?:{'|'.join(names.split())})(?![{_WORD}])"
        rf"|(?:[周週]|星期|[礼禮]拜){_CHINESE[day]}|{_JAPANESE[day]}曜"
    )
    for day, names in _NAMES.items()
}
_ENGLISH: Final = re.compile("|".join(_NAMES))
"""The days as the model writes them, also in ``monday-friday``, ``-friday`` and ``next friday 3pm``."""

_KINDS: Final = frozenset({Kind.WEEKDAYS, Kind.DATE, Kind.DATE_TIME})


def weekdays_said(text: str) -> frozenset[str]:
    """Return the weekdays that a text names in full, as ``monday`` … ``sunday``."""
    folded = text.casefold()
    return frozenset(day for day, pattern in _SAID.items() if pattern.search(folded))


def weekdays_instead(text: str, calls: Iterable[ParsedCall], tool_set: ToolSet) -> frozenset[str]:
    """Return the days to choose from, where calls have one that was not said in place of one that was.

    Empty unless just one day was not said, not even by what may be a short form, and a said day is lacking:
    else a day has a name that is not known here, or none (``weekdays``, "every day but Sunday"), and nobody
    can tell.
    """
    written = {day for call in calls for day in _written(call, tool_set)}
    said = weekdays_said(text) if written else frozenset()
    unsaid = written - said
    if len(unsaid) != 1 or not said - written:
        return frozenset()
    words = re.findall(r"\w+", text.casefold())
    return frozenset() if any(word in _SHORT[day].split() for day in unsaid for word in words) else said


def _written(call: ParsedCall, tool_set: ToolSet) -> Iterator[str]:
    tool = tool_set.tool(call.name)
    for parameter in tool.parameters if tool else ():
        if parameter.kind in _KINDS:
            for text in _texts(call.arguments.get(parameter.name)):
                yield from _ENGLISH.findall(text)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
