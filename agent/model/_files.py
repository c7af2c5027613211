"""Files that are complete or not there: hashes, and writing under another name first."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from agent.errors import ModelBuildError, ModelFileMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE_VARIABLE = "INTENT_AGENT_CACHE"
_UNFINISHED = ".part"
_SPACE_NEEDED = 420 << 20
"""Bytes for the unpacked base model and the built file."""


def cache_directory() -> Path:
    """Return the folder of built files: ``$INTENT_AGENT_CACHE``, or the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("intent-agent"))


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's contents as 64 hexadecimal digits.

    Raises:
        ModelFileMissing: there is no readable file.

    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileMissing(f"{path} cannot be read: {error.strerror}", path=str(path)) from error


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path to write to, in the target's folder; the file becomes `target` when the block ends well.

    When it ends with an error the unfinished file is removed and `target` is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}{_UNFINISHED}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove the files and folders that interrupted processes left unfinished; only under a lock."""
    for path in folder.glob(f".*{_UNFINISHED}"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def cannot_write(target: Path, error: OSError) -> ModelBuildError:
    """Return the error that says why a file could not be written, and what to do."""
    free = shutil.disk_usage(target.parent).free if target.parent.is_dir() else 0
    # NumPy's own error for a short write carries no number.
    if error.errno == errno.ENOSPC or (error.errno is None and free < _SPACE_NEEDED):
        return ModelBuildError(
            f"the disk is full: {target.parent} has {free >> 20} MB free, about {_SPACE_NEEDED >> 20} are "
            f"needed; free some, or set {CACHE_VARIABLE} to a folder on another disk",
            path=str(target),
        )
    return ModelBuildError(f"cannot write {target}: {error.strerror or error}", path=str(target))
