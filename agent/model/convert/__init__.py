"""LLaMA models for ctransformers: converting a GGUF file, and its tokenizer."""

from agent.model.convert._base import LlamaBase, read_llama_base
from agent.model.convert._convert import Conversion, convert_to_ctransformers
from agent.model.convert._keys import CONVERTER_VERSION
from agent.model.convert._packaged import converted_smollm2, packaged_smollm2
from agent.model.convert._source import LlamaConfig, LlamaFile, read_llama
from agent.model.convert._tokenizer import LlamaTokenizer
from agent.model.convert._vocabulary import SourceVocabulary, read_source

__all__ = [
    "CONVERTER_VERSION",
    "Conversion",
    "LlamaBase",
    "LlamaConfig",
    "LlamaFile",
    "LlamaTokenizer",
    "SourceVocabulary",
    "convert_to_ctransformers",
    "converted_smollm2",
    "packaged_smollm2",
    "read_llama",
    "read_llama_base",
    "read_source",
]
