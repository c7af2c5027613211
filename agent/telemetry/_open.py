"""Switches on what the settings ask for."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import AddressInUse, TelemetryNotInstalled
from agent.telemetry._telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.telemetry._metrics import Metrics
    from agent.telemetry._traces import Traces

__all__ = ["TelemetrySettings", "open_telemetry"]

_LOG = logging.getLogger(__name__)

_EXPORT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """What is switched on.

    ``metrics`` is the host and port where Prometheus asks, ``metrics_tls`` a certificate, its key, and the
    authority whose certificates may ask. ``traces`` is where an OTLP collector listens with gRPC
    ("http://127.0.0.1:4317"); "https" is TLS with the authorities that gRPC comes with.
    """

    metrics: tuple[str, int] | None = None
    metrics_tls: tuple[Path, Path, Path] | None = None
    traces: str = ""


@contextmanager
def open_telemetry(settings: TelemetrySettings) -> Iterator[Telemetry]:
    """Measure as long as the block runs, and hand over what is left at its end.

    Raises TelemetryNotInstalled where something is switched on without the extra, and AddressInUse.
    """
    with ExitStack() as stack:
        try:
            metrics = _metrics(settings, stack) if settings.metrics else None
            traces = _traces(settings.traces, stack) if settings.traces else None
        except ModuleNotFoundError as error:
            raise TelemetryNotInstalled(
                "metrics and traces need the extra 'telemetry': pip install 'intent-agent[telemetry]'"
            ) from error
        yield Telemetry(metrics, traces)


def _metrics(settings: TelemetrySettings, stack: ExitStack) -> Metrics:
    from agent.telemetry._metrics import Metrics, MetricsServer

    host, port = settings.metrics or ("", 0)
    metrics = Metrics()
    try:
        server = MetricsServer(metrics, host, port, settings.metrics_tls)
    except OSError as error:
        raise AddressInUse(
            f"cannot serve metrics on {host}:{port}: {error.strerror}; choose another address"
        ) from error
    stack.callback(server.close)
    _LOG.info("metrics on http%s://%s:%d/metrics", "s" if settings.metrics_tls else "", host, server.port)
    return metrics


def _traces(endpoint: str, stack: ExitStack) -> Traces:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from agent.telemetry._traces import Traces

    exporter = OTLPSpanExporter(
        endpoint=endpoint, insecure=endpoint.startswith("http://"), timeout=_EXPORT_SECONDS
    )
    traces = Traces(BatchSpanProcessor(exporter))
    stack.callback(traces.close)
    return traces
