"""The tiny models of the model's tests, for the engines that run them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.model.convert import convert_to_ctransformers

MODEL_TESTS = Path(__file__).parent.parent / "model"


def load(name: str, path: Path) -> Any:
    """Import a file of other tests; their folders are no packages."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # for its dataclasses
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tiny_gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Gemma 3."""
    written: Path = load("tiny_gemma", MODEL_TESTS / "conftest.py").write_tiny(
        tmp_path_factory.mktemp("gemma") / "gemma.gguf"
    )
    return written


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny LLaMA as others make it: GGUF version 3, tied embedding, byte-level BPE."""
    llama = load("tiny_llama", MODEL_TESTS / "convert" / "conftest.py")
    written: Path = llama.write_llama(tmp_path_factory.mktemp("llama") / "llama.gguf", llama.TinyLlama())
    return written


@pytest.fixture(scope="session")
def other_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny LLaMA with other weights."""
    llama = load("tiny_llama", MODEL_TESTS / "convert" / "conftest.py")
    written: Path = llama.write_llama(
        tmp_path_factory.mktemp("llama") / "llama.gguf", llama.TinyLlama(seed=1)
    )
    return written


@pytest.fixture(scope="session")
def tiny_sentencepiece_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny LLaMA with a vocabulary as Llama 2's and quantised weights."""
    llama = load("tiny_llama", MODEL_TESTS / "convert" / "conftest.py")
    tiny = llama.TinyLlama(model="llama", stored_as=llama.gguf.GGMLQuantizationType.Q4_1, tied=False)
    written: Path = llama.write_llama(tmp_path_factory.mktemp("llama") / "llama.gguf", tiny)
    return written


@pytest.fixture(scope="session")
def converted_llama(tiny_llama: Path) -> Path:
    """The tiny LLaMA, converted for ctransformers."""
    target = tiny_llama.with_name("converted.gguf")
    convert_to_ctransformers(tiny_llama, target)
    return target
