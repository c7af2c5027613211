"""Hashes that stand for a call and for a request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools_schema import Call

__all__ = ["call_hash", "content_hash"]


def call_hash(call: Call) -> str:
    """Return the SHA-256 (hex) of a call: its tool, the tool's hash, and its arguments.

    A confirmation is bound to it. Arguments in another order have the same hash.
    """
    whole = {"tool": call.name, "tool_hash": call.tool_hash, "arguments": call.arguments}
    return content_hash(json.dumps(whole, sort_keys=True, default=_plain).encode())


def content_hash(content: bytes) -> str:
    """Return the SHA-256 (hex) of some bytes."""
    return hashlib.sha256(content).hexdigest()


def _plain(value: Mapping[str, object] | Iterable[object]) -> object:
    return dict(value) if isinstance(value, Mapping) else list(value)
