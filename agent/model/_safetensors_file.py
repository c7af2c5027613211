"""Reading a safetensors file of float weights as float32.

The ``safetensors`` package gives NumPy no bfloat16, which is how Gemma is published; and it says little of
what is wrong with a file. The layout is that of https://github.com/huggingface/safetensors#format: the length
of a JSON header in 8 bytes, little-endian, the header, and the tensors' bytes.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from agent.errors import ModelFileCorrupt, ModelFileMissing, ModelFileTruncated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000
"""The format's own limit, in bytes."""
_BFLOAT16 = "BF16"
_FLOATS: Mapping[str, str] = MappingProxyType({"F32": "<f4", "F16": "<f2", _BFLOAT16: "<u2", "F64": "<f8"})
"""NumPy types in which the stored values are read."""


@dataclass(frozen=True)
class SafetensorsEntry:
    """Where a tensor lies: ``offset`` in bytes from the file's start; ``dtype`` by the format's name."""

    shape: tuple[int, ...]
    dtype: str
    offset: int


@dataclass(frozen=True)
class SafetensorsFile:
    """The header of a safetensors file."""

    path: Path
    metadata: Mapping[str, str]
    tensors: Mapping[str, SafetensorsEntry]

    def read(self, name: str) -> NDArray[np.float32]:
        """Return a tensor as float32.

        Raises:
            KeyError: there is no such tensor.
            ModelFileCorrupt: its values are no floats.

        """
        entry = self.tensors[name]
        return _as_float32(self._stored(name)[...], entry)

    def read_rows(self, name: str, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows of a matrix as float32, in the order of `ids`.

        Raises:
            KeyError: there is no such tensor.
            ModelFileCorrupt: its values are no floats.

        """
        return _as_float32(self._stored(name)[ids], self.tensors[name])

    def _stored(self, name: str) -> NDArray[Any]:
        entry = self.tensors[name]
        if entry.dtype not in _FLOATS:
            raise ModelFileCorrupt(
                f"{self.path} stores {name} as {entry.dtype}; needed are weights that are not quantised: "
                f"{', '.join(_FLOATS)}",
                path=str(self.path),
                tensor=name,
            )
        return np.memmap(
            self.path, dtype=_FLOATS[entry.dtype], mode="r", offset=entry.offset, shape=entry.shape
        )


def read_safetensors(path: Path) -> SafetensorsFile:
    """Read the header of a safetensors file and check that the file holds all that the header promises.

    Raises:
        ModelFileMissing: there is no readable file.
        ModelFileCorrupt: the file is no safetensors file.
        ModelFileTruncated: the file ends before its contents do.

    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if size < _LENGTH_BYTES or (length <= _LONGEST_HEADER and size < _LENGTH_BYTES + length):
                _truncated(path, "in the middle of its header")
            text = file.read(length) if length <= _LONGEST_HEADER else b""
    except OSError as error:
        raise ModelFileMissing(f"{path} cannot be read: {error.strerror}", path=str(path)) from error
    start = _LENGTH_BYTES + length
    try:
        header = json.loads(text)
        metadata = header.pop("__metadata__", {})
        entries = {name: _entry(described, start) for name, described in header.items()}
        ends = {name: start + int(described["data_offsets"][1]) for name, described in header.items()}
    except (ValueError, AttributeError, KeyError, TypeError, IndexError) as error:
        raise ModelFileCorrupt(
            f"{path} is no safetensors file: its header cannot be read", path=str(path)
        ) from error
    for name, end in ends.items():
        if end > size:
            _truncated(path, f"before its tensor {name}")
        entry = entries[name]
        itemsize = np.dtype(_FLOATS[entry.dtype]).itemsize if entry.dtype in _FLOATS else 0
        if entry.offset < start or (itemsize and math.prod(entry.shape) * itemsize != end - entry.offset):
            raise ModelFileCorrupt(
                f"{path} does not say right how large its tensor {name} is", path=str(path), tensor=name
            )
    return SafetensorsFile(path, MappingProxyType(metadata), MappingProxyType(entries))


def _entry(described: Mapping[str, Any], start: int) -> SafetensorsEntry:
    shape = tuple(int(length) for length in described["shape"])
    if any(length < 1 for length in shape):
        raise ValueError("a tensor without elements")
    return SafetensorsEntry(shape, str(described["dtype"]), start + int(described["data_offsets"][0]))


def _as_float32(stored: NDArray[Any], entry: SafetensorsEntry) -> NDArray[np.float32]:
    if entry.dtype == _BFLOAT16:
        # bfloat16 is the upper half of a float32.
        widened: NDArray[np.float32] = (stored.astype(np.uint32) << 16).view(np.float32)
        return widened
    return np.array(stored, dtype=np.float32)


def _truncated(path: Path, where: str) -> NoReturn:
    raise ModelFileTruncated(f"{path} ends {where}; fetch it again", path=str(path))
