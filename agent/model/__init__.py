"""The model file: its base, its vocabulary, its adapter, and how they become one quantised file."""

from agent.model._base import (
    BaseModel,
    Gemma3Config,
    cache_directory,
    file_sha256,
    packaged_base,
    read_base,
)
from agent.model._tokenizer import Tokenizer
from agent.model._vocabulary import DEFAULT_MERGES, TokenType, VocabularyCut, cut_vocabulary

__all__ = [
    "DEFAULT_MERGES",
    "BaseModel",
    "Gemma3Config",
    "TokenType",
    "Tokenizer",
    "VocabularyCut",
    "cache_directory",
    "cut_vocabulary",
    "file_sha256",
    "packaged_base",
    "read_base",
]
