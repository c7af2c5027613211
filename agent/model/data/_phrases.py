"""The phrases of one language: which requests there are, and what goes around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model.data._errors import PhraseFileError
from agent.model.data._syntax import Line, is_held_out, parse_sections, stable_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MISSING = "missing"
"""The section of a tool's file whose phrases leave a required argument out."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases for one split (training or validation).

    ``requests`` and ``missing`` are per tool; ``none`` are things said that call nothing, ``impossible``
    those of them that are requests; ``asides`` are said beside a request and ask for nothing; they,
    ``wrappers`` and ``follow_ups`` are per section; ``together`` ask for several calls at once.
    """

    requests: Mapping[str, tuple[Line, ...]]
    missing: Mapping[str, tuple[Line, ...]]
    none: tuple[Line, ...]
    impossible: tuple[Line, ...]
    wrappers: Mapping[str, tuple[Line, ...]]
    asides: Mapping[str, tuple[Line, ...]]
    together: tuple[Line, ...]
    follow_ups: Mapping[str, tuple[Line, ...]]


def load_phrases(folder: Path, lang: str, *, held_out: bool) -> Phrases:
    """Read the phrase files of a language and keep those of one split.

    Wrappers are shared by both splits: there are few, and the requests inside are split.

    Raises:
        PhraseFileError: there is no such language, or a file does not parse.

    """
    base = folder / "phrases" / lang
    if not base.is_dir():
        raise PhraseFileError(f"there are no phrases for the language {lang!r}: add {base.name}/<tool>.txt")

    def pick(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        kept, held = hold_out(lines)
        return held if held_out else kept

    requests: dict[str, tuple[Line, ...]] = {}
    missing: dict[str, tuple[Line, ...]] = {}
    special: dict[str, dict[str, tuple[Line, ...]]] = {
        "_none": {},
        "_wrappers": {},
        "_followups": {},
        "_together": {},
        "_asides": {},
    }
    for path in sorted(base.glob("*.txt")):
        sections = parse_sections(
            path.read_text(encoding="utf-8"), path.stem, f"{lang}/{path.stem}", arguments=True
        )
        if path.stem in special:
            special[path.stem] = {s.name: s.lines for s in sections if s.lines}
            continue
        for section in sections:
            if section.name == path.stem:
                requests[path.stem] = pick(section.lines)
            elif section.name == MISSING:
                missing[path.stem] = pick(section.lines)
            else:
                raise PhraseFileError(
                    f"phrases/{lang}/{path.name}: only the section @{MISSING} is known here"
                )

    def picked(file: str) -> dict[str, tuple[Line, ...]]:
        return {name: found for name, lines in special[file].items() if (found := pick(lines))}

    none = special["_none"]
    return Phrases(
        requests={tool: lines for tool, lines in requests.items() if lines},
        missing={tool: lines for tool, lines in missing.items() if lines},
        none=tuple(line for lines in none.values() for line in pick(lines)),
        impossible=pick(none.get("impossible", ())),
        wrappers=special["_wrappers"],
        asides=picked("_asides"),
        together=pick(special["_together"].get("_together", ())),
        follow_ups=picked("_followups"),
    )


def hold_out(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Split phrases into those for training and those held out, at least one of each from two on."""
    if len(lines) < 2:
        return tuple(lines), ()
    held = [line for line in lines if is_held_out(line.id)]
    if not held or len(held) == len(lines):
        held = [min(lines, key=lambda line: stable_hash(line.id))]
    return tuple(line for line in lines if line not in held), tuple(held)
