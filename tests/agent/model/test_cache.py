"""The model file in the cache: built once, checked, built again when something is not right."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import filelock
import numpy as np
import pytest

from agent.errors import AdapterError, ModelBuildError
from agent.model import (
    Adapter,
    QuantisationPlan,
    WeightFormat,
    build_model,
    cached_model,
    ensure_model,
    is_built,
    manifest_path,
    read_manifest,
    save_adapter,
)
from agent.model import _cache as cache_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Builds:
    """Counts how often a build begins; the lock lets one process at a time begin."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _stage: str, done: int, _total: int) -> None:
        if done == 0:
            self.count += 1


@pytest.fixture
def builds() -> Builds:
    return Builds()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def ensure(builds: Builds, cache: Path, tiny_file: Path, adapter_file: Path) -> Callable[[], Path]:
    return lambda: ensure_model(builds, cache_dir=cache, base=tiny_file, adapter=adapter_file)


def test_the_file_is_built_once(ensure: Callable[[], Path], builds: Builds) -> None:
    first = ensure()
    assert ensure() == first
    assert first.is_file()
    assert builds.count == 1


def test_where_it_is_can_be_asked_without_building(
    ensure: Callable[[], Path], cache: Path, tiny_file: Path, adapter_file: Path
) -> None:
    path, inputs = cached_model(cache_dir=cache, base=tiny_file, adapter=adapter_file)
    assert not is_built(path, inputs)
    assert ensure() == path
    assert is_built(path, inputs)


def test_the_cache_folder_is_taken_from_the_environment(
    tmp_path: Path, tiny_file: Path, adapter_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTENT_AGENT_CACHE", str(tmp_path / "elsewhere"))
    assert ensure_model(base=tiny_file, adapter=adapter_file).parent == tmp_path / "elsewhere"


@pytest.mark.parametrize("harm", ["truncate", "change", "delete", "no manifest", "bad manifest"])
def test_a_damaged_file_is_built_again(ensure: Callable[[], Path], builds: Builds, harm: str) -> None:
    path = ensure()
    whole = path.read_bytes()
    match harm:
        case "truncate":
            path.write_bytes(whole[:-1])
        case "change":
            path.write_bytes(whole[:-40] + bytes(40))
        case "delete":
            path.unlink()
        case "no manifest":
            manifest_path(path).unlink()
        case "bad manifest":
            manifest_path(path).write_text("{}")
    assert ensure().read_bytes() == whole
    assert builds.count == 2


def test_another_adapter_gives_another_file(
    ensure: Callable[[], Path], adapter_file: Path, make_adapter: Callable[..., Adapter]
) -> None:
    first = ensure()
    save_adapter(make_adapter(seed=1), adapter_file)
    second = ensure()
    assert first != second
    assert first.read_bytes() != second.read_bytes()


def test_another_format_gives_another_file(
    ensure: Callable[[], Path], cache: Path, tiny_file: Path, adapter_file: Path
) -> None:
    plan = QuantisationPlan(feed_forward=WeightFormat.Q4_0)
    other = ensure_model(cache_dir=cache, base=tiny_file, adapter=adapter_file, plan=plan)
    path, inputs = cached_model(cache_dir=cache, base=tiny_file, adapter=adapter_file, plan=plan)
    assert other == path != ensure()
    assert is_built(path, inputs)


def test_a_file_of_another_format_under_the_same_name_is_built_again(
    ensure: Callable[[], Path], builds: Builds, tiny_file: Path, adapter_file: Path
) -> None:
    path = ensure()
    build_model(tiny_file, adapter_file, path, plan=QuantisationPlan(feed_forward=WeightFormat.Q4_0))
    ensure()
    assert builds.count == 2


def test_the_base_alone_can_be_asked_for(cache: Path, tiny_file: Path) -> None:
    manifest = read_manifest(ensure_model(cache_dir=cache, base=tiny_file, bare=True))
    assert manifest is not None
    assert manifest.adapter is None


def test_only_the_last_builds_are_kept(
    ensure: Callable[[], Path], cache: Path, adapter_file: Path, make_adapter: Callable[..., Adapter]
) -> None:
    cache.mkdir()
    (cache / "somebody-elses.gguf").touch()
    built = []
    for seed in range(4):
        save_adapter(make_adapter(seed=seed), adapter_file)
        built.append(ensure())
        os.utime(built[-1], (seed, seed))
    names = {path.name for path in cache.iterdir()} - {"build.lock", "somebody-elses.gguf"}
    assert names == {name for path in built[-2:] for name in (path.name, manifest_path(path).name)}
    assert (cache / "somebody-elses.gguf").exists()


def test_what_an_interrupted_build_left_is_removed(ensure: Callable[[], Path], cache: Path) -> None:
    (cache / ".base.x1.part").mkdir(parents=True)
    (cache / ".base.x1.part" / "model.gguf").touch()
    (cache / ".model.gguf.ab.part").touch()
    ensure()
    assert not list(cache.glob("*.part"))


def test_builds_at_the_same_time_become_one(ensure: Callable[[], Path], builds: Builds) -> None:
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: ensure(), range(4)))
    assert len(set(paths)) == 1
    assert builds.count == 1


def test_a_build_that_never_ends_elsewhere_is_reported(
    ensure: Callable[[], Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_LONGEST_BUILD_SECONDS", 0.0)
    cache.mkdir()
    with filelock.FileLock(cache / "build.lock"), pytest.raises(ModelBuildError, match="another process"):
        ensure()


def test_the_packaged_base_is_unpacked_only_for_the_build(
    cache: Path, tiny_file: Path, adapter_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(folder: Path) -> Path:
        return tiny_file.rename(folder / "base.gguf")

    monkeypatch.setattr(cache_module, "packaged_base", unpack)
    path = ensure_model(cache_dir=cache, adapter=adapter_file)
    assert {entry.name for entry in cache.iterdir()} == {path.name, manifest_path(path).name, "build.lock"}


def test_without_an_adapter_of_its_own_the_base_alone_is_built(
    cache: Path, tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "default_adapter", lambda _base: None)
    assert ensure_model(cache_dir=cache, base=tiny_file).is_file()


def test_a_folder_that_is_a_file_is_named(tiny_file: Path, adapter_file: Path) -> None:
    with pytest.raises(ModelBuildError, match=r"base\.gguf"):
        ensure_model(cache_dir=tiny_file, base=tiny_file, adapter=adapter_file)


def test_a_disk_that_is_too_small_for_the_base_is_said(
    cache: Path, adapter_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_folder: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache_module, "packaged_base", full)
    with pytest.raises(ModelBuildError, match="disk is full"):
        ensure_model(cache_dir=cache, adapter=adapter_file)
    assert [path.name for path in cache.iterdir()] == ["build.lock"]


def test_an_adapter_that_does_not_fit_builds_nothing(
    ensure: Callable[[], Path], cache: Path, adapter_file: Path, make_adapter: Callable[..., Adapter]
) -> None:
    rows = {"token_embd.rows": np.zeros((1, 1), np.float16)}
    save_adapter(Adapter(make_adapter().metadata, rows), adapter_file)
    with pytest.raises(AdapterError):
        ensure()
    assert [path.name for path in cache.iterdir()] == ["build.lock"]
