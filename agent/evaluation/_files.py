"""Evaluation files and the tool sets that their rows name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import EvaluationFileError
from agent.evaluation._rows import read_rows
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from agent.evaluation._rows import EvaluationRow

__all__ = ["EvaluationFile", "read_files"]


@dataclass(frozen=True, slots=True)
class EvaluationFile:
    """A file whose rows can be planned: ``tool_sets`` of each are names of sets. ``name`` is the path."""

    name: str
    rows: tuple[EvaluationRow, ...]


def read_files(
    paths: Iterable[Path], names: Sequence[str]
) -> tuple[tuple[EvaluationFile, ...], tuple[Path, ...]]:
    """Read files, and find the tool sets that they name beyond those of the given names.

    Returns the files, and the folders of the tool sets to load. A row's ``tool_sets`` are each one of
    ``names``, or a folder of ``.proto`` files relative to the file's own folder.

    Raises:
        EvaluationFileError: a file cannot be read, a row names neither a set nor a folder, or two folders
            make sets of one name; the message names the file and the row or line.
        ToolSchemaError: the files of a folder do not describe tools.

    """
    folders: dict[Path, str] = {}
    files = tuple(EvaluationFile(str(path), tuple(_resolved(path, names, folders))) for path in paths)
    return files, tuple(folders)


def _resolved(path: Path, names: Sequence[str], folders: dict[Path, str]) -> Iterator[EvaluationRow]:
    """Yield the rows with the names of their tool sets; add the folders of those on the way."""
    for row in read_rows(path):
        where = f"{path.name}, row '{row.id}'"
        found = tuple(
            written if written in names else _loaded(path.parent, written, names, folders, where)
            for written in row.tool_sets
        )
        yield row.model_copy(update={"tool_sets": found})


def _loaded(parent: Path, written: str, names: Sequence[str], folders: dict[Path, str], where: str) -> str:
    """Return the name of the tool set in a folder, which is added to ``folders`` where it is new."""
    folder = (parent / written).resolve()
    if not written or not folder.is_dir():
        raise EvaluationFileError(
            f"{where}: there is no tool set '{written}'; write one of {', '.join(names)}, or a "
            "folder of .proto files relative to the file's own folder"
        )
    if folder not in folders:
        name = load_tool_set(folder).name
        if name in names or name in folders.values():
            raise EvaluationFileError(f"{where}: there is another tool set named '{name}'; rename the folder")
        folders[folder] = name
    return folders[folder]
