"""The stages of a request, told to whatever is switched on. Needs nothing that the base install lacks."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from opentelemetry.trace import Span

    from agent.engines import ModelInfo
    from agent.telemetry._metrics import Metrics
    from agent.telemetry._traces import Traces
    from bridge import Device

__all__ = ["Fact", "Running", "Sources", "Stage", "Telemetry", "current_request"]

Fact = str | int | float | bool
"""What may be told of a stage: names, states, numbers and identifiers, and never what somebody said."""

_request_in_context: ContextVar[Running | None] = ContextVar("request", default=None)


class Stage(StrEnum):
    """What a request goes through."""

    REQUEST = "request"
    """One RPC, from its arrival to its answer or the end of its stream."""
    PLAN = "plan"
    """The model's work on words, once it is their turn."""
    DISPATCH = "dispatch"
    """One call on its device, once it is its turn."""
    READ_BACK = "read back"
    """The end of a dispatch: what is read from the phone once everything was sent."""


@dataclass(slots=True)
class Running:
    """A stage that goes on. ``facts`` may be added until it ends."""

    stage: Stage
    facts: dict[str, Fact]
    begun: float = field(default_factory=time.monotonic)
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What is asked when metrics are read: how many wait in each queue, the devices, and the model."""

    waiting: Callable[[], Mapping[str, int]]
    devices: Callable[[float], Iterable[Device]]
    model: ModelInfo


class Telemetry:
    """Tells metrics and traces of the stages; as it stands, nobody."""

    def __init__(self, metrics: Metrics | None = None, traces: Traces | None = None) -> None:
        self._metrics = metrics
        self._traces = traces

    @contextmanager
    def request(self, method: str, metadata: Mapping[str, str]) -> Iterator[Running]:
        """Measure an RPC; the metadata may carry the caller's span. It is the task's request from now on."""
        with self.stage(Stage.REQUEST, None, metadata, method=method) as running:
            # Not reset: the task that serves an RPC ends with it, and a stream may be closed from another.
            _request_in_context.set(running)
            yield running

    @contextmanager
    def stage(
        self, stage: Stage, parent: Running | None, metadata: Mapping[str, str] | None = None, **facts: Fact
    ) -> Iterator[Running]:
        """Measure a stage of ``parent``; an error's reason becomes the fact "error"."""
        running = Running(stage, facts)
        if self._traces:
            running.span = self._traces.begin(running, parent, metadata or {})
        try:
            yield running
        except BaseException as error:
            running.facts.setdefault("error", str(getattr(error, "reason", type(error).__name__)))
            raise
        finally:
            self._ended(running, time.monotonic() - running.begun)

    def past(self, stage: Stage, parent: Running, seconds: float) -> None:
        """Take note of a stage that took some seconds and has just ended."""
        running = Running(stage, {})
        if self._traces:
            running.span = self._traces.begin(running, parent, {}, seconds)
        self._ended(running, seconds)

    def watch(self, sources: Sources) -> None:
        """Ask these whenever metrics are read."""
        if self._metrics:
            self._metrics.watch(sources)

    def _ended(self, running: Running, seconds: float) -> None:
        if self._metrics:
            self._metrics.ended(running, seconds)
        if self._traces and running.span:
            self._traces.end(running, running.span)


def current_request() -> Running | None:
    """Return the RPC that this task serves. Take it in the task itself: threads do not have it."""
    return _request_in_context.get()
