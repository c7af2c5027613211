"""Base models in a folder from Hugging Face: safetensors, ``config.json`` and a tokenizer."""

from agent.model.hf._base import hf_files, read_hf

__all__ = ["hf_files", "read_hf"]
