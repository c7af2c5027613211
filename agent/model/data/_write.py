"""Writes the training and validation files, the manifest and the coverage report."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model.data._avoid import Avoided, read_avoided
from agent.model.data._coverage import coverage, report
from agent.model.data._errors import PhraseFileError
from agent.model.data._generator import DataOptions, Generator, Row
from agent.model.data._tools import known_signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MAX_SAME_TEXT = 3
"""How often the training file may hold one text in one situation; requests without arguments repeat."""


@dataclass(frozen=True, slots=True)
class DataResult:
    """What was written."""

    training: Path
    rows: int
    validation: Path | None
    validation_rows: int
    dropped: int
    sha256: str


def collect(
    options: DataOptions, count: int, *, held_out: bool, avoid: Avoided | None = None
) -> tuple[list[Row], int]:
    """Return rows of one split and how many were dropped for what they share with ``avoid``.

    Raises:
        PhraseFileError: a file is wrong, or the files give too few rows.

    """
    limit = 1 if held_out else MAX_SAME_TEXT
    seen: Counter[str] = Counter()
    rows: list[Row] = []
    dropped = 0
    repeats = 0
    for row in Generator(options, held_out=held_out).rows():
        if len(rows) >= count:
            break
        avoided = avoid is not None and avoid.shares(row.text)
        key = f"{row.text.casefold()}\n{len(row.tools)}\n{len(row.history)}"
        if avoided or seen[key] >= limit:
            dropped += avoided
            repeats += not avoided
            if dropped + repeats > 50 * count + 1000:
                raise PhraseFileError(
                    f"the phrases give no {count} different rows; add phrases or ask for fewer rows"
                )
            continue
        seen[key] += 1
        rows.append(row)
    return rows, dropped


def write_data(
    training: Path,
    *,
    rows: int = 40_000,
    options: DataOptions | None = None,
    validation: Path | None = None,
    validation_rows: int = 600,
    avoid: Sequence[Path] = (),
) -> DataResult:
    """Write the training file with its manifest and report, and the validation file.

    ``avoid`` names evaluation files: a training row that says the same as one of their requests, or shares
    a run of eight words or twelve Chinese or Japanese characters with it, is dropped.

    Raises:
        PhraseFileError: a phrase, value or tool file is wrong, or the files give too few rows.
        DataOptionsError: an evaluation file cannot be read.

    """
    options = options or DataOptions()
    training_rows, dropped = collect(options, rows, held_out=False, avoid=read_avoided(avoid))
    sha256 = write_rows(training, training_rows)
    held_out: list[Row] = []
    if validation is not None:
        held_out, _ = collect(options, validation_rows, held_out=True)
        write_rows(validation, held_out)
    counts = coverage(training_rows)
    manifest = {
        "seed": options.seed,
        "languages": dict(options.languages),
        "rows": len(training_rows),
        "validation_rows": len(held_out),
        "dropped": dropped,
        "avoided": [path.name for path in avoid],
        "sha256": sha256,
        "known_signatures": known_signatures(),
        "coverage": counts,
        "validation_coverage": coverage(held_out),
    }
    beside(training, ".manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    beside(training, ".report.md").write_text(report(counts), encoding="utf-8")
    return DataResult(training, len(training_rows), validation, len(held_out), dropped, sha256)


def beside(path: Path, suffix: str) -> Path:
    """Return the path with a suffix added to the whole name."""
    return path.with_name(path.name + suffix)


def write_rows(path: Path, rows: Iterable[Row]) -> str:
    """Write rows as JSON lines and return the hash of the file."""
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for row in rows:
            line = (json.dumps(row.to_json(), ensure_ascii=False) + "\n").encode()
            digest.update(line)
            file.write(line)
    return digest.hexdigest()
