"""What a run is given: the base model, which entries of its vocabulary are kept, and the rows as examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model import choose_entries, file_sha256, load_adapter, open_base
from agent.model.convert import LlamaBase
from agent.model.train._base_weights import BaseWeights, load_base
from agent.model.train._guesses import guesses
from agent.model.train._options import Options, TrainingError
from agent.model.train._rows import Example, read_rows, texts_of, to_examples

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from agent.model.train._report import Reporter


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is read before the first step; ``entries`` None keeps the whole vocabulary.

    ``guesses`` are what an adapter of the run brings along, see `Adapter.guesses`.
    ``left_out`` counts the training rows that are longer than the model's context, by their kind.
    """

    base: BaseWeights
    entries: NDArray[np.int32] | None
    training: list[Example]
    validation: list[Example]
    left_out: dict[str, int]
    guesses: NDArray[np.int32]
    data_sha256: str


def read_inputs(options: Options, base_path: Path, reporter: Reporter) -> Inputs:
    """Read all that a run is given.

    Raises:
        TrainingError: the data cannot be used.
        ModelFileError: the base model cannot be used.

    """
    entries = _vocabulary(options, base_path, reporter)
    base = load_base(base_path, entries)
    training, left_out = _examples(options.data, base, options, reporter)
    validation, _ = _examples(options.validation, base, options, reporter)
    return Inputs(
        base=base,
        entries=entries,
        training=training,
        validation=validation,
        left_out=left_out,
        guesses=guesses(training, entries),
        data_sha256=file_sha256(options.data),
    )


def _vocabulary(options: Options, base: Path, reporter: Reporter) -> NDArray[np.int32] | None:
    if options.recipe.vocabulary is not None:
        opened = open_base(base)
        if isinstance(opened, LlamaBase):
            raise TrainingError("the vocabulary of a LLaMA is not cut: leave --vocabulary away")
        reporter.note(
            f"choosing {options.recipe.vocabulary} entries of the vocabulary by {options.data.name}"
        )
        texts = (text for row in read_rows(options.data) for text in texts_of(row))
        try:
            return choose_entries(opened, texts, options.recipe.vocabulary)
        except ValueError as error:
            raise TrainingError(str(error), option="vocabulary") from error
    return load_adapter(options.start).vocabulary if options.start else None


def _examples(
    path: Path, base: BaseWeights, options: Options, reporter: Reporter
) -> tuple[list[Example], dict[str, int]]:
    examples, too_long = to_examples(
        read_rows(path),
        base.tokenizer,
        decision_weight=options.recipe.decision_weight,
        longest=base.shape.context,
    )
    mean = sum(example.length for example in examples) / len(examples)
    reporter.note(f"{path.name}: {len(examples)} rows, {mean:.0f} tokens a row")
    if too_long:
        reporter.note(f"left out as too long: {dict(too_long)}")
    return examples, dict(too_long)
