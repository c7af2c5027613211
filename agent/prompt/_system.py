"""The developer turn that FunctionGemma was trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

TRIGGER: Final = "You are a model that can do function calling with the following functions"
"""The sentence that switches FunctionGemma to calling, without a full stop as in its training."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def system_text(now: datetime) -> str:
    """Return the developer text of the Mobile Actions training data: date, weekday, trigger sentence.

    ``now`` is the user's local time; its time zone is not written. The words do not depend on the locale.
    """
    stamp = now.replace(tzinfo=None).isoformat(timespec="seconds")
    return (
        f"Current date and time given in YYYY-MM-DDTHH:MM:SS format: {stamp}\n"
        f"Day of week is {_WEEKDAYS[now.weekday()]}\n"
        f"{TRIGGER}"
    )
