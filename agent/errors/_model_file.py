"""What is wrong with a file of the model, or keeps it from being made."""

from __future__ import annotations

from agent.errors._base import AgentError

__all__ = [
    "AdapterError",
    "ModelBuildError",
    "ModelFileCorrupt",
    "ModelFileError",
    "ModelFileMissing",
    "ModelFileTruncated",
    "ModelHashMismatch",
    "WrongArchitecture",
]


class ModelFileError(AgentError):
    """The model file cannot be used: FAILED_PRECONDITION, MODEL_FILE_UNUSABLE."""

    code = "FAILED_PRECONDITION"
    reason = "MODEL_FILE_UNUSABLE"


class ModelFileMissing(ModelFileError):
    """There is no file at the path: FAILED_PRECONDITION, MODEL_FILE_MISSING."""

    reason = "MODEL_FILE_MISSING"


class ModelFileCorrupt(ModelFileError):
    """The file is no GGUF file, or its header cannot be read: FAILED_PRECONDITION, MODEL_FILE_CORRUPT."""

    reason = "MODEL_FILE_CORRUPT"


class ModelFileTruncated(ModelFileCorrupt):
    """The file ends before its contents do: FAILED_PRECONDITION, MODEL_FILE_TRUNCATED."""

    reason = "MODEL_FILE_TRUNCATED"


class WrongArchitecture(ModelFileError):
    """The file holds a model that is no Gemma 3: FAILED_PRECONDITION, WRONG_ARCHITECTURE."""

    reason = "WRONG_ARCHITECTURE"


class ModelHashMismatch(ModelFileError):
    """The file's SHA-256 is not the one in its manifest: FAILED_PRECONDITION, MODEL_HASH_MISMATCH."""

    reason = "MODEL_HASH_MISMATCH"


class AdapterError(ModelFileError):
    """An adapter file cannot be read or does not fit the base: FAILED_PRECONDITION, ADAPTER_UNUSABLE."""

    reason = "ADAPTER_UNUSABLE"


class ModelBuildError(ModelFileError):
    """The model file could not be written (full disk?): FAILED_PRECONDITION, MODEL_BUILD_FAILED."""

    reason = "MODEL_BUILD_FAILED"
