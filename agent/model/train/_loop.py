"""The training loop: plan, step, validate, save, and write the adapter."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from agent.model import (
    Adapter,
    AdapterMetadata,
    choose_entries,
    file_sha256,
    load_adapter,
    open_base,
    packaged_base,
    save_adapter,
)
from agent.model._quantise import WeightFormat, rounded
from agent.model.convert import LlamaBase
from agent.model.train._base_weights import BaseWeights, load_base
from agent.model.train._batches import MicroBatch, Schedule
from agent.model.train._checkpoint import Progress, load_checkpoint, restore, save_checkpoint
from agent.model.train._identity import command_line, fingerprint, known_signatures
from agent.model.train._machine import Machine, prepare
from agent.model.train._network import EMBEDDING, PROJECTIONS, Network
from agent.model.train._options import CHECKPOINT, MICRO_BATCH, Options, Recipe, TrainingError
from agent.model.train._record import Log, git_commit, plot_loss, write_record
from agent.model.train._report import Reporter, Result
from agent.model.train._rows import Example, languages, read_rows, texts_of, to_examples
from agent.model.train._steps import gradients, make_optimiser, rate, train_step
from agent.model.train._validation import Validation, summary, validate
from agent.model.train._watch import Speed, stop_signals

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

ADAPTER = "adapter.safetensors"
LOG = "log.jsonl"
PLOT = "loss.png"
RECORD = "run.json"

_TRIAL_STEPS = 4
"""Steps whose time tells how many fit into ``minutes``, after one that warms up."""


def train(options: Options, reporter: Reporter) -> Result:
    """Train an adapter and write it to the run's folder, and to ``options.out``.

    Raises:
        TrainingError: the data or a checkpoint cannot be used, or the run's folder has another run.
        ModelFileError: the base model cannot be used.

    """
    checkpoint = options.run / CHECKPOINT
    if checkpoint.exists() and not options.resume:
        raise TrainingError(f"{options.run} has a run: go on with --resume, or name another folder")
    machine = prepare(options.threads, options.precision, options.fuse)
    base_path = options.base or packaged_base()
    reporter.note(f"reading {base_path.name} ({machine.precision}, {machine.threads} threads)")
    entries = _vocabulary(options, base_path, reporter)
    return _Run(options, machine, load_base(base_path, entries), entries, reporter).train()


class _Run:
    """One sitting of a run."""

    def __init__(
        self,
        options: Options,
        machine: Machine,
        base: BaseWeights,
        entries: NDArray[np.int32] | None,
        reporter: Reporter,
    ) -> None:
        self._options = options
        self._recipe = options.recipe
        self._machine = machine
        self._base = base
        self._entries = entries
        self._reporter = reporter
        self._training, self._left_out = self._examples(options.data)
        self._validation, _ = self._examples(options.validation)
        self._schedule = Schedule(self._training, self._recipe.seed)
        self._data_sha256 = file_sha256(options.data)
        self._network = Network(
            base.shape,
            base.tensors,
            base.control_ids,
            rank=self._recipe.rank,
            scale=self._recipe.scale,
            seed=self._recipe.seed,
            dtype=machine.dtype,
            fuse=machine.fuse,
            rounded=_roundings(self._recipe),
        )
        self._optimiser = make_optimiser(self._network, self._recipe)
        self._progress = self._begin()
        self._log = Log(options.run / LOG, keep_until=self._progress.step)
        self._started = time.monotonic()
        self._earlier_seconds = self._progress.seconds

    def train(self) -> Result:
        """Run to the end, or until the process is asked to stop."""
        options, steps = self._options, self._progress.steps
        first = self._progress.step
        saved = time.monotonic()
        speed = Speed()
        with stop_signals() as stop:
            while self._progress.step < steps and not stop:
                step = self._progress.step
                if step % self._recipe.round_every == 0 or step == first:
                    self._network.round_weights()
                result = train_step(
                    self._network,
                    self._optimiser,
                    self._parts_of(step),
                    self._recipe,
                    rate(self._recipe, step, steps),
                )
                done = step + 1
                speed.add(result.tokens)
                self._advance(step=done)
                self._log.write(
                    done,
                    loss=round(result.loss, 5),
                    gradient=round(result.gradient, 4),
                    rate=round(rate(self._recipe, step, steps) * self._recipe.learning_rate, 7),
                    tokens_per_second=round(speed.tokens_per_second()),
                )
                self._reporter.step(done, steps, result.loss, speed.tokens_per_second())
                if done == first + 10:
                    self._estimate(speed, steps - done)
                if done % options.validate_every == 0 or done == steps:
                    self._validate()
                    speed = Speed()
                if done == steps or stop or time.monotonic() - saved > 60 * options.checkpoint_minutes:
                    self._save()
                    saved = time.monotonic()
        finished = self._progress.step == steps
        if finished:
            self._finish()
        return Result(
            adapter=options.run / ADAPTER,
            step=self._progress.step,
            steps=steps,
            best_step=self._progress.best_step,
            exact=self._progress.best_exact,
            loss=self._progress.best_loss,
            seconds=self._progress.seconds,
            finished=finished,
        )

    def _examples(self, path: Path) -> tuple[list[Example], dict[str, int]]:
        examples, too_long = to_examples(
            read_rows(path),
            self._base.tokenizer,
            decision_weight=self._recipe.decision_weight,
            longest=self._base.shape.context,
        )
        mean = sum(example.length for example in examples) / len(examples)
        self._reporter.note(f"{path.name}: {len(examples)} rows, {mean:.0f} tokens a row")
        if too_long:
            self._reporter.note(f"left out as too long: {dict(too_long)}")
        return examples, dict(too_long)

    def _parts_of(self, step: int) -> list[MicroBatch]:
        count = self._recipe.batch_tokens // MICRO_BATCH
        return [self._schedule.take(step * count + part) for part in range(count)]

    def _begin(self) -> Progress:
        path = self._options.run / CHECKPOINT
        start_sha256 = file_sha256(self._options.start) if self._options.start else ""
        mark = fingerprint(self._recipe, self._data_sha256, self._base.sha256, start_sha256, self._machine)
        if self._options.resume and path.exists():
            checkpoint = load_checkpoint(path)
            if checkpoint.progress.fingerprint != mark:
                raise TrainingError(
                    f"{path} was made with other data, options or precision; give the same ones, or start in "
                    "another folder",
                    path=str(path),
                )
            if self._options.steps not in (None, checkpoint.progress.steps):
                raise TrainingError(
                    f"the run was planned with {checkpoint.progress.steps} steps, "
                    "which its learning rate follows; give the same number"
                )
            restore(checkpoint, self._network.trainable, self._optimiser)
            self._network.refresh()
            self._reporter.note(f"going on after step {checkpoint.progress.step}")
            return checkpoint.progress
        if self._options.start is not None:
            self._start_from(self._options.start)
        return Progress(steps=self._options.steps or self._plan(), fingerprint=mark)

    def _start_from(self, path: Path) -> None:
        adapter = load_adapter(path)
        parameters = self._network.trainable
        fits = adapter.metadata.scale == self._recipe.scale and parameters.keys() == adapter.tensors.keys()
        if not fits or any(
            have > want
            for name, value in parameters.items()
            for have, want in zip(adapter.tensors[name].shape, value.shape, strict=True)
        ):
            raise TrainingError(
                f"{path} has a higher rank or another scale than the recipe; give the --rank of its training",
                path=str(path),
            )
        with torch.no_grad():
            for name, value in parameters.items():
                learnt = torch.from_numpy(adapter.tensors[name])
                # A lower rank is widened: the new columns of B are zero, so nothing changes yet.
                value[tuple(slice(size) for size in learnt.shape)] = learnt.float()
        self._network.refresh()
        self._reporter.note(f"starting from {path.name}, trained for {adapter.metadata.steps} steps")

    def _plan(self) -> int:
        """Return how many steps fit into the given minutes, by the time of a few that change nothing."""
        assert self._options.minutes is not None  # noqa: S101 - Options has one of the two
        gradients(self._network, self._parts_of(0))
        start = time.monotonic()
        for step in range(_TRIAL_STEPS):
            gradients(self._network, self._parts_of(step))
        seconds = (time.monotonic() - start) / _TRIAL_STEPS
        start = time.monotonic()
        validate(self._network, self._validation)
        seconds += (time.monotonic() - start) / self._options.validate_every
        self._optimiser.zero_grad()
        steps = max(1, int(60 * self._options.minutes / seconds))
        self._reporter.note(f"{steps} steps of {seconds:.2f} s fit into {self._options.minutes:g} minutes")
        return steps

    def _estimate(self, speed: Speed, left: int) -> None:
        minutes = left * speed.seconds_per_step() / 60
        self._reporter.note(f"{speed.tokens_per_second():.0f} tokens/s; about {minutes:.0f} minutes to go")

    def _advance(self, **changes: float) -> None:
        seconds = round(self._earlier_seconds + time.monotonic() - self._started, 1)
        self._progress = self._progress.model_copy(update={**changes, "seconds": seconds})

    def _validate(self) -> None:
        self._network.round_weights()
        found = validate(self._network, self._validation)
        step = self._progress.step
        self._log.write(step, **found.to_json())
        self._reporter.note(f"step {step}: {summary(found)}")
        # Not by the share of exact rows: on some hundred rows it swings by more than a validation's gain.
        if not self._progress.best_step or found.loss <= self._progress.best_loss:
            self._advance(best_step=step, best_exact=found.exact, best_loss=found.loss)
            save_adapter(self._adapter(found), self._options.run / ADAPTER)
        plot_loss(self._options.run / LOG, self._options.run / PLOT)

    def _save(self) -> None:
        save_checkpoint(
            self._options.run / CHECKPOINT, self._progress, self._network.trainable, self._optimiser
        )

    def _adapter(self, found: Validation) -> Adapter:
        tensors = {name: value.detach().numpy() for name, value in self._network.trainable.items()}
        metadata = AdapterMetadata.model_validate(
            {
                "scale": self._recipe.scale,
                "known_signatures": known_signatures(self._options.data),
                "languages": languages(self._training),
                "data_sha256": self._data_sha256,
                "base_sha256": self._base.sha256,
                "seed": self._recipe.seed,
                "steps": self._progress.step,
                "recipe": asdict(self._recipe),
                "command": command_line(),
                **found.to_json(),
            }
        )
        return Adapter(metadata, tensors, self._entries)

    def _finish(self) -> None:
        options = self._options
        write_record(
            options.run / RECORD,
            {
                "options": options.for_record(),
                "progress": self._progress.model_dump(exclude={"fingerprint"}),
                "training_rows": len(self._training),
                "validation_rows": len(self._validation),
                "left_out_as_too_long": self._left_out,
                "data_sha256": self._data_sha256,
                "validation_sha256": file_sha256(options.validation),
                "base_sha256": self._base.sha256,
                "adapter_sha256": file_sha256(options.run / ADAPTER),
                "commit": git_commit(Path(__file__).parent),
                "machine": self._machine.to_json(),
            },
        )
        if options.out is not None:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_bytes((options.run / ADAPTER).read_bytes())


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


def _roundings(recipe: Recipe) -> dict[str, Callable[[torch.Tensor], torch.Tensor]]:
    formats = {EMBEDDING: recipe.embedding}
    for name in PROJECTIONS:
        formats[name] = recipe.attention if name.startswith("attn_") else recipe.feed_forward
    return {name: _rounding(stored_as) for name, stored_as in formats.items() if stored_as is not None}


def _rounding(stored_as: WeightFormat) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda values: torch.from_numpy(rounded(values.detach().numpy(), stored_as))
