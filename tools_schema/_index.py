"""Finds messages, enums, comments and line numbers in compiled files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

from tools_schema.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Index", "Message", "Place"]

_Path: TypeAlias = tuple[int, ...]

# How a location's path names its parts; source: the comments of SourceCodeInfo in descriptor.proto.
_FILE_MESSAGE, _FILE_SERVICE = (
    FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER,
    FileDescriptorProto.SERVICE_FIELD_NUMBER,
)
_SERVICE_METHOD = 2
_MESSAGE_FIELD, _MESSAGE_NESTED = (
    DescriptorProto.FIELD_FIELD_NUMBER,
    DescriptorProto.NESTED_TYPE_FIELD_NUMBER,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands. ``comment`` is its comment on one line; ``line`` counts from 1."""

    file: str
    line: int | None
    element: str
    comment: str = ""

    def error(self, problem: str) -> SchemaError:
        """Return the error that names this place."""
        return SchemaError(problem, file=self.file, line=self.line, element=self.element)


@dataclass(frozen=True, slots=True)
class Message:
    """A message and where it stands."""

    proto: DescriptorProto
    source: _Source
    path: _Path
    name: str

    @property
    def place(self) -> Place:
        """Where the message stands."""
        return self.source.place(self.path, self.name)

    def field_place(self, index: int) -> Place:
        """Return where the field of that index stands."""
        element = f"{self.name}.{self.proto.field[index].name}"
        return self.source.place((*self.path, _MESSAGE_FIELD, index), element)


@dataclass(frozen=True, slots=True)
class Index:
    """The messages and enums of compiled files by their full names, which begin with a dot."""

    sources: tuple[_Source, ...]
    messages: dict[str, Message] = field(default_factory=dict)
    enums: dict[str, EnumDescriptorProto] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Iterable[FileDescriptorProto]) -> Index:
        """Index the files."""
        index = cls(tuple(_Source.of(file) for file in files))
        for source in index.sources:
            prefix = f".{source.proto.package}" if source.proto.package else ""
            index.enums.update((f"{prefix}.{enum.name}", enum) for enum in source.proto.enum_type)
            for number, proto in enumerate(source.proto.message_type):
                index._add(Message(proto, source, (_FILE_MESSAGE, number), proto.name), prefix)
        return index

    def _add(self, message: Message, prefix: str) -> None:
        name = f"{prefix}.{message.proto.name}"
        self.messages[name] = message
        self.enums.update((f"{name}.{enum.name}", enum) for enum in message.proto.enum_type)
        for number, nested in enumerate(message.proto.nested_type):
            path = (*message.path, _MESSAGE_NESTED, number)
            self._add(Message(nested, message.source, path, f"{message.name}.{nested.name}"), name)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file with its comments and lines by path."""

    proto: FileDescriptorProto
    comments: dict[_Path, str]
    lines: dict[_Path, int]

    @classmethod
    def of(cls, proto: FileDescriptorProto) -> _Source:
        locations = proto.source_code_info.location
        return cls(
            proto,
            {tuple(at.path): _one_line(at.leading_comments or at.trailing_comments) for at in locations},
            {tuple(at.path): at.span[0] + 1 for at in locations},
        )

    def place(self, path: _Path, element: str) -> Place:
        return Place(self.proto.name, self.lines.get(path), element, self.comments.get(path, ""))

    def methods(self) -> Iterator[tuple[int, int, Place]]:
        """Yield the service's index, the method's index and the place of every method."""
        for at, service in enumerate(self.proto.service):
            for number, method in enumerate(service.method):
                path = (_FILE_SERVICE, at, _SERVICE_METHOD, number)
                yield at, number, self.place(path, f"{service.name}.{method.name}")


def _one_line(comment: str) -> str:
    # Directives to linters stand in comments and are no part of what they say.
    kept = (line for line in comment.splitlines() if not line.strip().startswith("buf:lint:"))
    return " ".join(" ".join(kept).split())
