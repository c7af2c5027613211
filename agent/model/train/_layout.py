"""Which tokens of packed lines see which others, and where in its row each one stands."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Layout:
    """Whose the tokens of packed lines are, all [lines, time].

    ``rows`` numbers the row that a token is of, -1 for padding, and ``leads`` the row that it sees besides
    its own: a beginning that several rows share; where there is none, its own. ``positions`` count from 0 in
    every row, and go on behind a lead.
    """

    rows: Tensor
    leads: Tensor
    positions: Tensor

    @staticmethod
    def plain(lines: int, time: int) -> Layout:
        """Return the layout of lines of one row each."""
        rows = torch.zeros(lines, time, dtype=torch.long)
        return Layout(rows, rows, torch.arange(time).expand(lines, time))

    def hidden(self) -> Tensor:
        """Return which tokens [lines, time, time] are hidden from which: what comes later, and other rows."""
        later = torch.ones(self.rows.shape[1], self.rows.shape[1], dtype=torch.bool).triu(1)
        seen = self.rows.unsqueeze(1)
        return later | (self.rows.unsqueeze(2) != seen) & (self.leads.unsqueeze(2) != seen)

    def distances(self) -> Tensor:
        """Return how far [lines, time, time] tokens stand before others of what they see."""
        return self.positions.unsqueeze(2) - self.positions.unsqueeze(1)
