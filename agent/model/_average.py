"""The average of two adapters of one descent: often better than either on what neither was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agent.errors import AdapterError
from agent.model._adapter import Adapter, AdapterMetadata, load_adapter
from agent.model._files import file_sha256

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["average_adapters"]


def average_adapters(first: Path, second: Path, share: float = 0.5) -> Adapter:
    """Return the adapter between two that were trained one from the other.

    Factors are averaged, not products: it is near the average of the changed matrices only where the one was
    trained from the other, so that their factors are alike. The metadata and guesses are the second's,
    without its metrics, which nobody measured for this one.

    Args:
        first: the file of the earlier adapter.
        second: that of the later one, trained on from it or from what it was trained from.
        share: the second's weight, from 0 to 1.

    Raises:
        AdapterError: a file cannot be read, or the two differ in shape, scale, base, formats or vocabulary.

    """
    if not 0 <= share <= 1:
        raise AdapterError(f"the share must be from 0 to 1, not {share}")
    one, other = load_adapter(first), load_adapter(second)
    _check(one, other, first, second)
    tensors = {
        name: (
            (1 - share) * value.astype(np.float32) + share * other.tensors[name].astype(np.float32)
        ).astype(np.float16)
        for name, value in one.tensors.items()
    }
    facts = other.metadata.model_dump()
    for name in other.metadata.metrics:
        del facts[name]
    facts |= {"average_of": [file_sha256(first), file_sha256(second)], "average_share": share}
    return Adapter(AdapterMetadata.model_validate(facts), tensors, other.vocabulary, other.guesses)


def _check(one: Adapter, other: Adapter, first: Path, second: Path) -> None:
    def of(adapter: Adapter) -> dict[str, object]:
        recipe = adapter.metadata.recipe
        vocabulary = adapter.vocabulary
        return {
            "matrices": {name: value.shape for name, value in adapter.tensors.items()},
            "scale": adapter.metadata.scale,
            "base": adapter.metadata.trained_on,
            "formats": (recipe.attention, recipe.feed_forward, recipe.embedding),
            "vocabulary": adapter.metadata.merges if vocabulary is None else vocabulary.tobytes(),
            "known tools": sorted(adapter.metadata.known_signatures),
        }

    left, right = of(one), of(other)
    if different := [name for name in left if left[name] != right[name]]:
        raise AdapterError(
            f"{first.name} and {second.name} have no average: they differ in {', '.join(different)}",
            path=str(second),
        )
