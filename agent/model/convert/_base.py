"""A LLaMA as a base model: its weights, and entries of its vocabulary for the control tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import ModelBuildError, WrongArchitecture
from agent.model._base import TRAINED_ROWS, LazyTensors
from agent.model.convert._source import OUTPUT, read_llama
from agent.model.convert._tokenizer import LlamaTokenizer
from agent.model.convert._vocabulary import control_ids, read_source, with_control_tokens
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agent.model.convert._source import LlamaConfig, LlamaFile
    from agent.model.convert._vocabulary import SourceVocabulary

_NAMES = {identity: name for name, identity in CONTROL_TOKENS.items()}


@dataclass(frozen=True)
class LlamaBase:
    """A LLaMA file to train and to build with.

    ``vocabulary`` is the file's, with the names of our control tokens in place of control tokens that have no
    use here; ``control`` has the ids of all of them, ``spare`` those whose meaning is new.
    """

    file: LlamaFile
    tensors: LazyTensors
    vocabulary: SourceVocabulary
    control: Mapping[str, int]
    spare: frozenset[int]

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.file.file.path

    @property
    def config(self) -> LlamaConfig:
        """The shape of the network."""
        return self.file.config

    @property
    def layers(self) -> int:
        """The number of layers."""
        return self.config.layers

    @property
    def width(self) -> int:
        """The length of an embedding."""
        return self.config.width

    @property
    def trained_rows(self) -> tuple[int, ...]:
        """The ids whose embeddings an adapter replaces, in the order of `TRAINED_ROWS`."""
        return tuple(self.control[_NAMES[identity]] for identity in TRAINED_ROWS)

    @property
    def licence_notice(self) -> str:
        """What the built file's manifest says of its licence."""
        licence = self.file.file.metadata.get("general.license", "not named in its file")
        return f"Built from {self.file.name}; its licence: {licence}"

    def tokenizer(self) -> LlamaTokenizer:
        """Make the tokenizer that the engine will have for the built file."""
        return LlamaTokenizer(self.vocabulary, self.control)


def read_llama_base(path: Path) -> LlamaBase:
    """Read a LLaMA GGUF file as a base model; tensors are read when they are asked for.

    Raises:
        ModelFileError: the file cannot be used; see `read_llama`.
        WrongArchitecture: its output head is not tied to the embedding.
        ModelBuildError: it is a converted one, or its vocabulary has no control tokens to spare.

    """
    llama = read_llama(path)
    if llama.converter_version is not None:
        raise ModelBuildError(
            f"{path} is converted or built already; give the base model that it was made from", path=str(path)
        )
    if OUTPUT in llama.file.tensors:
        raise WrongArchitecture(
            f"{path} has an output head of its own; only models whose head is the embedding are adapted: "
            "take a small one such as SmolLM2-135M",
            path=str(path),
            architecture="llama",
        )
    before = read_source(llama.file)
    vocabulary = with_control_tokens(before, path)
    spare = {
        identity
        for identity, names in enumerate(zip(before.tokens, vocabulary.tokens, strict=True))
        if len(set(names)) > 1
    }
    return LlamaBase(llama, LazyTensors(llama.file), vocabulary, control_ids(vocabulary), frozenset(spare))
