"""The training loop: plan, step, validate, save."""

from __future__ import annotations

import time

from agent.model import file_sha256, packaged_base, save_adapter
from agent.model.train._batches import MicroBatch, Schedule
from agent.model.train._begin import go_on, start_from
from agent.model.train._checkpoint import Progress, save_checkpoint
from agent.model.train._identity import fingerprint
from agent.model.train._inputs import Inputs, read_inputs
from agent.model.train._machine import Machine, prepare
from agent.model.train._network import Network
from agent.model.train._options import CHECKPOINT, MICRO_BATCH, Options, TrainingError
from agent.model.train._record import Log, plot_loss
from agent.model.train._report import Reporter, Result
from agent.model.train._results import ADAPTER, make_adapter, write_results
from agent.model.train._rounding import roundings
from agent.model.train._steps import gradients, make_optimiser, rate, train_step
from agent.model.train._validation import summary, validate
from agent.model.train._watch import Speed, stop_signals

LOG = "log.jsonl"
PLOT = "loss.png"

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
    return _Run(options, machine, read_inputs(options, base_path, reporter), reporter).train()


class _Run:
    """One sitting of a run."""

    def __init__(self, options: Options, machine: Machine, inputs: Inputs, reporter: Reporter) -> None:
        self._options = options
        self._recipe = options.recipe
        self._machine = machine
        self._inputs = inputs
        self._reporter = reporter
        self._schedule = Schedule(inputs.training, self._recipe.seed)
        self._network = Network(
            inputs.base.shape,
            inputs.base.tensors,
            inputs.base.control_ids,
            rank=self._recipe.rank,
            scale=self._recipe.scale,
            seed=self._recipe.seed,
            dtype=machine.dtype,
            fuse=machine.fuse,
            rounded=roundings(self._recipe),
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
                    step,
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
            write_results(options, self._inputs, self._progress, self._machine)
        elif self._progress.step > first:
            # The state is safe; now the adapter may be that of the last step too.
            self._validate()
            self._save()
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

    def _parts_of(self, step: int) -> list[MicroBatch]:
        count = self._recipe.batch_tokens // MICRO_BATCH
        return [self._schedule.take(step * count + part) for part in range(count)]

    def _begin(self) -> Progress:
        options, inputs = self._options, self._inputs
        start_sha256 = file_sha256(options.start) if options.start else ""
        mark = fingerprint(self._recipe, inputs.data_sha256, inputs.base.sha256, start_sha256, self._machine)
        if options.resume and (options.run / CHECKPOINT).exists():
            return go_on(options, mark, self._network, self._optimiser, self._reporter)
        if options.start is not None:
            start_from(options.start, self._recipe, self._network, self._reporter)
        return Progress(steps=options.steps or self._plan(), fingerprint=mark)

    def _plan(self) -> int:
        """Return how many steps fit into the given minutes, by the time of a few that change nothing."""
        assert self._options.minutes is not None  # noqa: S101 - Options has one of the two
        gradients(self._network, self._parts_of(0))
        start = time.monotonic()
        for step in range(_TRIAL_STEPS):
            gradients(self._network, self._parts_of(step))
        seconds = (time.monotonic() - start) / _TRIAL_STEPS
        start = time.monotonic()
        validate(self._network, self._inputs.validation)
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
        found = validate(self._network, self._inputs.validation)
        step = self._progress.step
        self._log.write(step, **found.to_json())
        self._reporter.note(f"step {step}: {summary(found)}")
        # Not by the share of exact rows: on some hundred rows it swings by more than a validation's gain.
        if not self._progress.best_step or found.loss <= self._progress.best_loss:
            self._advance(best_step=step, best_exact=found.exact, best_loss=found.loss)
            adapter = make_adapter(self._network, self._options, self._inputs, step, found)
            save_adapter(adapter, self._options.run / ADAPTER)
        plot_loss(self._options.run / LOG, self._options.run / PLOT)

    def _save(self) -> None:
        save_checkpoint(
            self._options.run / CHECKPOINT, self._progress, self._network.trainable, self._optimiser
        )
