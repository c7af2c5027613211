"""Optional packages that only a part of the evaluation needs."""

from __future__ import annotations

from typing import ClassVar

from agent.errors import AgentError

__all__ = ["PackageMissing"]


class PackageMissing(AgentError):  # noqa: N818 - the name says what happened
    """A package that a report or a benchmark needs is not installed: INVALID_ARGUMENT, PACKAGE_MISSING.

    The message says how to install it; ``metadata`` has ``package``.
    """

    code: ClassVar[str] = "INVALID_ARGUMENT"
    reason: ClassVar[str] = "PACKAGE_MISSING"
