"""Training of the adapter: LoRA on Gemma 3 270M, on a CPU, from generated rows.

``train`` needs PyTorch (``pip install 'intent-agent[train]'``); the rest
of the package and its import do not.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from agent.model.train._options import Options, Precision, Recipe, TrainingError

if TYPE_CHECKING:
    from agent.model.train._report import Reporter, Result

__all__ = ["Options", "Precision", "Recipe", "TrainingError", "train"]


def train(options: Options, reporter: Reporter) -> Result:
    """Train an adapter; see ``agent.model.train._loop.train``.

    Raises:
        TrainingError: PyTorch or matplotlib is not installed, or what was given cannot be used.
        ModelFileError: the base model cannot be used.

    """
    # Read by the OpenMP library when PyTorch loads it. Threads that spin while they wait lose most of
    # their time
    # as soon as another process wants a core: 20 to 90 tokens/s were measured, against 350 for threads
    # that sleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # matplotlib is imported at the first validation: it would be missed after hours of work.
    for package in ("torch", "matplotlib"):
        if find_spec(package) is None:
            raise TrainingError(
                f"training needs {package}: run pip install 'intent-agent[train]'", package=package
            )
    from agent.model.train import _loop

    return _loop.train(options, reporter)
