"""Compiles a folder of ``.proto`` files, in this process and without a trace on standard error."""

from __future__ import annotations

import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import grpc_tools
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc
from grpc_tools._protoc_compiler import ProtocErrors, get_protos

from tools_schema.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

__all__ = ["SCHEMA_ROOT", "Compiled", "compile_folder"]

SCHEMA_ROOT = Path(__file__).resolve().parent
"""The folder from which ``intentagent/tools/v1/annotations.proto`` is imported."""

_WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"
_PROTO3 = re.compile(r"""^\s*syntax\s*=\s*["']proto3["']\s*;""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The descriptors of a folder's files, with those of everything that they import.

    ``own`` are the names of the folder's own files, as they stand in ``files``.
    """

    files: tuple[FileDescriptorProto, ...]
    own: frozenset[str]


def compile_folder(folder: Path) -> Compiled:
    """Compile every ``.proto`` file in and under the folder.

    Raises:
        SchemaError: There is no file, or protoc refuses one; the message is the first that protoc gives.

    """
    root = SCHEMA_ROOT if folder.is_relative_to(SCHEMA_ROOT) else folder
    names = tuple(path.relative_to(root).as_posix() for path in sorted(folder.rglob("*.proto")))
    if not names:
        raise SchemaError("holds no .proto file: put the tool set's files there", file=str(folder))
    for name in names:
        _check_text(root / name, name)
    with tempfile.TemporaryDirectory(prefix="intent-agent-") as scratch:
        includes = tuple(dict.fromkeys((root, SCHEMA_ROOT, _WELL_KNOWN, Path(scratch))))
        if separated := next((path for path in includes if ":" in str(path)), None):
            raise SchemaError(
                "has a colon in its path, which separates paths for protoc: rename it", file=str(separated)
            )
        # One file that imports all others makes it a single pass, and keeps protoc from printing a warning
        # for each import that a file does not use: it looks only at the files that it is called with.
        everything = Path(scratch) / "intent_agent_everything.proto"
        imports = "".join(f'import public "{name}";\n' for name in names)
        everything.write_text(f'syntax = "proto3";\n{imports}', encoding="utf-8")
        _check_syntax(everything, includes)
        return Compiled(_descriptors(everything, includes), frozenset(names))


def _check_text(path: Path, name: str) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SchemaError(f"cannot be read ({error.strerror})", file=name) from error
    except UnicodeDecodeError as error:
        raise SchemaError("is no UTF-8 text: save it as UTF-8", file=name) from error
    if not _PROTO3.search(text):
        raise SchemaError('does not say its syntax: begin it with syntax = "proto3";', file=name, line=1)


def _check_syntax(everything: Path, includes: Sequence[Path]) -> None:
    # protoc's main program prints its errors; this entry returns them.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            get_protos(everything.name.encode(), [str(path).encode() for path in includes])
    except ProtocErrors as failure:
        found = [e for e in failure.args[0] if e.filename.decode() != everything.name]
        # "File not found" stands under the name of the missing file: the file that imports it says more.
        first = next((e for e in found if e.line >= 0), found[0] if found else failure.args[0][0])
        raise SchemaError(
            " ".join(first.message.decode(errors="replace").split()),
            file=first.filename.decode(errors="replace"),
            line=first.line + 1 if first.line >= 0 else None,
        ) from failure


def _descriptors(everything: Path, includes: Sequence[Path]) -> tuple[FileDescriptorProto, ...]:
    output = everything.with_suffix(".bin")
    status = protoc.main(
        [
            "protoc",
            *(f"--proto_path={path}" for path in includes),
            "--include_source_info",
            "--include_imports",
            f"--descriptor_set_out={output}",
            everything.name,
        ]
    )
    if status != 0:
        raise SchemaError("protoc refuses its files; it says why on standard error", file=str(includes[0]))
    files = FileDescriptorSet.FromString(output.read_bytes()).file
    return tuple(file for file in files if file.name != everything.name)
