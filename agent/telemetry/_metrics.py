"""Metrics for Prometheus. Needs the extra ``telemetry``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from agent.telemetry._telemetry import Stage
from bridge import BridgeError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable
    from pathlib import Path
    from wsgiref.simple_server import WSGIServer

    from agent.telemetry._telemetry import Running, Sources

__all__ = ["Metrics", "MetricsServer"]

_PLAN_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_DISPATCH_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_DEVICES_SECONDS = 2.0
_TOKENS = ("prompt_tokens", "cached_tokens", "output_tokens")


class Metrics:
    """Counts stages, in a registry of its own. Thread-safe."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "intent_agent_requests", "RPCs that have ended.", ("method", "code"), registry=self.registry
        )
        self._plans = Histogram(
            "intent_agent_plan_seconds",
            "The model's work on one request, without the wait for its turn.",
            registry=self.registry,
            buckets=_PLAN_SECONDS,
        )
        self._tokens = Counter(
            "intent_agent_tokens",
            "Tokens of prompts, those of them that were known already, and tokens that were written.",
            ("kind",),
            registry=self.registry,
        )
        self._outcomes = Counter(
            "intent_agent_outcomes",
            "Calls that went to a device, by what came of them.",
            ("tool", "status"),
            registry=self.registry,
        )
        self._dispatches = Histogram(
            "intent_agent_dispatch_seconds",
            "One call on its device, without the wait for its turn.",
            registry=self.registry,
            buckets=_DISPATCH_SECONDS,
        )

    def watch(self, sources: Sources) -> None:
        """Ask these whenever metrics are read."""
        self.registry.register(_Now(sources))

    def ended(self, running: Running, seconds: float) -> None:
        """Count a stage that has ended."""
        facts = running.facts
        match running.stage:
            case Stage.REQUEST:
                self._requests.labels(facts["method"], facts.get("code", "UNKNOWN")).inc()
            case Stage.PLAN:
                self._plans.observe(seconds)
                for kind in _TOKENS:
                    self._tokens.labels(kind.removesuffix("_tokens")).inc(float(facts.get(kind, 0)))
            case Stage.DISPATCH:
                self._dispatches.observe(seconds)
                self._outcomes.labels(facts["tool"], facts.get("status", "ERROR")).inc()
            case Stage.READ_BACK:
                pass  # a part of the dispatch


class MetricsServer:
    """Answers HTTP requests for metrics at a host and port (0 takes a free one), on a thread.

    With TLS files a client has to show a certificate of the authority. Raises OSError where it cannot listen.
    """

    def __init__(
        self, metrics: Metrics, host: str, port: int, tls: tuple[Path, Path, Path] | None = None
    ) -> None:
        certificate, key, authority = tls or (None, None, None)
        self.metrics = metrics
        self._server: WSGIServer
        self._thread: threading.Thread
        self._server, self._thread = start_http_server(
            port,
            host,
            metrics.registry,
            certfile=str(certificate) if certificate else None,
            keyfile=str(key) if key else None,
            client_cafile=str(authority) if authority else None,
            client_auth_required=tls is not None,
        )
        self.port = self._server.server_port

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Now(Collector):
    """What is so at the moment of the reading."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing: otherwise everything would be collected at the registration."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily | InfoMetricFamily]:
        waiting = GaugeMetricFamily(
            "intent_agent_waiting", "Requests that wait for the model, calls for devices.", labels=("queue",)
        )
        for queue, count in self._sources.waiting().items():
            waiting.add_metric((queue,), count)
        yield waiting
        model = self._sources.model
        yield InfoMetricFamily(
            "intent_agent_model",
            "The model that plans.",
            {"engine": model.engine, "name": model.name, "sha256": model.sha256},
        )
        reached = GaugeMetricFamily("intent_agent_adb_up", "Whether the adb server answers.")
        devices = GaugeMetricFamily(
            "intent_agent_device", "A device in its state.", labels=("serial", "state")
        )
        try:
            for device in self._sources.devices(_DEVICES_SECONDS):
                devices.add_metric((device.serial, device.state), 1)
            reached.add_metric((), 1)
        except BridgeError:
            reached.add_metric((), 0)
        yield reached
        yield devices
