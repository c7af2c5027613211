"""What a training run is told, and what makes two runs the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from agent.errors import AgentError

if TYPE_CHECKING:
    from agent.model import WeightFormat


CHECKPOINT = "checkpoint.safetensors"
"""The file in a run's folder that tells that it has been begun."""


MICRO_BATCH = 2048
"""Tokens that are computed at once, padding included: about 1 GB of activations."""


class TrainingError(AgentError):
    """A training run cannot start with what it was given: INVALID_ARGUMENT, TRAINING_INPUT."""

    code: ClassVar[str] = "INVALID_ARGUMENT"
    reason: ClassVar[str] = "TRAINING_INPUT"


class Precision(StrEnum):
    """The type that frozen weights are multiplied in."""

    AUTO = "auto"
    """Whichever this CPU multiplies faster."""
    BF16 = "bf16"
    FP32 = "fp32"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides the resulting parameters, with the data, the base model and the number of steps."""

    batch_tokens: int = MICRO_BATCH
    """Tokens a step, padding included: a multiple of 2,048, which is 17 to 45 rows."""
    rank: int = 16
    alpha: float = 32.0
    """An adapter adds alpha / rank times B @ A."""
    learning_rate: float = 4e-4
    rows_factor: float = 4.0
    """How many times faster the control tokens' embedding rows learn: all of them start from other tokens."""
    warm_up: int = 50
    """Steps until the full learning rate; then a cosine to ``floor``."""
    floor: float = 0.05
    clip: float = 1.0
    """The largest norm of a step's gradient."""
    decision_weight: float = 2.0
    """Weight of the tokens that decide: whether to call at all, and whether to call again."""
    noise: float = 0.0
    """The size of the noise on the embeddings of what is read, as a share of theirs; 0 for none."""
    seed: int = 7
    attention: WeightFormat | None = None
    """The format in which q, k, v and the output matrix will be stored, to train for its rounding; None for
    none."""
    feed_forward: WeightFormat | None = None
    """That of gate, up and down."""
    embedding: WeightFormat | None = None
    """That of the embedding, which is the output head too."""
    vocabulary: int | None = None
    """How many entries to choose by the training rows (`choose_entries`); None for those of the adapter that
    is started from, and without one the first merges."""
    round_every: int = 20
    """Steps between two roundings; one precedes every validation."""

    def __post_init__(self) -> None:
        positive = {
            "batch_tokens": self.batch_tokens,
            "rank": self.rank,
            "alpha": self.alpha,
            "learning_rate": self.learning_rate,
            "clip": self.clip,
            "decision_weight": self.decision_weight,
            "round_every": self.round_every,
        }
        for name, value in positive.items():
            if not value > 0:
                raise TrainingError(f"{name} must be greater than 0, not {value}", option=name)
        if not 0 <= self.noise < 1:
            raise TrainingError(f"noise must be at least 0 and less than 1, not {self.noise}", option="noise")
        if self.batch_tokens % MICRO_BATCH:
            raise TrainingError(f"batch_tokens must be a multiple of {MICRO_BATCH}, not {self.batch_tokens}")

    @property
    def scale(self) -> float:
        """Return alpha / rank."""
        return self.alpha / self.rank


@dataclass(frozen=True, slots=True)
class Options:
    """A training run: its files, its length, its recipe and how the machine is used."""

    data: Path
    validation: Path
    run: Path
    """The folder of checkpoints, log, plot and record."""
    out: Path | None = None
    """Where the adapter is written as well; the run's folder has it in any case."""
    base: Path | None = None
    """The GGUF file to adapt; the packaged base model when absent."""
    start: Path | None = None
    """An adapter to start from, of the recipe's scale and at most its rank, or None to start afresh."""
    steps: int | None = None
    minutes: float | None = None
    """Instead of ``steps``: a length that the first steps' speed turns into a number of steps."""
    recipe: Recipe = Recipe()
    threads: int | None = None
    precision: Precision = Precision.AUTO
    fuse: bool | None = None
    """Whether to compile a layer to C++; where a compiler works, when absent."""
    validate_every: int = 250
    checkpoint_minutes: float = 5.0
    resume: bool = False

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise TrainingError("give either the number of steps or the minutes to train")
        if self.steps is not None and self.steps < 1:
            raise TrainingError(f"steps must be 1 or more, not {self.steps}", option="steps")
        if self.minutes is not None and not self.minutes > 0:
            raise TrainingError(f"minutes must be greater than 0, not {self.minutes}", option="minutes")
        if self.validate_every < 1:
            raise TrainingError(f"validate_every must be 1 or more, not {self.validate_every}")

    def for_record(self) -> dict[str, object]:
        """Return the options in JSON's types; of files, their names."""
        return {
            name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()
        }
