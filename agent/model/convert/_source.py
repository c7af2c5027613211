"""The file to convert: a LLaMA in GGUF, checked for all that ctransformers would crash on or compute wrongly.

ctransformers 0.2.27 carries llama.cpp as of September 2023 (commit 43033b7). It reports a file that it cannot
load as "Failed to create LLM" and no more, and some files it loads and computes wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import gguf

from agent.errors import ModelFileCorrupt, WrongArchitecture
from agent.model._gguf_file import GgufFile, read_gguf
from agent.model.convert._keys import VERSION

if TYPE_CHECKING:
    from pathlib import Path

ARCHITECTURE: Final = "llama"
EMBEDDING: Final = "token_embd.weight"
OUTPUT: Final = "output.weight"
_GEMMA: Final = ("gemma", "gemma2", "gemma3")
_ROPE_BASE: Final = 10_000.0
_MOST_NAMED: Final = 3


@dataclass(frozen=True)
class LlamaConfig:
    """The shape of the network; counts, and ``rope_base`` as in RoFormer (arXiv:2104.09864)."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    ffn_width: int
    context: int
    rms_epsilon: float
    rope_base: float

    @property
    def head_dim(self) -> int:
        """The width of one attention head."""
        return self.width // self.heads


@dataclass(frozen=True)
class LlamaFile:
    """A LLaMA file that can be converted, or was."""

    file: GgufFile
    config: LlamaConfig
    name: str

    @property
    def short_name(self) -> str:
        """The family and the size, such as smollm2-135M, where the file tells them."""
        facts = (self.file.metadata.get(f"general.{key}") for key in ("basename", "size_label"))
        return "-".join(str(fact) for fact in facts if fact) or self.name

    @property
    def converter_version(self) -> int | None:
        """The version of the converter that wrote the file; None where none did."""
        version = self.file.metadata.get(VERSION)
        return version if isinstance(version, int) else None

    @property
    def vocabulary_size(self) -> int:
        """The number of tokens."""
        return token_count(self.file)

    @property
    def quantised(self) -> bool:
        """Whether weights are stored in another form than as float numbers."""
        floats = {gguf.GGMLQuantizationType[name] for name in ("F32", "F16", "BF16")}
        return any(entry.quantisation not in floats for entry in self.file.tensors.values())


def read_llama(path: Path) -> LlamaFile:
    """Read a LLaMA file's header and check that ctransformers can compute what the file describes.

    Raises:
        ModelFileMissing: there is no readable file.
        ModelFileCorrupt: the file is no GGUF file, or something is missing in it.
        ModelFileTruncated: the file is incomplete.
        WrongArchitecture: the model is no LLaMA, or one of a kind that came after ctransformers.

    """
    file = read_gguf(path)
    architecture = str(file.metadata.get("general.architecture"))
    if architecture != ARCHITECTURE:
        instead = (
            "use --engine llamacpp for it"
            if architecture in _GEMMA
            else "take a LLaMA-architecture file, such as SmolLM2's or TinyLlama's"
        )
        raise WrongArchitecture(
            f"{path} holds a '{architecture}' model, and ctransformers runs LLaMA models: {instead}",
            path=str(path),
            architecture=architecture,
        )
    config = _config(file)
    _check_network(file, config)
    _check_tensors(file, config)
    return LlamaFile(file, config, str(file.metadata.get("general.name", path.stem)))


def token_count(file: GgufFile) -> int:
    """Return the number of vocabulary entries. Raises ModelFileCorrupt where there is no vocabulary."""
    tokens = file.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, tuple) or not tokens:
        raise _no_value(file, "tokenizer.ggml.tokens")
    return len(tokens)


