"""Training data for the tool-calling model, made from phrases and values in plain text files."""

from agent.model.data._generator import DataOptions, Generator, Row
from agent.model.data._write import DataResult, write_data

__all__ = ["DataOptions", "DataResult", "Generator", "Row", "write_data"]
