"""The training data for a user's own tools: their examples, and built-in requests to keep those tools."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.model.data._examples import ExamplesError, read_examples
from agent.model.data._generator import FOLDER, DataOptions, Row
from agent.model.data._own_rows import OwnRows
from agent.model.data._write import beside, collect, write_rows
from tools_schema import built_in_tool_sets, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from agent.model.data._examples import UserExample
    from tools_schema import Tool

ROWS = 8_000
"""Rows of a training file; 250 steps of 2,048 tokens read about as many."""

OWN_SHARE = 0.5
"""The share of rows from the user's examples."""

HELD_OUT_IN = 8
"""One example in this many is held out, and at least two are."""

TRAINING, VALIDATION = "rows.jsonl", "held-out.jsonl"


@dataclass(frozen=True, slots=True)
class OwnData:
    """What was written; ``untaught`` are tools that no example calls: they stay unknown to the model."""

    training: Path
    validation: Path
    examples: int
    held_out: int
    untaught: tuple[str, ...]


class Manifest(BaseModel):
    """What the data in a folder were made from; ``held_out`` are texts, ``tools`` signatures by name."""

    model_config = ConfigDict(frozen=True)

    seed: int
    rows: int
    examples: int
    held_out: tuple[str, ...]
    examples_sha256: str
    tools: dict[str, str]
    declared: bool
    known_signatures: tuple[str, ...]
    untaught: tuple[str, ...] = ()
    sha256: str


def write_own_data(
    folder: Path,
    tools: Path,
    examples: Path,
    *,
    known_signatures: Iterable[str],
    languages: Sequence[str],
    declared: bool = False,
    rows: int = ROWS,
    seed: int = 7,
) -> OwnData:
    """Write ``rows.jsonl`` with its manifest and ``held-out.jsonl`` into ``folder``.

    ``languages`` are those whose built-in requests the model is to keep. The manifest's known signatures are
    the given ones and those of the tools that the examples call; with ``declared`` the given ones alone,
    because then prompts declare the user's tools. The same arguments give the same bytes.

    Raises:
        ToolSchemaError: the folder of tools has none, or mistakes.
        ExamplesError: the examples cannot be used, or a tool has the name of another built-in one.

    """
    own = load_tool_set(tools).tools
    built_in = {tool.name: tool for name in built_in_tool_sets() for tool in load_tool_set(name).tools}
    for tool in own:
        if tool.name in built_in and built_in[tool.name].signature != tool.signature:
            raise ExamplesError(
                f"the tool {tool.name} has the name of another built-in tool; rename the method in "
                f"{tools}, so that the model can keep them apart",
                tool=tool.name,
            )
    found = read_examples(examples, built_in | {tool.name: tool for tool in own})
    rng = random.Random(f"{seed}/own")  # noqa: S311 - data, not secrets
    training, held_out = split(found, rng)
    called = {call.name for example in training for call in example.calls}
    taught = [tool for tool in own if tool.name in called]
    if not taught:
        raise ExamplesError(f"no example of {examples.name} calls a tool of {tools}")
    signatures = set(known_signatures) | ({tool.signature for tool in taught} if not declared else set())
    folder.mkdir(parents=True, exist_ok=True)
    weights = _languages(found, languages)
    sha256 = write_rows(
        folder / TRAINING,
        _mixed(training, own, DataOptions(seed, weights), rng, rows, declared=declared, held_out=False),
    )
    validated = _mixed(
        held_out,
        own,
        DataOptions(seed, weights),
        rng,
        4 * len(held_out) + 40,
        declared=declared,
        held_out=True,
    )
    write_rows(folder / VALIDATION, validated)
    manifest = Manifest(
        seed=seed,
        rows=rows,
        examples=len(found),
        held_out=tuple(example.text for example in held_out),
        examples_sha256=hashlib.sha256(examples.read_bytes()).hexdigest(),
        tools={tool.name: tool.signature for tool in own},
        declared=declared,
        known_signatures=tuple(sorted(signatures)),
        untaught=tuple(tool.name for tool in own if tool not in taught),
        sha256=sha256,
    )
    _manifest_of(folder).write_text(
        json.dumps(manifest.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return _described(folder, manifest)


def read_own_data(folder: Path) -> tuple[OwnData, Manifest]:
    """Return what `write_own_data` wrote into a folder, and what from.

    Raises:
        ExamplesError: the manifest, or one of the files, is not there or damaged.

    """
    try:
        manifest = Manifest.model_validate_json(_manifest_of(folder).read_bytes())
    except (OSError, ValidationError) as error:
        raise ExamplesError(f"{_manifest_of(folder)} cannot be read: {error}", path=str(folder)) from error
    data = _described(folder, manifest)
    for path in (data.training, data.validation):
        if not path.is_file():
            raise ExamplesError(f"there is no {path}", path=str(path))
    return data, manifest


def _manifest_of(folder: Path) -> Path:
    return beside(folder / TRAINING, ".manifest.json")


def _described(folder: Path, manifest: Manifest) -> OwnData:
    return OwnData(
        folder / TRAINING,
        folder / VALIDATION,
        manifest.examples,
        len(manifest.held_out),
        manifest.untaught,
    )


def split(
    examples: Sequence[UserExample], rng: random.Random
) -> tuple[tuple[UserExample, ...], tuple[UserExample, ...]]:
    """Return the examples to train on, with two at least of every tool, and those held out."""
    count = max(2, len(examples) // HELD_OUT_IN)
    called = [{call.name for call in example.calls} for example in examples]
    left = Counter(name for names in called for name in names)
    held: set[int] = set()
    for index in rng.sample(range(len(examples)), len(examples)):
        if len(held) < count and all(left[name] > 2 for name in called[index]):
            held.add(index)
            left.subtract(called[index])
    if not held:
        raise ExamplesError("no example can be held out; write at least three for every tool")
    return (
        tuple(example for index, example in enumerate(examples) if index not in held),
        tuple(examples[index] for index in sorted(held)),
    )


def _mixed(
    examples: Sequence[UserExample],
    tools: Sequence[Tool],
    options: DataOptions,
    rng: random.Random,
    count: int,
    *,
    declared: bool,
    held_out: bool,
) -> list[Row]:
    """Return rows of the examples and of the built-in tools, half and half.

    Generated refusals that speak of what the user's tools do are left out.
    """
    own = OwnRows(examples, tools, rng, declared=declared, held_out=held_out)
    plain = list(own.plain_rows())
    made = plain + list(islice(own.rows(), max(0, round(count * OWN_SHARE) - len(plain))))
    built_in, _ = collect(options, count - len(made), held_out=held_out)
    topics = _topics(tools)
    return made + [
        row for row in built_in if row.calls or topics.isdisjoint(re.findall(r"\w+", row.text.casefold()))
    ]


def _topics(tools: Sequence[Tool]) -> set[str]:
    """Return the words of the tools' names that no built-in tool's name has."""
    usual = {word for name in built_in_tool_sets() for word in _words(load_tool_set(name).tools)}
    return _words(tools) - usual


def _words(tools: Sequence[Tool]) -> set[str]:
    return {word for tool in tools for word in tool.name.split("_") if len(word) > 3}


def _languages(examples: Sequence[UserExample], learnt: Sequence[str]) -> Mapping[str, float]:
    """Return the languages' shares of the built-in rows: half as the examples', half all alike."""
    available = [lang for lang in learnt if (FOLDER / "phrases" / lang).is_dir()] or ["en"]
    said = Counter(example.lang for example in examples)
    return {lang: said[lang] / len(examples) + 1 / len(available) for lang in available}
