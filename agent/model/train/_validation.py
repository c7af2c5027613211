"""How well the network does on held-out rows, by teacher forcing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from agent.model.train._batches import bundles, collate, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.model.train._network import Network
    from agent.model.train._rows import Example


@dataclass(frozen=True, slots=True)
class Validation:
    """The loss of an answer token, and the share of rows whose every answer token is the likeliest.

    A row counts as exact where greedy decoding would write its answer to the letter.
    """

    loss: float
    exact: float
    by_kind: dict[str, float]
    by_lang: dict[str, float]

    def to_json(self) -> dict[str, object]:
        """Return the numbers, shares rounded to four digits."""
        return {
            "validation_loss": round(self.loss, 5),
            "exact": round(self.exact, 4),
            "by_kind": {name: round(share, 4) for name, share in self.by_kind.items()},
            "by_lang": {name: round(share, 4) for name, share in self.by_lang.items()},
        }


def validate(network: Network, examples: Sequence[Example]) -> Validation:
    """Score all examples; the weights of answer tokens are left aside."""
    loss = 0.0
    tokens = 0
    rows: list[tuple[Example, bool]] = []
    with torch.no_grad():
        for part in map(collate, pack(bundles(examples))):
            states = network.hidden(part.ids, part.layout).flatten(0, 1)[part.places]
            total, best = network.loss(states, part.targets, torch.ones_like(part.weights))
            loss += float(total)
            tokens += len(part.targets)
            wrong = torch.zeros(len(part.examples), dtype=torch.long)
            wrong.index_add_(0, part.owners, (best != part.targets).long())
            rows += zip(part.examples, (wrong == 0).tolist(), strict=True)
    return Validation(
        loss=loss / tokens,
        exact=sum(right for _, right in rows) / len(rows),
        by_kind=_shares([(example.kind, right) for example, right in rows]),
        by_lang=_shares([(example.lang, right) for example, right in rows]),
    )


def _shares(rows: Sequence[tuple[str, bool]]) -> dict[str, float]:
    counts = Counter(name for name, _ in rows)
    right = Counter(name for name, good in rows if good)
    return {name: right[name] / counts[name] for name in sorted(counts)}


def summary(found: Validation) -> str:
    """Return a validation as one line."""
    worst = sorted(found.by_kind.items(), key=lambda item: item[1])[:6]
    parts = ", ".join(f"{name} {100 * share:.0f} %" for name, share in worst)
    return f"validation loss {found.loss:.4f}, exact {100 * found.exact:.1f} % (lowest: {parts})"
