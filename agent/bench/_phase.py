"""What a load came to: how many requests, how fast, and what went wrong."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Answer", "Phase", "Sample"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: the plan as text that can be compared, and the outcomes' statuses."""

    plan: str
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A request: how many seconds its answer took, and the answer, or the code and reason of its error."""

    seconds: float
    answer: Answer | None = None
    error: str = ""


@dataclass(frozen=True)
class Phase:
    """A load of one kind. ``rate`` are requests a second, None where clients waited for their answers."""

    name: str
    clients: int
    rate: float | None
    seconds: float
    samples: tuple[Sample, ...]

    @cached_property
    def latencies(self) -> tuple[float, ...]:
        """The seconds that answers took, sorted; errors do not count."""
        return tuple(sorted(sample.seconds for sample in self.samples if sample.answer))

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def errors(self) -> Counter[str]:
        """How many requests ended with which error."""
        return Counter(sample.error for sample in self.samples if sample.error)

    @property
    def outcomes(self) -> Counter[str]:
        """How many calls ended with which outcome, where they were carried out."""
        return Counter(
            status for sample in self.samples if sample.answer for status in sample.answer.outcomes
        )

    def quantile(self, share: float) -> float:
        """Return the seconds within which this share of the answers came; not a number where none did."""
        if not self.latencies:
            return math.nan
        return self.latencies[max(math.ceil(share * len(self.latencies)) - 1, 0)]

    def to_json(self) -> dict[str, object]:
        """Return the facts as JSON values; times are milliseconds."""
        quantiles = {f"p{share:g}": self.quantile(share / 100) for share in (50, 95, 99, 100)}
        return {
            "name": self.name,
            "clients": self.clients,
            "rate": self.rate,
            "requests": len(self.samples),
            "seconds": round(self.seconds, 3),
            "throughput": round(self.throughput, 3),
            "milliseconds": {
                name: None if math.isnan(value) else round(1000 * value, 1)
                for name, value in quantiles.items()
            },
            "errors": dict(self.errors),
            "outcomes": dict(self.outcomes),
        }
