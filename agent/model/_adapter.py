"""The adapter: what training changes, as a small file beside the code.

A safetensors file. For each adapted matrix of each layer ``blk.N.NAME.lora_a`` [rank, in] and ``.lora_b``
[out, rank]; ``token_embd.rows`` [control tokens, width] replaces the embedding rows of the control tokens,
in the order of their ids in Gemma's vocabulary (`TRAINED_ROWS`), whatever ids they have in another one.
All are float16. ``vocabulary`` [entries], int32, ascending, has the ids that are kept, where the adapter was
trained with a choice of its own; ``guesses`` [n, 3], int32, has what mostly follows two tokens in answers.
The file's metadata has one entry, ``intent_agent``: `AdapterMetadata` as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray
from pydantic import BaseModel as PydanticModel
from pydantic import ConfigDict, Field, ValidationError

from agent.errors import AdapterError
from agent.model._base import TRAINED_ROWS, LazyTensors
from agent.model._files import replacing
from agent.model._quantise import WeightFormat
from agent.model._vocabulary import DEFAULT_MERGES

if TYPE_CHECKING:
    from pathlib import Path

ADAPTED_MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""The matrices of a layer that may have a low-rank update, by their GGUF names."""

EMBEDDING = "token_embd.weight"
_ROWS = "token_embd.rows"
_VOCABULARY = "vocabulary"
_GUESSES = "guesses"
_GUESS = 3
"""Two tokens and what follows them."""
_METADATA_KEY = "intent_agent"
_METRICS = ("exact", "validation_loss", "by_kind", "by_lang")


class AdapterRecipe(PydanticModel):
    """What of the training's recipe the build must know; the trainer's other entries are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    attention: WeightFormat | None = None
    """The format of q, k, v and the output matrix for whose rounding it was trained; None for none."""
    feed_forward: WeightFormat | None = None
    """That of gate, up and down."""
    embedding: WeightFormat | None = None
    """That of the embedding."""


class AdapterMetadata(PydanticModel):
    """What an adapter is and how it came to be; entries that are not listed here are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    format: Literal[1] = 1
    scale: float = Field(gt=0, allow_inf_nan=False)
    """By which B @ A is multiplied: alpha / rank."""
    known_signatures: tuple[str, ...] = ()
    """Signatures of the tools that need no declaration in the prompt."""
    merges: int = Field(default=DEFAULT_MERGES, ge=0)
    """The vocabulary of an adapter that has no `Adapter.vocabulary`; see `cut_vocabulary`."""
    languages: tuple[str, ...] = ()
    data_sha256: str = ""
    seed: int = 0
    steps: int = 0
    recipe: AdapterRecipe = AdapterRecipe()

    @property
    def trained_on(self) -> str:
        """The SHA-256 of the base model that it was trained on; empty where that is not written down."""
        return str((self.model_extra or {}).get("base_sha256", ""))

    @property
    def metrics(self) -> dict[str, Any]:
        """What the trainer measured on its validation rows; see `agent.model.train`."""
        extra = self.model_extra or {}
        return {name: extra[name] for name in _METRICS if name in extra}


@dataclass(frozen=True)
class Adapter:
    """An adapter's metadata and tensors; see the module's text for their names and shapes."""

    metadata: AdapterMetadata
    tensors: Mapping[str, NDArray[np.float16]]
    vocabulary: NDArray[np.int32] | None = None
    """The base model's ids that are kept, ascending; see `choose_entries`."""
    guesses: NDArray[np.int32] | None = None
    """[n, 3] ids of the base model: in answers, the third mostly follows the first two. The engine guesses
    with them, which changes its speed and not its answers; decision 0028."""


