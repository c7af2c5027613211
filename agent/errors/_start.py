"""What keeps a command of the program from starting: its address, a library, its file of rows."""

from __future__ import annotations

from agent.errors._base import AgentError

__all__ = ["AddressInUse", "EvaluationFileError", "TelemetryNotInstalled"]


class AddressInUse(AgentError):
    """The service cannot listen on its address: FAILED_PRECONDITION, ADDRESS_IN_USE."""

    code = "FAILED_PRECONDITION"
    reason = "ADDRESS_IN_USE"


class TelemetryNotInstalled(AgentError):
    """Metrics or traces are on without the extra: FAILED_PRECONDITION, TELEMETRY_NOT_INSTALLED."""

    code = "FAILED_PRECONDITION"
    reason = "TELEMETRY_NOT_INSTALLED"


class EvaluationFileError(AgentError):
    """An evaluation file cannot be read; the message names the line: INVALID_ARGUMENT, EVALUATION_FILE."""

    code = "INVALID_ARGUMENT"
    reason = "EVALUATION_FILE"
