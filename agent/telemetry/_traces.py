"""Spans for OpenTelemetry. Needs the extra ``telemetry``."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from agent.telemetry._telemetry import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span

    from agent.telemetry._telemetry import Running

__all__ = ["Traces"]

_PREFIX = "intent_agent."
_SERVER_FAULTS = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
"""Codes that make a server's span an error; source: OpenTelemetry's semantic conventions for gRPC."""


class Traces:
    """Makes a span of each stage and hands it to the processor. Thread-safe."""

    def __init__(self, processor: SpanProcessor) -> None:
        resource = Resource.create(
            {"service.name": "intent-agent", "service.version": version("intent-agent")}
        )
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("intent-agent")
        self._propagator = TraceContextTextMapPropagator()

    def begin(
        self, running: Running, parent: Running | None, metadata: Mapping[str, str], seconds: float = 0.0
    ) -> Span:
        """Begin the stage's span, some seconds ago, below the parent's, else the caller's by its metadata."""
        if parent is not None and parent.span is not None:
            context = set_span_in_context(parent.span)
        else:
            context = self._propagator.extract(metadata)
        request = running.stage is Stage.REQUEST
        return self._tracer.start_span(
            str(running.facts["method"]).lstrip("/") if request else running.stage.value,
            context,
            SpanKind.SERVER if request else SpanKind.INTERNAL,
            start_time=time.time_ns() - round(seconds * 1e9),
        )

    def end(self, running: Running, span: Span) -> None:
        """End the span, with the facts as attributes."""
        facts = dict(running.facts)
        error = str(facts.pop("error", ""))
        if running.stage is Stage.REQUEST:
            method = str(facts.pop("method")).lstrip("/")
            code = str(facts.pop("code", "UNKNOWN"))
            span.set_attributes(
                {"rpc.system.name": "grpc", "rpc.method": method, "rpc.response.status_code": code}
            )
            error = code if code in _SERVER_FAULTS else ""
        span.set_attributes({_PREFIX + name: value for name, value in facts.items()})
        if error:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def close(self) -> None:
        """Hand over what is left."""
        self._provider.shutdown()