def save_adapter(adapter: Adapter, path: Path) -> None:
    """Write an adapter file; it appears under its name only when it is complete."""
    tensors: dict[str, NDArray[Any]] = {
        name: np.ascontiguousarray(value, dtype=np.float16) for name, value in adapter.tensors.items()
    }
    if adapter.vocabulary is not None:
        tensors[_VOCABULARY] = adapter.vocabulary
    if adapter.guesses is not None:
        tensors[_GUESSES] = adapter.guesses
    data = safetensors.numpy.save(tensors, metadata={_METADATA_KEY: adapter.metadata.model_dump_json()})
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def load_adapter(path: Path) -> Adapter:
    """Read an adapter file.

    Raises:
        AdapterError: there is no readable file, it is damaged, or its metadata is missing or of a newer
        format.

    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get(_METADATA_KEY)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, safetensors.SafetensorError) as error:
        raise AdapterError(f"the adapter {path} cannot be read: {error}", path=str(path)) from error
    if text is None:
        raise AdapterError(
            f"the adapter {path} has no metadata entry {_METADATA_KEY}; write it with save_adapter",
            path=str(path),
        )
    try:
        metadata = AdapterMetadata.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise AdapterError(
            f"the metadata of the adapter {path} cannot be used: {where}: {first['msg']}", path=str(path)
        ) from error
    vocabulary = tensors.pop(_VOCABULARY, None)
    if vocabulary is not None and (vocabulary.ndim != 1 or np.any(np.diff(vocabulary) <= 0)):
        raise AdapterError(
            f"the vocabulary of the adapter {path} is no ascending list of ids", path=str(path)
        )
    guesses = tensors.pop(_GUESSES, None)
    if guesses is not None and (guesses.ndim != 2 or guesses.shape[1] != _GUESS):
        raise AdapterError(f"the guesses of the adapter {path} are no ids in threes", path=str(path))
    return Adapter(metadata, tensors, vocabulary, guesses)


class AdaptedBase(Protocol):
    """A base model as an adapter sees it: `BaseModel` or `LlamaBase`."""

    @property
    def tensors(self) -> LazyTensors: ...
    @property
    def layers(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def trained_rows(self) -> tuple[int, ...]:
        """The ids of the control tokens whose embeddings an adapter replaces, in the order of its rows."""
        ...


def merge(base: AdaptedBase, adapter: Adapter | None) -> MergedTensors:
    """Return the base model's tensors with the adapter in them: W + scale * (B @ A), and the replaced rows.

    Nothing is computed before a tensor is asked for. Without an adapter the tensors are the base's.

    Raises:
        AdapterError: a tensor of the adapter has no place in this base model.

    """
    return MergedTensors(base, adapter)


class MergedTensors(Mapping[str, NDArray[np.float32]]):
    """Tensors by GGUF name; each is computed anew at every access."""

    def __init__(self, base: AdaptedBase, adapter: Adapter | None) -> None:
        self._base = base
        self._adapter = adapter
        if adapter is not None:
            _check(base, adapter)

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        value = self._base.tensors[name]
        if self._adapter is None:
            return value
        stem = name.removesuffix(".weight")
        if f"{stem}.lora_a" in self._adapter.tensors:
            down = self._adapter.tensors[f"{stem}.lora_a"].astype(np.float32)
            up = self._adapter.tensors[f"{stem}.lora_b"].astype(np.float32)
            value += np.float32(self._adapter.metadata.scale) * (up @ down)
        elif name == EMBEDDING and _ROWS in self._adapter.tensors:
            value[list(self._base.trained_rows)] = self._adapter.tensors[_ROWS]
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._base.tensors)

    def __len__(self) -> int:
        return len(self._base.tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return a tensor's shape without reading it."""
        return self._base.tensors.shape(name)

    def embedding_rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return these rows of the embedding; far less memory than the whole of it."""
        value = self._base.tensors.rows(EMBEDDING, ids)
        if self._adapter is not None and _ROWS in self._adapter.tensors:
            replaced = self._adapter.tensors[_ROWS]
            for row, identity in enumerate(self._base.trained_rows):
                value[ids == identity] = replaced[row]
        return value


def _check(base: AdaptedBase, adapter: Adapter) -> None:
    expected: dict[str, tuple[int, ...]] = {_ROWS: (len(TRAINED_ROWS), base.width)}
    for layer in range(base.layers):
        for matrix in ADAPTED_MATRICES:
            stem = f"blk.{layer}.{matrix}"
            low = adapter.tensors.get(f"{stem}.lora_a")
            if low is None:
                continue
            rank = low.shape[0]
            outputs, inputs = base.tensors.shape(f"{stem}.weight")
            expected[f"{stem}.lora_a"] = (rank, inputs)
            expected[f"{stem}.lora_b"] = (outputs, rank)
            if f"{stem}.lora_b" not in adapter.tensors:
                raise AdapterError(f"the adapter has {stem}.lora_a without {stem}.lora_b", tensor=stem)
    for name, value in adapter.tensors.items():
        if name not in expected:
            raise AdapterError(
                f"the adapter's tensor {name} has no place in this base model: the adapter is of another "
                "kind or for another model",
                tensor=name,
            )
        if value.shape != expected[name]:
            raise AdapterError(
                f"the adapter's tensor {name} has the shape {value.shape}, expected {expected[name]} for "
                "this base model: the adapter is for another model",
                tensor=name,
            )
        if not np.isfinite(value).all():
            raise AdapterError(f"the adapter's tensor {name} has values that are no numbers", tensor=name)
