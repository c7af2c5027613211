"""The manifest beside a model file: what the file is made of and what its model knows."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import ModelFileCorrupt, ModelHashMismatch
from agent.model._adapter import AdapterMetadata
from agent.model._files import file_sha256
from agent.model._quantise import QuantisationPlan

if TYPE_CHECKING:
    from pathlib import Path

BUILDER_VERSION = 1
"""Raised when the same inputs give another file than before."""

LICENCE_NOTICE = (
    "Built from Gemma 3 270M. Gemma is provided under and subject to the Gemma Terms of Use found at "
    "ai.google.dev/gemma/terms"
)


class ModelInputs(BaseModel):
    """All that decides a built file's bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    adapter_sha256: str | None = Field(pattern=r"^[0-9a-f]{64}$")
    """None for the base model alone."""
    merges: int
    plan: QuantisationPlan
    builder_version: int = BUILDER_VERSION

    @property
    def key(self) -> str:
        """A name for these inputs: 16 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class Manifest(BaseModel):
    """The contents of ``<model file's stem>.json``."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the model file."""
    size: int
    """Of the model file, in bytes."""
    inputs: ModelInputs
    prompt_order: Literal["COMPACT", "OFFICIAL"] = "COMPACT"
    """How prompts are written; the official order is that of a FunctionGemma as released."""
    known_signatures: tuple[str, ...]
    """Signatures of the tools that need no declaration in the prompt."""
    vocabulary_size: int
    languages: tuple[str, ...]
    licence: str = LICENCE_NOTICE
    metrics: dict[str, Any] = {}
    """How the adapter did on its validation rows, as the trainer measured it; empty where it did not."""
    created: datetime
    adapter: AdapterMetadata | None
    """How the adapter was trained; None for the base model alone."""


def manifest_path(model: Path) -> Path:
    """Return where a model file's manifest is."""
    return model.with_suffix(".json")


def read_manifest(model: Path) -> Manifest | None:
    """Read a model file's manifest; None when there is none, as beside a file that was not built here.

    Raises:
        ModelFileCorrupt: the manifest is damaged or of a newer format.

    """
    path = manifest_path(model)
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ModelFileCorrupt(
            f"the manifest {path} cannot be read: {error.strerror}", path=str(path)
        ) from error
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "text"
        raise ModelFileCorrupt(
            f"the manifest {path} cannot be used: {where}: {first['msg']}; build the model again",
            path=str(path),
        ) from error


def verify(model: Path, manifest: Manifest) -> None:
    """Check that a model file is the one that its manifest describes.

    Raises:
        ModelFileMissing: there is no model file.
        ModelHashMismatch: the file's SHA-256 is another.

    """
    found = file_sha256(model)
    if found != manifest.sha256:
        raise ModelHashMismatch(
            f"{model} is not the file that was built: its SHA-256 is {found}, its manifest says "
            f"{manifest.sha256}; build it again",
            path=str(model),
            expected=manifest.sha256,
            found=found,
        )
