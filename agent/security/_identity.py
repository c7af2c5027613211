"""Who is asking, and what they may do."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from agent.security.errors import DeviceNotAllowed, ScopeMissing, ToolSetNotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LOCAL", "Identity", "Scope", "Scopes", "current_identity", "identity_in_context"]


class Scope(StrEnum):
    """How much a client may do; each includes the ones before it."""

    PLAN = "plan"
    """Plan, and list tools, devices, the model and the client's own history. Touches no phone."""
    EXECUTE = "execute"
    """Act on phones."""
    ADMIN = "admin"
    """Also see what other clients did, and use devices at any network address."""


_ORDER = tuple(Scope)


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a client may do, on which devices, with which tool sets.

    ``devices`` are serials and ``tool_sets`` names; where empty, any.
    """

    scope: Scope = Scope.ADMIN
    devices: frozenset[str] = frozenset()
    tool_sets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """A client that was let in. ``client`` is its name in the journal, the logs and the policy."""

    client: str
    scopes: Scopes = field(default_factory=Scopes)

    def has(self, scope: Scope) -> bool:
        """Return whether the client's scope includes this one."""
        return _ORDER.index(self.scopes.scope) >= _ORDER.index(scope)

    def require(self, scope: Scope) -> None:
        """Raise ScopeMissing where the client's scope does not include this one."""
        if not self.has(scope):
            raise ScopeMissing(
                f"'{self.client}' has the scope '{self.scopes.scope}'; this needs '{scope}'",
                scope=scope.value,
            )

    def allows_device(self, serial: str) -> bool:
        """Return whether the client may use the device, or know that it is there.

        adb connects to whatever ``host:port`` it is asked for, so that one has to be among the client's
        devices, or the client an administrator.
        """
        if self.scopes.devices:
            return serial in self.scopes.devices
        return ":" not in serial or self.has(Scope.ADMIN)

    def device(self, serial: str) -> str:
        """Return the serial of the device to use.

        That is ``serial``; where it is empty, the only device that the client may use, or empty where it may
        use any. Raises DeviceNotAllowed for a device that it may not use, or where it has to name one.
        """
        if not serial and len(self.scopes.devices) == 1:
            return next(iter(self.scopes.devices))
        if not self.allows_device(serial):
            if not serial:
                which = "whichever device is connected: name one"
            elif self.scopes.devices:
                which = f"the device '{serial}'"
            else:
                which = f"the address '{serial}': it needs a token with that device"
            raise DeviceNotAllowed(f"'{self.client}' may not use {which}", serial=serial)
        return serial

    def require_tool_sets(self, names: Iterable[str]) -> None:
        """Raise ToolSetNotAllowed for the first tool set that the client may not use."""
        for name in names:
            if not self.allows_tool_set(name):
                raise ToolSetNotAllowed(f"'{self.client}' may not use the tool set '{name}'", tool_set=name)

    def allows_tool_set(self, name: str) -> bool:
        """Return whether the client may use the tool set."""
        return not self.scopes.tool_sets or name in self.scopes.tool_sets


LOCAL = Identity("local")
"""Whoever reaches a service that asks for no credentials: programs on this computer, with every right."""

identity_in_context: ContextVar[Identity] = ContextVar("identity")


def current_identity() -> Identity:
    """Return who makes the RPC that this task serves.

    Take it in the handler itself: threads of an executor do not have it. Raises LookupError outside an RPC.
    """
    return identity_in_context.get()
