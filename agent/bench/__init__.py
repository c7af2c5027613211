"""A load on the service, and what came of it: ``intent-agent bench``."""

from agent.bench._bench import BenchOptions, BenchResult, run_bench
from agent.bench._clients import opened_clients
from agent.bench._memory import resident_bytes
from agent.bench._phase import Phase
from agent.bench._picture import draw_latencies
from agent.bench._requests import BenchRequest, BenchRequestsError, made_requests, read_requests

__all__ = [
    "BenchOptions",
    "BenchRequest",
    "BenchRequestsError",
    "BenchResult",
    "Phase",
    "draw_latencies",
    "made_requests",
    "opened_clients",
    "read_requests",
    "resident_bytes",
    "run_bench",
]
