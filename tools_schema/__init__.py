"""Tools as protobuf: what a tool set's ``.proto`` files say, and everything that follows from it."""

from tools_schema._arguments import arguments_of
from tools_schema._declaration import declaration
from tools_schema._document import document, document_tool
from tools_schema._grammar import Copied, SaidNumbers, gbnf_text, grammar
from tools_schema._load import built_in_tool_sets, load_tool_set
from tools_schema._types import (
    Call,
    Extra,
    ExtraForm,
    ExtraType,
    IntentRule,
    Kind,
    Operation,
    OperationRule,
    Parameter,
    ParameterExtra,
    ReadBack,
    Risk,
    Target,
    Tile,
    TileRule,
    Tool,
    ToolSet,
    Value,
    ValueType,
)
from tools_schema._union import unite
from tools_schema._validate import WEEKDAYS, Violation, validate
from tools_schema.errors import (
    SchemaError,
    ToolNameClashError,
    ToolSchemaError,
    ToolSetClashError,
    UnknownToolError,
    UnknownToolSetError,
)

__all__ = [
    "WEEKDAYS",
    "Call",
    "Copied",
    "Extra",
    "ExtraForm",
    "ExtraType",
    "IntentRule",
    "Kind",
    "Operation",
    "OperationRule",
    "Parameter",
    "ParameterExtra",
    "ReadBack",
    "Risk",
    "SaidNumbers",
    "SchemaError",
    "Target",
    "Tile",
    "TileRule",
    "Tool",
    "ToolNameClashError",
    "ToolSchemaError",
    "ToolSet",
    "ToolSetClashError",
    "UnknownToolError",
    "UnknownToolSetError",
    "Value",
    "ValueType",
    "Violation",
    "arguments_of",
    "built_in_tool_sets",
    "declaration",
    "document",
    "document_tool",
    "gbnf_text",
    "grammar",
    "load_tool_set",
    "unite",
    "validate",
]
