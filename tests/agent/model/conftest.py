"""A Gemma 3 small enough to build in a moment: 2 layers of width 64, some hundred tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from agent.model import (
    ADAPTED_MATRICES,
    TRAINED_ROWS,
    Adapter,
    AdapterMetadata,
    BaseModel,
    read_base,
    save_adapter,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

LAYERS, WIDTH, HEADS, HEAD_DIM, FFN = 2, 64, 2, 32, 96
WORDS = ("▁the", "▁alarm", "▁timer", "set", "▁seven", "▁明天", "ier", "00", "....")


def vocabulary() -> tuple[list[str], list[float], list[int]]:
    """Gemma's vocabulary in small: control, user-defined, byte, merged and single-character entries."""
    control = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    turns = ["<start_of_turn>", "<end_of_turn>"]
    written = (
        ["\n" * count for count in range(1, 5)] + [" " * count for count in range(2, 5)] + ["<table>", "</b>"]
    )
    unused = [f"<unused{number}>" for number in range(105 - len(control) - 1)]
    head = [*control, "[multimodal]", *unused, *turns, *written]
    kinds = [3] * 5 + [4] + [3] * len(unused) + [3] * 2 + [4] * len(written)
    octets = [f"<0x{byte:02X}>" for byte in range(256)]
    merges = list(dict.fromkeys(word[:end] for word in WORDS for end in range(2, len(word) + 1)))
    letters = sorted({*"".join(WORDS), *"▁abcdefghijklmnopqrstuvwxyz0123456789.,:<>_/ÄäÖé明天時"})
    tail = ["\t", "\t\t", "<unused99>"]
    tokens = [*head, *octets, *merges, *letters, *tail]
    scores = (
        [-1000.0] * len(head) + [0.0] * 256 + [-float(rank) for rank in range(len(merges) + len(letters))]
    )
    types = kinds + [6] * 256 + [1] * (len(merges) + len(letters)) + [4, 4, 3]
    return tokens, scores + [-1000.0] * len(tail), types


def weights(generator: np.random.Generator, vocabulary_size: int) -> dict[str, NDArray[np.float32]]:
    """Random matrices, and norms around one."""
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary_size, WIDTH),
        "output_norm.weight": (WIDTH,),
    }
    for layer in range(LAYERS):
        shapes |= {
            f"blk.{layer}.{name}.weight": shape
            for name, shape in {
                "attn_norm": (WIDTH,),
                "attn_q": (HEADS * HEAD_DIM, WIDTH),
                "attn_k": (HEAD_DIM, WIDTH),
                "attn_v": (HEAD_DIM, WIDTH),
                "attn_q_norm": (HEAD_DIM,),
                "attn_k_norm": (HEAD_DIM,),
                "attn_output": (WIDTH, HEADS * HEAD_DIM),
                "post_attention_norm": (WIDTH,),
                "ffn_norm": (WIDTH,),
                "ffn_gate": (FFN, WIDTH),
                "ffn_up": (FFN, WIDTH),
                "ffn_down": (WIDTH, FFN),
                "post_ffw_norm": (WIDTH,),
            }.items()
        }
    return {
        # Norms whose difference from 1 is exact in every float format.
        name: (1 + generator.integers(-16, 16, shape) / 64).astype(np.float32)
        if len(shape) == 1
        else generator.standard_normal(shape, dtype=np.float32)
        for name, shape in shapes.items()
    }


def write_tiny(
    path: Path,
    *,
    architecture: str = "gemma3",
    seed: int = 0,
    leave_out: str = "",
    stored_as: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.Q8_0,
    names: dict[int, str] | None = None,
    change: Callable[[dict[str, NDArray[np.float32]]], object] = lambda _tensors: None,
) -> Path:
    """Write the model.

    `leave_out` names one metadata key that it lacks, `names` gives tokens other names, and `change` edits the
    tensors.
    """
    tokens, scores, types = vocabulary()
    for identity, name in (names or {}).items():
        tokens[identity] = name
    writer = gguf.GGUFWriter(path, architecture)
    numbers = {
        "context_length": 512,
        "embedding_length": WIDTH,
        "block_count": LAYERS,
        "feed_forward_length": FFN,
        "attention.head_count": HEADS,
        "attention.head_count_kv": 1,
        "attention.key_length": HEAD_DIM,
        "attention.value_length": HEAD_DIM,
        "attention.sliding_window": 64,
    }
    for key, value in numbers.items():
        if key != leave_out:
            writer.add_uint32(f"{architecture}.{key}", value)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    if leave_out != "tokens":
        writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    tensors = weights(np.random.default_rng(seed), len(tokens))
    change(tensors)
    for name, matrix in tensors.items():
        kind = stored_as if matrix.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quants.quantize(matrix, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tiny_adapter(seed: int = 0, **changes: object) -> Adapter:
    """An adapter of rank 4 for all matrices of the model."""
    generator = np.random.default_rng(seed)
    shapes = {name: value.shape for name, value in weights(generator, 1).items()}
    tensors = {
        "token_embd.rows": generator.standard_normal((len(TRAINED_ROWS), WIDTH)).astype(np.float16),
    }
    for layer in range(LAYERS):
        for matrix in ADAPTED_MATRICES:
            outputs, inputs = shapes[f"blk.{layer}.{matrix}.weight"]
            tensors[f"blk.{layer}.{matrix}.lora_a"] = generator.standard_normal((4, inputs)).astype(
                np.float16
            )
            tensors[f"blk.{layer}.{matrix}.lora_b"] = generator.standard_normal((outputs, 4)).astype(
                np.float16
            )
    facts: dict[str, object] = {
        "scale": 2.0,
        "known_signatures": ("aa", "bb"),
        "languages": ("en",),
        **changes,
    }
    return Adapter(AdapterMetadata.model_validate(facts), tensors)


@pytest.fixture
def tiny_file(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "base.gguf")


@pytest.fixture
def tiny(tiny_file: Path) -> BaseModel:
    return read_base(tiny_file)


@pytest.fixture(scope="session")
def shared_tiny(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    """`tiny` for tests of many examples; not to be changed."""
    return read_base(write_tiny(tmp_path_factory.mktemp("tiny") / "base.gguf"))


@pytest.fixture
def adapter_file(tmp_path: Path) -> Path:
    path = tmp_path / "adapter.safetensors"
    save_adapter(tiny_adapter(), path)
    return path


@pytest.fixture
def write_model() -> Callable[..., Path]:
    """`write_tiny`, for tests that need a model that is different."""
    return write_tiny


@pytest.fixture
def make_adapter() -> Callable[..., Adapter]:
    """`tiny_adapter`, for tests that need an adapter that is different."""
    return tiny_adapter
