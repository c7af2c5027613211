"""The model file: its base, its vocabulary, its adapter, and how they become one quantised file."""

from agent.model._adapter import (
    ADAPTED_MATRICES,
    Adapter,
    AdapterMetadata,
    load_adapter,
    merge,
    save_adapter,
)
from agent.model._average import average_adapters
from agent.model._base import TRAINED_ROWS, BaseModel, base_sha256, read_base, read_model_file
from agent.model._build import GUESSES_KEY, build, build_model
from agent.model._cache import cached_model, default_adapter, ensure_model, ensure_smollm2, is_built
from agent.model._families import SMOLLM2, Header, named_base, open_base, read_header
from agent.model._files import cache_directory, file_sha256
from agent.model._gemma3 import Gemma3Config
from agent.model._gguf_writer import Progress
from agent.model._manifest import (
    LICENCE_NOTICE,
    Manifest,
    ModelInputs,
    manifest_path,
    read_manifest,
    verify,
)
from agent.model._packaged_base import packaged_base
from agent.model._quantise import QuantisationPlan, WeightFormat
from agent.model._tokenizer import Tokenizer
from agent.model._vocabulary import DEFAULT_MERGES, TokenType, VocabularyCut, cut_vocabulary
from agent.model._vocabulary_choice import choose_entries

__all__ = [
    "ADAPTED_MATRICES",
    "DEFAULT_MERGES",
    "GUESSES_KEY",
    "LICENCE_NOTICE",
    "SMOLLM2",
    "TRAINED_ROWS",
    "Adapter",
    "AdapterMetadata",
    "BaseModel",
    "Gemma3Config",
    "Header",
    "Manifest",
    "ModelInputs",
    "Progress",
    "QuantisationPlan",
    "TokenType",
    "Tokenizer",
    "VocabularyCut",
    "WeightFormat",
    "average_adapters",
    "base_sha256",
    "build",
    "build_model",
    "cache_directory",
    "cached_model",
    "choose_entries",
    "cut_vocabulary",
    "default_adapter",
    "ensure_model",
    "ensure_smollm2",
    "file_sha256",
    "is_built",
    "load_adapter",
    "manifest_path",
    "merge",
    "named_base",
    "open_base",
    "packaged_base",
    "read_base",
    "read_header",
    "read_manifest",
    "read_model_file",
    "save_adapter",
    "verify",
]
