"""Tool declarations as FunctionGemma reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent.errors import InvalidConversation
from agent.prompt._messages import DeclaredFunction, Schema, read_schema
from agent.prompt._pieces import END_DECLARATION, START_DECLARATION, Piece
from agent.prompt._values import checked_name, write_string, write_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import JsonValue

RESERVED: Final = frozenset({"description", "type", "properties", "required", "nullable"})
"""Parameter names that the official template takes for parts of the schema and leaves out."""


def write_declaration(function: DeclaredFunction) -> Iterator[Piece]:
    """Write ``declaration:NAME{description:…,parameters:{…}}`` between its two tokens.

    Raises:
        InvalidConversation: a name cannot be written, or a parameter has a name the template leaves out.

    """
    yield START_DECLARATION
    yield Piece(f"declaration:{checked_name(function.name, 'the tool name')}{{description:")
    yield from write_string(function.description)
    if function.parameters is not None:
        yield Piece(",parameters:{")
        if function.parameters.properties:
            yield from _properties(function.parameters.properties)
            yield Piece(",")
        if function.parameters.required:
            yield from _required(function.parameters.required)
            yield Piece(",")
        yield from _type(function.parameters.type)
        yield Piece("}")
    yield Piece("}")
    yield END_DECLARATION


def _type(name: str) -> Iterator[Piece]:
    yield Piece("type:")
    yield from write_string(name.upper())


def _required(names: Sequence[str]) -> Iterator[Piece]:
    yield Piece("required:")
    yield from write_value(names)


def _properties(properties: Mapping[str, Schema]) -> Iterator[Piece]:
    yield Piece("properties:{")
    for index, (name, schema) in enumerate(sorted(properties.items(), key=lambda entry: entry[0].lower())):
        if name in RESERVED:
            msg = f"a parameter cannot be named {name!r}: FunctionGemma's template leaves it out; rename it"
            raise InvalidConversation(msg, name=name)
        yield Piece(f"{',' if index else ''}{checked_name(name, 'the parameter name')}:{{description:")
        yield from write_string(schema.description)
        yield Piece(",")
        yield from _details(schema)
        yield from _type(schema.type)
        yield Piece("}")
    yield Piece("}")


def _details(schema: Schema) -> Iterator[Piece]:
    """Write what only one type has, each part with the comma after it."""
    match schema.type.upper():
        case "STRING" if schema.enum:
            yield Piece("enum:")
            yield from write_value(schema.enum)
            yield Piece(",")
        case "ARRAY" if schema.items:
            yield from _items(schema.items)
            yield Piece(",")
        case "OBJECT":
            yield from _properties(schema.properties)
            yield Piece(",")
            if schema.required:
                yield from _required(schema.required)
                yield Piece(",")


def _items(items: Mapping[str, JsonValue]) -> Iterator[Piece]:
    """Write the type of an array's items: unlike a parameter's, all its parts, in alphabetical order."""
    yield Piece("items:{")
    schema = read_schema(items)
    written = [(key, value) for key, value in sorted(items.items()) if value is not None]
    for index, (key, value) in enumerate(written):
        if index:
            yield Piece(",")
        match key:
            case "properties":
                yield from _properties(schema.properties)
            case "required":
                yield from _required(schema.required)
            case "type":
                yield from _type(schema.type)
            case _:
                yield Piece(f"{checked_name(key, 'the key')}:")
                yield from write_value(value)
    yield Piece("}")
