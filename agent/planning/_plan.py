"""What is asked of the planner and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from datetime import datetime

    from tools_schema import Call

__all__ = ["Exchange", "Missing", "Plan", "Request", "Timings"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A required argument that was not said; ``tool`` is empty where only the name was handed on."""

    tool: str
    parameter: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier request and what came of it.

    ``outcome`` is the name of an outcome's status, empty where nothing was done; the model does not see it.
    """

    text: str
    calls: tuple[Call, ...] = ()
    missing: tuple[Missing, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a person says, and when.

    ``now`` is local time without a zone, ``time_zone`` its name in the time zone database, ``history`` is
    oldest first, ``timeout`` is in seconds, and setting ``cancel`` gives the request up.
    """

    text: str
    now: datetime
    time_zone: str = "UTC"
    history: tuple[Exchange, ...] = ()
    timeout: float | None = None
    cancel: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """How long planning and its parts took, in milliseconds, and how many tokens they touched."""

    total_ms: float
    prefill_ms: float
    decode_ms: float
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request comes to.

    ``calls`` are valid and in the order said. ``missing`` holds the required arguments that were not said;
    calls that lack one are not in ``calls``. ``problems`` says for people which calls were dropped, or
    are called once for two, or that the answer was cut off; ``reason`` why nothing is called (empty where
    there are calls). ``raw`` is what the model wrote, ``model`` the SHA-256 of its file, ``tool_set_hash``
    that of the schema.
    """

    calls: tuple[Call, ...]
    missing: tuple[Missing, ...]
    problems: tuple[str, ...]
    reason: str
    raw: str
    timings: Timings
    model: str
    tool_set_hash: str
