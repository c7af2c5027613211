"""Models small enough to run in a moment: a LLaMA with a byte-level BPE or SentencePiece vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAYERS, WIDTH, HEADS, KV_HEADS, FFN = 2, 64, 4, 2, 96
WORDS = (" the", " alarm", " timer", "set", "call", " Grüße", "明天", "...", "\n\n", "00", "ok", " seven")
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>")


@dataclass
class TinyLlama:
    """What a file is made of; tests change it."""

    architecture: str = "llama"
    model: str = "gpt2"
    stored_as: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32
    tied: bool = True
    spare: int = 0
    """Control tokens that have no meaning in our call format, besides one; with byte-level BPE."""
    leave_out: str = ""
    metadata: dict[str, float | str] = field(default_factory=dict)
    tensors: dict[str, tuple[int, ...]] = field(default_factory=dict)
    seed: int = 0


def byte_alphabet() -> dict[int, str]:
    """GPT-2's."""
    itself = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in itself]
    return {byte: chr(byte) for byte in itself} | {
        byte: chr(0x100 + place) for place, byte in enumerate(others)
    }


def bpe_vocabulary(spare: int = 0) -> tuple[list[str], list[int], list[str]]:
    """Tokens, types and merges; some bytes have no token, as in SmolLM2."""
    alphabet = byte_alphabet()
    control = [*CONTROL, *(f"<spare{number}>" for number in range(spare))]
    tokens = [*control, *(alphabet[byte] for byte in range(256) if byte not in (0xC0, 0xC1, 0xFF))]
    merges: dict[str, None] = {}
    for word in WORDS:
        written = "".join(alphabet[byte] for byte in word.encode())
        for end in range(1, len(written)):
            merges[f"{written[:end]} {written[end]}"] = None
    tokens += dict.fromkeys(merge.replace(" ", "") for merge in merges)
    return tokens, [3] * len(control) + [1] * (len(tokens) - len(control)), list(merges)


def sentencepiece_vocabulary() -> tuple[list[str], list[float], list[int]]:
    """Tokens, scores and types, as Llama 2 has them."""
    head = ["<unk>", "<s>", "</s>"]
    octets = [f"<0x{byte:02X}>" for byte in range(256)]
    words = [word.replace(" ", "▁") for word in WORDS if "\n" not in word]
    merges = list(dict.fromkeys(word[:end] for word in words for end in range(2, len(word) + 1)))
    letters = sorted({*"".join(words), *"▁abcdefghijklmnopqrstuvwxyz0123456789.,:"})
    scores = [0.0] * 259 + [-float(rank) for rank in range(len(merges) + len(letters))]
    types = [2, 3, 3] + [6] * 256 + [1] * (len(merges) + len(letters))
    return [*head, *octets, *merges, *letters], scores, types


def write_llama(path: Path, tiny: TinyLlama) -> Path:
    writer = gguf.GGUFWriter(path, tiny.architecture)
    writer.add_name("tiny")
    key = f"{tiny.architecture}."
    metadata: dict[str, float | str] = {
        f"{key}context_length": 256,
        f"{key}embedding_length": WIDTH,
        f"{key}block_count": LAYERS,
        f"{key}feed_forward_length": FFN,
        f"{key}attention.head_count": HEADS,
        f"{key}attention.head_count_kv": KV_HEADS,
        f"{key}rope.dimension_count": WIDTH // HEADS,
        f"{key}attention.layer_norm_rms_epsilon": 1e-5,
        f"{key}rope.freq_base": 50000.0,
        "tokenizer.ggml.model": tiny.model,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        **({"tokenizer.ggml.pre": "smollm"} if tiny.model == "gpt2" else {}),
        **tiny.metadata,
    }
    for name, value in metadata.items():
        if name == tiny.leave_out:
            continue
        match value:
            case str():
                writer.add_string(name, value)
            case int():
                writer.add_uint32(name, value)
            case float():
                writer.add_float32(name, value)
    if tiny.model == "gpt2":
        tokens, types, merges = bpe_vocabulary(tiny.spare)
        writer.add_token_merges(merges)
    else:
        tokens, scores, types = sentencepiece_vocabulary()
        writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_token_list(tokens)
    generator = np.random.default_rng(tiny.seed)
    for name, shape in shapes(len(tokens), tiny).items():
        if name == tiny.leave_out:
            continue
        if len(shape) == 1:
            writer.add_tensor(name, (1 + generator.integers(-8, 8, shape) / 64).astype(np.float32))
            continue
        matrix = (generator.standard_normal(shape) / np.sqrt(shape[-1]) * 1.5).astype(np.float32)
        if name == "token_embd.weight":
            matrix *= 4
        writer.add_tensor(name, gguf.quants.quantize(matrix, tiny.stored_as), raw_dtype=tiny.stored_as)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def shapes(vocabulary: int, tiny: TinyLlama) -> dict[str, tuple[int, ...]]:
    keys = WIDTH // HEADS * KV_HEADS
    of_layer: dict[str, tuple[int, ...]] = {
        "attn_norm": (WIDTH,),
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (keys, WIDTH),
        "attn_v": (keys, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_norm": (WIDTH,),
        "ffn_gate": (FFN, WIDTH),
        "ffn_up": (FFN, WIDTH),
        "ffn_down": (WIDTH, FFN),
    }
    return {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
        **({} if tiny.tied else {"output.weight": (vocabulary, WIDTH)}),
        **{
            f"blk.{layer}.{name}.weight": shape for layer in range(LAYERS) for name, shape in of_layer.items()
        },
        **tiny.tensors,
    }


@pytest.fixture(scope="session")
def write_tiny_llama() -> Callable[..., Path]:
    """Writes a tiny LLaMA; keywords are the fields of `TinyLlama`."""

    def write(path: Path, **changes: Any) -> Path:
        return write_llama(path, TinyLlama(**changes))

    return write


@pytest.fixture(scope="session")
def llama_to_train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny LLaMA with control tokens to spare for the whole call format."""
    return write_llama(tmp_path_factory.mktemp("llama") / "base.gguf", TinyLlama(spare=8))


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny LLaMA as others make it: GGUF version 3, tied embedding, byte-level BPE."""
    return write_llama(tmp_path_factory.mktemp("llama") / "llama.gguf", TinyLlama())
