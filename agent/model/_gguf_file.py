"""Reading the header of a GGUF file: metadata and where each tensor lies.

``gguf.GGUFReader`` builds Python objects per array element and needs about ten seconds for a vocabulary of
262,144 entries; this reader takes arrays as they lie in the file and needs a fifth of a second. Numbers of
formats and the dequantisation stay with the ``gguf`` package.

The layout is that of https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3,
little-endian.
"""

from __future__ import annotations

import math
import mmap
import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import gguf
import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelFileCorrupt, ModelFileMissing, ModelFileTruncated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MetadataValue: TypeAlias = str | bool | int | float | tuple[str, ...] | NDArray[Any]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SMALLEST_ENTRY = 12
"""Bytes of the smallest metadata entry or tensor description: bounds the counts of a broken header."""
_STRING = int(gguf.GGUFValueType.STRING)
_ARRAY = int(gguf.GGUFValueType.ARRAY)
_SCALARS: Mapping[int, str] = MappingProxyType(
    {
        0: "<u1",
        1: "<i1",
        2: "<u2",
        3: "<i2",
        4: "<u4",
        5: "<i4",
        6: "<f4",
        7: "?",
        10: "<u8",
        11: "<i8",
        12: "<f8",
    }
)
"""NumPy types of GGUF's value types."""


@dataclass(frozen=True)
class TensorEntry:
    """Where a tensor lies: ``offset`` in bytes from the file's start, ``shape`` outermost first."""

    name: str
    shape: tuple[int, ...]
    quantisation: gguf.GGMLQuantizationType
    offset: int
    size: int


