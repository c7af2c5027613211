"""Writing a model as GGUF: metadata that is taken over, and tensors one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import gguf
import numpy as np

from agent.model._quantise import QuantisationPlan, quantise, stored_size

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from agent.model._gguf_file import MetadataValue

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; the unit is bytes of the file."""

_STAGE = "Building the model file"
_FILE_TYPE_GUESSED = 1024
"""``LLAMA_FTYPE_GUESSED`` of llama.cpp: the formats are those of the tensors."""


def add_facts(
    writer: gguf.GGUFWriter,
    metadata: Mapping[str, MetadataValue],
    prefixes: tuple[str, ...],
    without: Collection[str] = (),
) -> None:
    """Write the facts of a quantised file, and take over numbers and strings under some keys."""
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_file_type(_FILE_TYPE_GUESSED)
    for key, value in metadata.items():
        if not key.startswith(prefixes) or key in without:
            continue
        match value:
            case bool():
                writer.add_bool(key, value)
            case int():
                writer.add_uint32(key, value)
            case float():
                writer.add_float32(key, value)
            case str():
                writer.add_string(key, value)


def write_tensors(
    writer: gguf.GGUFWriter,
    target: Path,
    shapes: Mapping[str, tuple[int, ...]],
    read: Callable[[str], NDArray[np.float32]],
    plan: QuantisationPlan,
    progress: Progress | None,
) -> None:
    """Write header, metadata and tensors, in the formats of a plan, and close the writer."""
    formats = {name: plan.type_of(name, shape) for name, shape in shapes.items()}
    sizes = {name: stored_size(shape, formats[name]) for name, shape in shapes.items()}
    for name, shape in shapes.items():
        writer.add_tensor_info(name, shape, np.dtype(np.float32), sizes[name], raw_dtype=formats[name])
    done, total = 0, sum(sizes.values())
    try:
        writer.write_header_to_file(target)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        if progress:
            progress(_STAGE, done, total)
        for name in shapes:
            # One tensor at a time, so that memory holds little more than the largest.
            stored = quantise(read(name), formats[name])
            writer.write_tensor_data(stored)
            done += stored.nbytes
            if progress:
                progress(_STAGE, done, total)
    finally:
        writer.close()
