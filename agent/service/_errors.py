"""What the service itself refuses, as a branch of the agent's tree of errors.

Each class names the gRPC code and the ``google.rpc.ErrorInfo`` reason that a client sees. ``retry_after``, in
seconds, becomes a ``google.rpc.RetryInfo``::

    ServiceRefusal
    ├── UnreadableMessage        the bytes are no message of the method
    ├── InvalidField             a field of a message cannot be used
    ├── ConversationNotFound
    ├── ConfirmationNotFound     no call waits for that answer
    ├── ConfirmationMismatch     the answer is to another call or device
    ├── RequestNotFound
    ├── RequestRunning           the request of that idempotency key has not ended yet
    ├── RequestFailedBefore      it ended with an error after something of it may have been sent
    ├── RequestCancelled
    ├── DeadlineTooShort         the answer could not be there in time
    ├── ServiceStopping
    └── Overloaded
        ├── QueueFull
        ├── TooManyConfirmations
        └── TooManyWatchers
"""

# ruff: noqa: N818 - as in agent.errors, the names say what happened
from __future__ import annotations

from agent.errors import AgentError
from tools_schema import Violation

__all__ = [
    "ConfirmationMismatch",
    "ConfirmationNotFound",
    "ConversationNotFound",
    "DeadlineTooShort",
    "InvalidField",
    "Overloaded",
    "QueueFull",
    "RequestCancelled",
    "RequestFailedBefore",
    "RequestNotFound",
    "RequestRunning",
    "ServiceRefusal",
    "ServiceStopping",
    "TooManyConfirmations",
    "TooManyWatchers",
    "UnreadableMessage",
]


class ServiceRefusal(AgentError):
    """The service refuses: INTERNAL, SERVICE_REFUSAL; each subclass has its own."""

    reason = "SERVICE_REFUSAL"


class UnreadableMessage(ServiceRefusal):
    """The bytes are no message of the method: INVALID_ARGUMENT, UNREADABLE_MESSAGE."""

    code = "INVALID_ARGUMENT"
    reason = "UNREADABLE_MESSAGE"


class InvalidField(ServiceRefusal):
    """A field of a message cannot be used: INVALID_ARGUMENT, INVALID_FIELD, a field violation."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_FIELD"

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field} {description}", field=field)
        self.violations = (Violation(field, description),)


class ConversationNotFound(ServiceRefusal):
    """The client has no such conversation, or it has expired: NOT_FOUND, CONVERSATION_NOT_FOUND."""

    code = "NOT_FOUND"
    reason = "CONVERSATION_NOT_FOUND"


class ConfirmationNotFound(ServiceRefusal):
    """No call waits for that answer, or no longer: NOT_FOUND, CONFIRMATION_NOT_FOUND."""

    code = "NOT_FOUND"
    reason = "CONFIRMATION_NOT_FOUND"


class ConfirmationMismatch(ServiceRefusal):
    """The yes is to another call or device: FAILED_PRECONDITION, CONFIRMATION_MISMATCH."""

    code = "FAILED_PRECONDITION"
    reason = "CONFIRMATION_MISMATCH"


class RequestNotFound(ServiceRefusal):
    """No such request of the client runs: NOT_FOUND, REQUEST_NOT_FOUND."""

    code = "NOT_FOUND"
    reason = "REQUEST_NOT_FOUND"


class RequestRunning(ServiceRefusal):
    """The request of that idempotency key has not ended yet: ABORTED, REQUEST_RUNNING."""

    code = "ABORTED"
    reason = "REQUEST_RUNNING"


class RequestFailedBefore(ServiceRefusal):
    """The request of that idempotency key failed half-way: ABORTED, REQUEST_FAILED_BEFORE.

    The metadata's ``error`` is its reason.
    """

    code = "ABORTED"
    reason = "REQUEST_FAILED_BEFORE"


class RequestCancelled(ServiceRefusal):
    """A Cancel ended the request: CANCELLED, REQUEST_CANCELLED."""

    code = "CANCELLED"
    reason = "REQUEST_CANCELLED"


class DeadlineTooShort(ServiceRefusal):
    """The answer could not be there before the deadline: DEADLINE_EXCEEDED, DEADLINE_TOO_SHORT."""

    code = "DEADLINE_EXCEEDED"
    reason = "DEADLINE_TOO_SHORT"


class ServiceStopping(ServiceRefusal):
    """The service ends and takes nothing new: UNAVAILABLE, SERVICE_STOPPING."""

    code = "UNAVAILABLE"
    reason = "SERVICE_STOPPING"


class Overloaded(ServiceRefusal):
    """There is too much to do: RESOURCE_EXHAUSTED, OVERLOADED; each subclass has its own reason."""

    code = "RESOURCE_EXHAUSTED"
    reason = "OVERLOADED"

    def __init__(self, message: str, *, retry_after: float, **metadata: str) -> None:
        super().__init__(message, **metadata)
        self.retry_after = retry_after


class QueueFull(Overloaded):
    """Too many requests wait, of this client or of all: RESOURCE_EXHAUSTED, QUEUE_FULL."""

    reason = "QUEUE_FULL"


class TooManyConfirmations(Overloaded):
    """Too many of the client's calls wait for an answer: RESOURCE_EXHAUSTED, TOO_MANY_CONFIRMATIONS."""

    reason = "TOO_MANY_CONFIRMATIONS"


class TooManyWatchers(Overloaded):
    """Too many streams watch the devices: RESOURCE_EXHAUSTED, TOO_MANY_WATCHERS."""

    reason = "TOO_MANY_WATCHERS"
