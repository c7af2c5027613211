"""What a client's methods raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.error_details import ErrorDetails

__all__ = ["ServiceError"]


class ServiceError(Exception):
    """The service refused or failed.

    ``code`` is the gRPC code's name, ``reason`` the ``ErrorInfo`` reason ("NO_DEVICE"), ``violations`` pairs
    of field and description, ``retry_after`` the seconds after which to ask again, None where the
    service does not say. Where no service answers the reason is NO_SERVICE, and GRPC for what gRPC itself
    refuses (a deadline that passed, more RPCs than the service takes).
    """

    def __init__(self, details: ErrorDetails) -> None:
        super().__init__(details.message)
        self.code = details.code
        self.reason = details.reason
        self.message = details.message
        self.metadata = details.metadata
        self.violations = details.violations
        self.retry_after = details.retry_after
