"""Why the engine gave no answer."""

from __future__ import annotations

from agent.errors._base import AgentError

__all__ = [
    "EngineCancelled",
    "EngineError",
    "EngineFailed",
    "EngineTimeout",
    "GrammarRejected",
    "PromptTooLong",
]


class EngineError(AgentError):
    """The engine gave no answer: UNAVAILABLE, ENGINE_ERROR."""

    code = "UNAVAILABLE"
    reason = "ENGINE_ERROR"


class EngineFailed(EngineError):
    """The engine could not be started, stopped working or is closed: UNAVAILABLE, ENGINE_FAILED."""

    reason = "ENGINE_FAILED"


class EngineTimeout(EngineError):
    """The answer was not complete in time: DEADLINE_EXCEEDED, ENGINE_TIMEOUT."""

    code = "DEADLINE_EXCEEDED"
    reason = "ENGINE_TIMEOUT"


class EngineCancelled(EngineError):
    """The caller gave the request up: CANCELLED, ENGINE_CANCELLED."""

    code = "CANCELLED"
    reason = "ENGINE_CANCELLED"


class GrammarRejected(EngineError):
    """The engine does not accept the grammar: INTERNAL, GRAMMAR_REJECTED."""

    code = "INTERNAL"
    reason = "GRAMMAR_REJECTED"


class PromptTooLong(EngineError):
    """Prompt and answer do not fit into the model's context: INVALID_ARGUMENT, PROMPT_TOO_LONG."""

    code = "INVALID_ARGUMENT"
    reason = "PROMPT_TOO_LONG"
