"""The base model: a Gemma 3 for text, from a GGUF file or from Hugging Face's files, under GGUF's names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelFileCorrupt, WrongArchitecture
from agent.model._files import file_sha256
from agent.model._gemma3 import ARCHITECTURE, Fields, Gemma3Config, read_config, tensor_shapes
from agent.model._gguf_file import MetadataValue, read_gguf
from agent.model.hf import hf_files, read_hf
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

TRAINED_ROWS = tuple(sorted(identity for identity in CONTROL_TOKENS.values() if identity > 3))
"""The ids of the control tokens of the call format, untrained in the pretrained model: 46 to 52, 105, 106."""

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
    def layers(self) -> int:
        """The number of layers."""
        return self.config.layers

    @property
    def width(self) -> int:
        """The length of an embedding."""
        return self.config.width

    @property
    def trained_rows(self) -> tuple[int, ...]:
        """The ids whose embeddings an adapter replaces."""
        return TRAINED_ROWS

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
        other = "; a LLaMA runs with --engine ctransformers, see: intent-agent model convert --help"
        raise WrongArchitecture(
            f"{path} holds a model of the architecture {architecture}; needed is {ARCHITECTURE}"
            + (other if architecture == "llama" else ""),
            path=str(path),
            architecture=str(architecture),
        )
    fields = Fields(path, file.metadata)
    tokens = file.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, tuple):
        raise fields.missing("tokenizer.ggml.tokens")
    return BaseModel(
        path=path,
        config=read_config(fields),
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
    expected = tensor_shapes(base.config, len(base.tokens))
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
