"""The base model: a Gemma 3 for text, from a GGUF file or from Hugging Face's files, under GGUF's names."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelFileCorrupt, WrongArchitecture
from agent.model._files import file_sha256
from agent.model._gguf_file import MetadataValue, read_gguf
from agent.model._hf_base import hf_files, read_hf
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

ARCHITECTURE = "gemma3"
_LOCAL_ROPE_BASE = 10_000.0
_SLIDING_WINDOW_PATTERN = 6
_MOST_NAMED = 3
_OTHER_FORMATS = (
    (
        (b"PK\x03\x04", b"\x80\x02", b"\x80\x04"),
        "is a PyTorch or zip file, and such a file can run code when it is read; take GGUF or safetensors",
    ),
    ((b"version https://git-lfs",), "is what Git LFS leaves in place of a file; run: git lfs pull"),
    ((b"LITERTLM", b"\x1c\x00\x00\x00TFL3"), "is a LiteRT file; take the model as GGUF or safetensors"),
)
"""How files of other kinds start, and what to say of them."""


@dataclass(frozen=True)
class Gemma3Config:
    """The shape of the network.

    Every `sliding_window_pattern`-th layer attends to everything and rotates with `rope_base_global`, the
    others see the last `sliding_window` positions and rotate with `rope_base_local` (Gemma 3 technical
    report, arXiv:2503.19786, section 2). GGUF stores the weights of the norms as the model's weight + 1.
    """

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn_width: int
    context: int
    rms_epsilon: float
    rope_base_global: float
    rope_base_local: float
    sliding_window: int
    sliding_window_pattern: int

    def is_global(self, layer: int) -> bool:
        """Say whether the layer (counted from 0) attends to the whole context."""
        return (layer + 1) % self.sliding_window_pattern == 0


class _StoredTensor(Protocol):
    @property
    def shape(self) -> tuple[int, ...]: ...


class ModelSource(Protocol):
    """An opened model: `GgufFile` or `HfModel`."""

    @property
    def path(self) -> Path: ...
    @property
    def metadata(self) -> Mapping[str, MetadataValue]: ...
    @property
    def tensors(self) -> Mapping[str, _StoredTensor]: ...
    def read(self, name: str) -> NDArray[np.float32]: ...
    def read_rows(self, name: str, ids: NDArray[np.int64]) -> NDArray[np.float32]: ...


class LazyTensors(Mapping[str, NDArray[np.float32]]):
    """Tensors by GGUF name; each is read and dequantised anew at every access, and not kept.

    Shapes are NumPy's: ``[out, in]`` for a matrix, ``[vocabulary, width]`` for ``token_embd.weight``.
    """

    def __init__(self, file: ModelSource) -> None:
        self._file = file

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return self._file.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._file.tensors)

    def __len__(self) -> int:
        return len(self._file.tensors)

    def __contains__(self, name: object) -> bool:
        return name in self._file.tensors

    def rows(self, name: str, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows of a matrix, in the order of `ids`, without dequantising the others."""
        return self._file.read_rows(name, ids)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return a tensor's shape without reading it."""
        return self._file.tensors[name].shape


@dataclass(frozen=True)
class BaseModel:
    """A model file's configuration, vocabulary and weights.

    `tokens`, `scores` and `token_types` have one entry a token id; the types are SentencePiece's numbers
    (1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte).
    """

    path: Path
    config: Gemma3Config
    tensors: LazyTensors
    tokens: tuple[str, ...]
    scores: NDArray[np.float32]
    token_types: NDArray[np.int32]
    metadata: Mapping[str, MetadataValue]

    @property
    def is_functiongemma(self) -> bool:
        """Whether the control tokens of the call format have their names, and so have been trained."""
        found = (self.tokens[identity : identity + 1] for identity in CONTROL_TOKENS.values())
        return all(names == (name,) for names, name in zip(found, CONTROL_TOKENS, strict=True))


def read_base(path: Path) -> BaseModel:
    """Read a Gemma 3 to build or to train with; tensors are read when they are asked for.

    `path` is a GGUF file, a folder from Hugging Face, or a safetensors file with ``config.json`` and the
    tokenizer beside it.

    Raises:
        ModelFileMissing: there is no file, or one that belongs to it is missing.
        ModelFileCorrupt: the file is of another format, or something that Gemma 3 needs is not in it.
        ModelFileTruncated: the file is incomplete.
        WrongArchitecture: the file holds another kind of model.

    """
    if path.is_file():
        _refuse_other_formats(path)
    base = _base_model(read_hf(path)) if _is_hf(path) else read_model_file(path)
    _check_tensors(base)
    return base


def base_sha256(path: Path) -> str:
    """Return what names a base model's contents: the SHA-256 of the file, or of the list of several.

    Raises:
        ModelFileMissing: there is no readable file.

    """
    if not _is_hf(path):
        return file_sha256(path)
    files = "".join(f"{file_sha256(file)}  {file.name}\n" for file in hf_files(path))
    return hashlib.sha256(files.encode()).hexdigest()


def read_model_file(path: Path) -> BaseModel:
    """Read the header of a Gemma 3 GGUF file, whether or not its tensors are all that Gemma 3 has.

    Raises:
        ModelFileMissing: there is no file.
        ModelFileCorrupt: the file is no GGUF file, or something that Gemma 3 needs is not in its header.
        ModelFileTruncated: the file is incomplete.
        WrongArchitecture: the file holds another kind of model.

    """
    return _base_model(read_gguf(path))