def _config(file: GgufFile) -> LlamaConfig:
    def number(key: str, default: float | None = None) -> float:
        value = file.metadata.get(f"{ARCHITECTURE}.{key}", default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1 << 31:
            raise _no_value(file, f"{ARCHITECTURE}.{key}")
        return value

    heads = int(number("attention.head_count"))
    config = LlamaConfig(
        layers=int(number("block_count")),
        width=int(number("embedding_length")),
        heads=heads,
        kv_heads=int(number("attention.head_count_kv", heads)),
        ffn_width=int(number("feed_forward_length")),
        context=int(number("context_length")),
        rms_epsilon=float(number("attention.layer_norm_rms_epsilon")),
        rope_base=float(number("rope.freq_base", _ROPE_BASE)),
    )
    if config.width % heads or heads % config.kv_heads:
        raise _no_value(file, f"{ARCHITECTURE}.attention.head_count")
    return config


def _check_network(file: GgufFile, config: LlamaConfig) -> None:
    """Refuse what the LLaMA of 2023 did not have; it would be ignored, and the answers wrong."""
    metadata = file.metadata
    facts = {
        "experts": metadata.get("llama.expert_count", 0) not in (0, 1),
        "scaled rotary positions": metadata.get("llama.rope.scaling.type", "none") != "none"
        or "rope_freqs.weight" in file.tensors,
        "heads of another width": any(
            metadata.get(f"llama.{key}", config.head_dim) != config.head_dim
            for key in ("attention.key_length", "attention.value_length", "rope.dimension_count")
        ),
        "a sliding window": 0 < _window(file) < config.context,
        "biases": any(name.startswith("blk.") and name.endswith(".bias") for name in file.tensors),
    }
    found = [what for what, is_so in facts.items() if is_so]
    if found:
        raise WrongArchitecture(
            f"{file.path} has {' and '.join(found)}, which ctransformers 0.2.27 does not compute: "
            "take a model without, such as SmolLM2, TinyLlama or Llama 2",
            path=str(file.path),
            architecture=ARCHITECTURE,
        )


def _window(file: GgufFile) -> int:
    value = file.metadata.get("llama.attention.sliding_window", 0)
    return value if isinstance(value, int) else 0


def _check_tensors(file: GgufFile, config: LlamaConfig) -> None:
    if config.layers > len(file.tensors):
        # Before anything of that size is made of a damaged number.
        raise ModelFileCorrupt(
            f"{file.path} should have {config.layers} layers, and has {len(file.tensors)} tensors",
            path=str(file.path),
        )
    expected = tensor_shapes(config, token_count(file))
    missing = [name for name in expected if name not in file.tensors and name != OUTPUT]
    surplus = [name for name in file.tensors if name not in expected]
    for names, what in ((missing, "lacks the tensors"), (surplus, "has tensors that no LLaMA has:")):
        if names:
            more = f" and {len(names) - _MOST_NAMED} others" if len(names) > _MOST_NAMED else ""
            raise ModelFileCorrupt(
                f"{file.path} {what} {', '.join(names[:_MOST_NAMED])}{more}; fetch another conversion of it",
                path=str(file.path),
                tensor=names[0],
            )
    for name, entry in file.tensors.items():
        if entry.shape != expected[name]:
            raise ModelFileCorrupt(
                f"the tensor {name} of {file.path} has the shape {entry.shape}; by its configuration and "
                f"vocabulary it should have {expected[name]}",
                path=str(file.path),
                tensor=name,
            )


def tensor_shapes(config: LlamaConfig, vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors, by GGUF name; without ``output.weight`` the embedding is the head."""
    keys = config.kv_heads * config.head_dim
    width = (config.width,)
    of_layer = {
        "attn_norm": width,
        "attn_q": (config.width, *width),
        "attn_k": (keys, *width),
        "attn_v": (keys, *width),
        "attn_output": (config.width, *width),
        "ffn_norm": width,
        "ffn_gate": (config.ffn_width, *width),
        "ffn_up": (config.ffn_width, *width),
        "ffn_down": (*width, config.ffn_width),
    }
    return {
        EMBEDDING: (vocabulary, *width),
        "output_norm.weight": width,
        OUTPUT: (vocabulary, *width),
        **{
            f"blk.{layer}.{name}.weight": shape
            for layer in range(config.layers)
            for name, shape in of_layer.items()
        },
    }


def _no_value(file: GgufFile, key: str) -> ModelFileCorrupt:
    return ModelFileCorrupt(
        f"{file.path} has no usable value for {key}, so it is no complete LLaMA file: fetch it again",
        path=str(file.path),
        key=key,
    )
