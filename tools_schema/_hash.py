"""Names a tool by its content, so that plans, logs and model files can say which version they mean.

A hash is the SHA-256 of canonical JSON: UTF-8, keys sorted, no spaces, absent things left out. It depends
on what the schema says and on nothing else: not on the order of files, services, methods or fields in the
text, and not on white space. Fields are taken in the order of their numbers, which decides what is appended
to what; the signature sorts them by name, because that is how the model writes them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools_schema._types import Parameter, Tool

__all__ = ["set_hash", "tool_hash", "tool_signature"]

_FORMAT = 1
"""Raised when the same schema shall get another hash, because the way of hashing has changed."""


def tool_hash(tool: Tool) -> str:
    """Return the SHA-256, in hex, of everything that the schema says of the tool."""
    content = asdict(tool)
    del content["hash"], content["signature"], content["source"]
    return _digest("tool", {**content, "target_type": type(tool.target).__name__})


def tool_signature(tool: Tool) -> str:
    """Return the SHA-256, in hex, of what decides how the model writes a call.

    That is the tool's name and, for each parameter that the model writes, its name, type, kind, whether it is
    required, its choices in alphabetical order, its items and its fields.
    """
    return _digest("signature", {"name": tool.name, "parameters": _written(tool.parameters)})


def set_hash(tools: Iterable[Tool]) -> str:
    """Return the SHA-256, in hex, of the tools' hashes, in alphabetical order."""
    return _digest("tool set", sorted(tool.hash for tool in tools))


def _written(parameters: Iterable[Parameter]) -> list[Any]:
    return [_shape(p) for p in sorted(parameters, key=lambda p: p.name) if not p.derived]


def _shape(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "kind": parameter.kind,
        "required": parameter.required,
        "one_of": sorted(parameter.one_of),
        "items": _shape(parameter.items) if parameter.items else None,
        "properties": _written(parameter.properties),
    }


def _digest(what: str, content: object) -> str:
    text = json.dumps(
        _without_absent({"format": _FORMAT, what: content}),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _without_absent(value: Any) -> Any:
    # A field that a later version adds, and a schema does not use, must not change the schema's hash.
    if isinstance(value, dict):
        kept = {key: _without_absent(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if not _absent(item)}
    if isinstance(value, list | tuple):
        return [_without_absent(item) for item in value]
    return value


def _absent(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})
