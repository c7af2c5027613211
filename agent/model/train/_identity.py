"""What a run is and what its adapter knows: for checkpoints, adapters and records."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from agent.model.data._tools import known_signatures as built_in_signatures

if TYPE_CHECKING:
    from agent.model.train._machine import Machine
    from agent.model.train._options import Recipe


def fingerprint(
    recipe: Recipe, data_sha256: str, base_sha256: str, start_sha256: str, machine: Machine
) -> str:
    """Return a hash of all that must not change within a run."""
    text = json.dumps(
        [asdict(recipe), data_sha256, base_sha256, start_sha256, machine.precision, machine.fuse]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def command_line() -> str:
    """Return the command line with the names of files alone: whose machine it was is nobody's business."""
    arguments = [Path(word).name if "/" in word else word for word in sys.argv[1:]]
    return shlex.join(["intent-agent", *arguments])


def known_signatures(data: Path) -> tuple[str, ...]:
    """Return the signatures of the tools that the data teaches: by its manifest, or of the built-in sets."""
    manifest = data.with_name(f"{data.name}.manifest.json")
    if manifest.is_file():
        found = json.loads(manifest.read_text(encoding="utf-8")).get("known_signatures")
        if isinstance(found, list):
            return tuple(map(str, found))
    return tuple(built_in_signatures())
