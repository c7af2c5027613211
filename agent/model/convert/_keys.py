"""Metadata that the converter adds to a file and the ctransformers engine reads from it."""

from __future__ import annotations

from typing import Final

CONVERTER_VERSION: Final = 1
"""Raised when the same source gives another file than before."""

PREFIX: Final = "intent_agent."
VERSION: Final = PREFIX + "converter_version"
SOURCE_SHA256: Final = PREFIX + "source.sha256"
CONTROL_NAMES: Final = PREFIX + "control.names"
CONTROL_IDS: Final = PREFIX + "control.ids"

MODEL: Final = PREFIX + "tokenizer.model"
"""``gpt2`` or ``llama``, as ``tokenizer.ggml.model`` was in the source."""
PRE: Final = PREFIX + "tokenizer.pre"
TOKENS: Final = PREFIX + "tokenizer.tokens"
TYPES: Final = PREFIX + "tokenizer.token_type"
MERGES: Final = PREFIX + "tokenizer.merges"
SPACE_PREFIX: Final = PREFIX + "tokenizer.add_space_prefix"