@dataclass(frozen=True)
class GgufFile:
    """The header of a GGUF file."""

    path: Path
    metadata: Mapping[str, MetadataValue]
    tensors: Mapping[str, TensorEntry]

    def read(self, name: str) -> NDArray[np.float32]:
        """Return a tensor as float32, dequantised where it is quantised.

        Raises:
            KeyError: there is no such tensor.
            ModelFileCorrupt: it is stored in a format that the ``gguf`` package does not read.

        """
        entry = self.tensors[name]
        raw = np.fromfile(self.path, dtype=np.uint8, count=entry.size, offset=entry.offset)
        return self._dequantise(raw, entry, entry.shape)

    def read_rows(self, name: str, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows of a matrix as float32, in the order of `ids`.

        Raises:
            KeyError: there is no such tensor.
            ModelFileCorrupt: it is stored in a format that the ``gguf`` package does not read.

        """
        entry = self.tensors[name]
        count, width = entry.shape
        stored = (count, entry.size // count)
        raw = np.memmap(self.path, dtype=np.uint8, mode="r", offset=entry.offset, shape=stored)
        return self._dequantise(raw[ids], entry, (len(ids), width))

    def _dequantise(
        self, raw: NDArray[np.uint8], entry: TensorEntry, shape: tuple[int, ...]
    ) -> NDArray[np.float32]:
        values: NDArray[np.float32]
        if entry.quantisation == gguf.GGMLQuantizationType.F32:
            values = np.ascontiguousarray(raw).view("<f4").astype(np.float32, copy=False)
            return values.reshape(shape)
        try:
            values = gguf.quants.dequantize(raw.reshape(*shape[:-1], -1), entry.quantisation)
        except NotImplementedError as error:
            raise ModelFileCorrupt(
                f"{self.path} stores {entry.name} as {entry.quantisation.name}, which cannot be read here; "
                "take a file with F16, BF16, Q8_0 or another usual format",
                path=str(self.path),
                tensor=entry.name,
            ) from error
        return values.reshape(shape)


def read_gguf(path: Path) -> GgufFile:
    """Read the header of a GGUF file and check that the file holds all that the header promises.

    Raises:
        ModelFileMissing: there is no file.
        ModelFileCorrupt: the file is no GGUF file, or its header cannot be read.
        ModelFileTruncated: the file ends before its contents do.

    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < len(_MAGIC):
                raise ModelFileTruncated(f"{path} has {size} bytes and is no model file", path=str(path))
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
                return _parse(path, _Cursor(view, path))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise ModelFileMissing(f"there is no model file at {path}", path=str(path)) from error
    except PermissionError as error:
        raise ModelFileMissing(
            f"the model file {path} may not be read by this user", path=str(path)
        ) from error


class _Cursor:
    """A position in the mapped file that refuses to read past its end."""

    def __init__(self, view: mmap.mmap, path: Path) -> None:
        self.view = view
        self.path = path
        self.at = 0
        self.size = len(view)

    def claim(self, length: int) -> int:
        """Step over `length` bytes and return where they start."""
        start = self.at
        if length > self.size - start:
            raise self.truncated()
        self.at += length
        return start

    def unsigned(self, form: str) -> int:
        start = self.claim(struct.calcsize(form))
        return int(struct.unpack_from(form, self.view, start)[0])

    def count(self, smallest: int) -> int:
        number = self.unsigned("<Q")
        if number * smallest > self.size - self.at:
            raise self.truncated()
        return number

    def string(self) -> str:
        length = self.unsigned("<Q")
        start = self.claim(length)
        try:
            return self.view[start : start + length].decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.corrupt("holds text that is no UTF-8") from error

    def array(self, kind: int, number: int) -> NDArray[Any]:
        if kind not in _SCALARS:
            raise self.corrupt(f"holds the unknown value type {kind}")
        dtype = np.dtype(_SCALARS[kind])
        start = self.claim(dtype.itemsize * number)
        # A copy, so that nothing points into the map after it is closed.
        return np.frombuffer(self.view, dtype=dtype, count=number, offset=start).copy()

    def value(self) -> MetadataValue:
        kind = self.unsigned("<I")
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            inner = self.unsigned("<I")
            if inner == _STRING:
                return tuple(self.string() for _ in range(self.count(8)))
            return self.array(inner, self.count(1))
        scalar: bool | int | float = self.array(kind, 1)[0].item()
        return scalar

    def truncated(self) -> ModelFileTruncated:
        return ModelFileTruncated(
            f"{self.path} ends in the middle of its header; fetch or build it again", path=str(self.path)
        )

    def corrupt(self, what: str) -> ModelFileCorrupt:
        return ModelFileCorrupt(f"{self.path} is no readable GGUF file: it {what}", path=str(self.path))


def _parse(path: Path, cursor: _Cursor) -> GgufFile:
    start = cursor.claim(len(_MAGIC))
    if cursor.view[start : start + len(_MAGIC)] != _MAGIC:
        raise cursor.corrupt("does not start with the letters GGUF")
    version = cursor.unsigned("<I")
    if version not in _VERSIONS:
        raise cursor.corrupt(f"has the version {version}; known are {_VERSIONS}")
    tensor_count = cursor.count(_SMALLEST_ENTRY)
    metadata_count = cursor.count(_SMALLEST_ENTRY)
    metadata = {cursor.string(): cursor.value() for _ in range(metadata_count)}
    described = [_tensor_entry(cursor) for _ in range(tensor_count)]
    alignment = metadata.get("general.alignment", gguf.GGUF_DEFAULT_ALIGNMENT)
    if not isinstance(alignment, int) or alignment <= 0:
        raise cursor.corrupt("has an alignment that is no positive number")
    base = math.ceil(cursor.at / alignment) * alignment
    tensors = {
        entry.name: TensorEntry(entry.name, entry.shape, entry.quantisation, base + entry.offset, entry.size)
        for entry in described
    }
    for entry in tensors.values():
        if entry.offset + entry.size > cursor.size:
            raise ModelFileTruncated(
                f"{path} ends before its tensor {entry.name}; fetch or build it again",
                path=str(path),
                tensor=entry.name,
            )
    return GgufFile(path, MappingProxyType(metadata), MappingProxyType(tensors))


def _tensor_entry(cursor: _Cursor) -> TensorEntry:
    name = cursor.string()
    dimensions = cursor.unsigned("<I")
    if not 1 <= dimensions <= 4:
        raise cursor.corrupt(f"gives the tensor {name} {dimensions} dimensions")
    # GGUF writes the innermost dimension first.
    shape = tuple(reversed([cursor.unsigned("<Q") for _ in range(dimensions)]))
    kind = cursor.unsigned("<I")
    try:
        quantisation = gguf.GGMLQuantizationType(kind)
    except ValueError as error:
        raise cursor.corrupt(f"stores the tensor {name} in the unknown form {kind}") from error
    block, block_bytes = gguf.GGML_QUANT_SIZES[quantisation]
    if shape[-1] % block:
        raise cursor.corrupt(f"gives the tensor {name} rows of {shape[-1]}, which is no multiple of {block}")
    return TensorEntry(
        name, shape, quantisation, cursor.unsigned("<Q"), math.prod(shape) // block * block_bytes
    )
