"""The requests of a load: from a file of JSON lines, or made here."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.errors import AgentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["BenchRequest", "BenchRequestsError", "made_requests", "read_requests"]

_SENTENCES = (
    "Turn on the flashlight",
    "Turn off the flashlight, please, {name}",
    "Wake me up at {hour}:{minute} on {day}",
    "Set a timer for {number} minutes",
    "Set a timer called {thing} for {number} seconds",
    "Text {name} that I will be {number} minutes late",
    "Send an email to {name} with the subject {thing}",
    "Call {name}",
    "Navigate to {place}",
    "Show me {place} on the map",
    "Put {thing} with {name} into my calendar for {day} at {hour}:{minute}",
    "Search the web for {thing} near {place}",
    "Set the volume to {number} percent",
    "Set the brightness to {number} percent and open the Wi-Fi settings",
    "What do you think of {name}?",
    "Stell einen Wecker auf {hour}:{minute} Uhr",
    "Schreib {name}, dass ich {number} Minuten später komme",
    "Mets un minuteur de {number} minutes",
    "Pon una alarma a las {hour}:{minute}",
    "{hour}点{minute}分叫我起床",
)

_VALUES: dict[str, tuple[str, ...]] = {
    "name": ("Anna", "Zoë O'Neil", "Dr. Meyer", "my brother", "Ravi", "Grandma", "Luca Bianchi", "José"),
    "place": ("the main station", "Café Zentral", "Lyon airport", "the harbour", "10 Mill Lane", "Oslo"),
    "thing": ("the dentist", "vegan pancakes", "the quarterly report", "football", "rice and beans", "yoga"),
    "day": ("Monday", "next Friday", "tomorrow", "January 20", "weekdays"),
    "hour": tuple(str(hour) for hour in range(5, 23)),
    "minute": tuple(f"{minute:02}" for minute in range(0, 60, 5)),
    "number": tuple(str(number) for number in range(2, 60)),
}


class BenchRequestsError(AgentError):
    """A file of requests cannot be used: INVALID_ARGUMENT, BENCH_REQUESTS."""

    code = "INVALID_ARGUMENT"
    reason = "BENCH_REQUESTS"


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """What a client asks; the service's default tool sets where there are none."""

    text: str
    tool_sets: tuple[str, ...] = ()


def made_requests(seed: int) -> Iterator[BenchRequest]:
    """Yield requests without end, the same for the same seed, and hardly one twice.

    The model guesses ahead what it has written before, so the same few requests again and again would be
    answered faster than those of people.
    """
    chance = random.Random(seed)  # noqa: S311 - the same requests for the same seed
    while True:
        sentence = chance.choice(_SENTENCES)
        yield BenchRequest(
            sentence.format_map({name: chance.choice(values) for name, values in _VALUES.items()})
        )


def read_requests(path: Path) -> Iterator[BenchRequest]:
    """Return the requests of a file in their order, again and again.

    A line is ``{"text": "…"}``, with ``"tool_sets": ["…"]`` where it should not be the service's default;
    other keys are ignored. Raises BenchRequestsError for a file that cannot be read or has none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchRequestsError(f"the requests {path} cannot be read: {error}") from error
    requests = [_request(f"{path}:{number}", line) for number, line in enumerate(lines, 1) if line.strip()]
    if not requests:
        raise BenchRequestsError(f'{path} has no requests: write one a line, such as {{"text": "wake me"}}')
    return itertools.cycle(requests)


def _request(where: str, line: str) -> BenchRequest:
    try:
        value: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise BenchRequestsError(f"{where} is no JSON: {error.msg}") from error
    text = value.get("text") if isinstance(value, dict) else None
    tool_sets = value.get("tool_sets", []) if isinstance(value, dict) else []
    if not isinstance(text, str) or not isinstance(tool_sets, list):
        raise BenchRequestsError(f'{where} is no request: write {{"text": "…", "tool_sets": ["…"]}}')
    return BenchRequest(text, tuple(str(name) for name in tool_sets))
