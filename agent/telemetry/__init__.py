"""What can be measured of a service: spans for OpenTelemetry and metrics for Prometheus.

Both need the extra ``telemetry``; without it, and as long as nothing is switched on, nothing is measured. No
words of a request, no argument and nothing that a phone said becomes part of either: only names, states,
numbers and identifiers.
"""

from agent.telemetry._open import TelemetrySettings, open_telemetry
from agent.telemetry._telemetry import Running, Sources, Stage, Telemetry, current_request

__all__ = [
    "Running",
    "Sources",
    "Stage",
    "Telemetry",
    "TelemetrySettings",
    "current_request",
    "open_telemetry",
]
