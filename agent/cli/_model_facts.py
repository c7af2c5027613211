"""What the ``model`` commands tell of a model file: all its facts, or the few that matter after a build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.model import file_sha256, read_header
from tools_schema import built_in_tool_sets, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.model import Manifest

__all__ = ["facts", "flat", "summary"]

_MOST_LISTED = 12


def facts(path: Path, manifest: Manifest | None) -> dict[str, Any]:
    """Return all that is known of a model file, in JSON's types; a file without a manifest is a stock one."""
    header = read_header(path)
    found: dict[str, Any] = {
        "path": str(path),
        "name": header.name,
        "size": path.stat().st_size,
        "sha256": manifest.sha256 if manifest else file_sha256(path),
        "layers": header.layers,
        "width": header.width,
        "vocabulary_size": header.vocabulary_size,
        "prompt_order": manifest.prompt_order if manifest else header.prompt_order,
    }
    if manifest:
        found |= manifest.model_dump(
            mode="json", exclude={"format", "sha256", "size", "vocabulary_size", "prompt_order"}
        )
    return found


def flat(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the facts as lines of a table; of long lists only the length."""
    for name, value in found.items():
        if isinstance(value, dict):
            yield from flat(value)
        elif isinstance(value, list) and len(value) > _MOST_LISTED:
            yield name, f"{len(value)} (all with --json)"
        elif isinstance(value, list):
            yield name, ", ".join(map(str, value)) or "none"
        else:
            yield name, "none" if value is None else str(value)


def summary(path: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield what a build gave, as lines of a table."""
    plan = manifest.inputs.plan
    yield "file", str(path)
    yield "size", f"{manifest.size / 1e6:.0f} MB"
    yield (
        "formats",
        f"attention {plan.attention}, feed-forward {plan.feed_forward}, embedding {plan.embedding}",
    )
    yield "vocabulary", f"{manifest.vocabulary_size:,} entries"
    yield "prompt order", manifest.prompt_order.lower()
    yield "tools known", ", ".join(_known(frozenset(manifest.known_signatures)))
    yield "languages", ", ".join(manifest.languages) or "none"
    yield "validation", _validation(manifest.metrics)
    yield "adapter", _origin(manifest)
    yield "licence", manifest.licence


def _known(signatures: frozenset[str]) -> Iterator[str]:
    """Say how many tools of each built-in set are known, and how many that are of none."""
    others = set(signatures)
    for name in built_in_tool_sets():
        tools = {tool.signature for tool in load_tool_set(name).tools}
        others -= tools
        yield f"{len(tools & signatures)} of {len(tools)} of {name}"
    if others:
        yield f"{len(others)} of other tool sets"


def _validation(metrics: dict[str, Any]) -> str:
    if "exact" not in metrics:
        return "not measured"
    kinds = metrics.get("by_kind", {})
    parts = ", ".join(f"{name} {100 * share:.0f}" for name, share in kinds.items())
    whole = f"{100 * metrics['exact']:.1f} % of rows exactly right"
    return f"{whole} (by kind: {parts})" if parts else whole


def _origin(manifest: Manifest) -> str:
    if manifest.adapter is None:
        return "none"
    trained_on = manifest.adapter.trained_on
    known = f"{manifest.adapter.steps} steps, seed {manifest.adapter.seed}"
    if trained_on in ("", manifest.inputs.base_sha256):
        return known
    return f"{known}; trained on another file than this base, so check the result"
