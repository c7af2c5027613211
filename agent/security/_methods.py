"""Which scope an RPC needs, and which RPCs are open to everybody."""

from __future__ import annotations

from agent.security._identity import Scope

__all__ = ["is_open", "scope_of"]

_OPEN = frozenset({"/grpc.health.v1.Health/Check"})
"""A supervisor asks without credentials whether the service is up, and learns nothing else."""

_SERVICE = "/intentagent.v1.IntentAgentService/"

_PLAN_ONLY = frozenset(
    _SERVICE + name
    for name in ("Plan", "Cancel", "ListTools", "ListDevices", "WatchDevices", "GetModel", "ListHistory")
) | {
    "/grpc.health.v1.Health/Watch",
    "/grpc.health.v1.Health/List",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
}


def is_open(method: str) -> bool:
    """Return whether the RPC ("/package.Service/Method") needs no credentials."""
    return method in _OPEN


def scope_of(method: str) -> Scope:
    """Return the scope that the RPC ("/package.Service/Method") needs.

    What is not known to be harmless acts on phones: above all the typed methods of the tools.
    """
    return Scope.PLAN if method in _PLAN_ONLY else Scope.EXECUTE