def _is_hf(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".safetensors"


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(32)
    for starts, what in _OTHER_FORMATS:
        if start.startswith(starts):
            raise ModelFileCorrupt(f"{path} {what}", path=str(path))


def _base_model(file: ModelSource) -> BaseModel:
    path = file.path
    architecture = file.metadata.get("general.architecture")
    if architecture != ARCHITECTURE:
        raise WrongArchitecture(
            f"{path} holds a model of the architecture {architecture}; needed is {ARCHITECTURE}",
            path=str(path),
            architecture=str(architecture),
        )
    fields = _Fields(file)
    tokens = file.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, tuple):
        raise fields.missing("tokenizer.ggml.tokens")
    return BaseModel(
        path=path,
        config=_config(fields),
        tensors=LazyTensors(file),
        tokens=tokens,
        scores=fields.array("tokenizer.ggml.scores", len(tokens)).astype(np.float32),
        token_types=fields.array("tokenizer.ggml.token_type", len(tokens)).astype(np.int32),
        metadata=file.metadata,
    )


def _check_tensors(base: BaseModel) -> None:
    """Check that the tensors are those of the configuration, in its sizes."""
    if base.config.layers > len(base.tensors):
        # Before anything of that size is made of a damaged number.
        raise ModelFileCorrupt(
            f"{base.path} should have {base.config.layers} layers, and has {len(base.tensors)} tensors",
            path=str(base.path),
        )
    expected = _tensor_shapes(base.config, len(base.tokens))
    missing = [name for name in expected if name not in base.tensors]
    surplus = [name for name in base.tensors if name not in expected]
    for names, what in ((missing, "lacks"), (surplus, "has more than Gemma 3:")):
        if names:
            more = f" and {len(names) - _MOST_NAMED} others" if len(names) > _MOST_NAMED else ""
            raise ModelFileCorrupt(
                f"{base.path} {what} the tensors {', '.join(names[:_MOST_NAMED])}{more}",
                path=str(base.path),
                tensor=names[0],
            )
    for name, shape in expected.items():
        if base.tensors.shape(name) != shape:
            raise ModelFileCorrupt(
                f"the tensor {name} of {base.path} has the shape {base.tensors.shape(name)}; by its "
                f"configuration and tokenizer it should have {shape}",
                path=str(base.path),
                tensor=name,
            )


def _tensor_shapes(config: Gemma3Config, vocabulary: int) -> dict[str, tuple[int, ...]]:
    queries, keys = config.heads * config.head_dim, config.kv_heads * config.head_dim
    width = (config.width,)
    of_layer = {
        "attn_norm": width,
        "attn_q": (queries, *width),
        "attn_k": (keys, *width),
        "attn_v": (keys, *width),
        "attn_q_norm": (config.head_dim,),
        "attn_k_norm": (config.head_dim,),
        "attn_output": (*width, queries),
        "post_attention_norm": width,
        "ffn_norm": width,
        "ffn_gate": (config.ffn_width, *width),
        "ffn_up": (config.ffn_width, *width),
        "ffn_down": (*width, config.ffn_width),
        "post_ffw_norm": width,
    }
    return {
        "output_norm.weight": width,
        "token_embd.weight": (vocabulary, *width),
        **{
            f"blk.{layer}.{name}.weight": shape
            for layer in range(config.layers)
            for name, shape in of_layer.items()
        },
    }


class _Fields:
    """Typed access to the metadata of one file."""

    def __init__(self, file: ModelSource) -> None:
        self._file = file

    def missing(self, key: str) -> ModelFileCorrupt:
        return ModelFileCorrupt(
            f"{self._file.path} has no usable value for {key}, so it is no complete Gemma 3 file",
            path=str(self._file.path),
            key=key,
        )

    def number(self, key: str, default: float | None = None) -> float:
        value = self._file.metadata.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise self.missing(key)
        return value

    def array(self, key: str, length: int) -> NDArray[np.float32] | NDArray[np.int32]:
        value = self._file.metadata.get(key)
        if not isinstance(value, np.ndarray) or len(value) != length:
            raise self.missing(key)
        return value


def _config(fields: _Fields) -> Gemma3Config:
    def count(key: str, default: int | None = None) -> int:
        return int(fields.number(f"{ARCHITECTURE}.{key}", default))

    def real(key: str, default: float | None = None) -> float:
        return float(fields.number(f"{ARCHITECTURE}.{key}", default))

    width, heads = count("embedding_length"), count("attention.head_count")
    if heads < 1:
        raise fields.missing(f"{ARCHITECTURE}.attention.head_count")
    return Gemma3Config(
        layers=count("block_count"),
        width=width,
        heads=heads,
        kv_heads=count("attention.head_count_kv", heads),
        head_dim=count("attention.key_length", width // heads),
        ffn_width=count("feed_forward_length"),
        context=count("context_length"),
        rms_epsilon=real("attention.layer_norm_rms_epsilon"),
        rope_base_global=real("rope.freq_base", 1_000_000.0),
        rope_base_local=real("rope.freq_base_swa", _LOCAL_ROPE_BASE),
        sliding_window=count("attention.sliding_window"),
        sliding_window_pattern=max(1, count("attention.sliding_window_pattern", _SLIDING_WINDOW_PATTERN)),
    )
