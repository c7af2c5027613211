"""The root of the tree, which every package with errors of its own branches from."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["AgentError"]


class AgentError(Exception):
    """Any error of the agent: INTERNAL, AGENT_ERROR.

    ``message`` is one sentence for a person and says what to do; ``metadata`` holds the facts for a program.
    """

    code: ClassVar[str] = "INTERNAL"
    reason: ClassVar[str] = "AGENT_ERROR"

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata
