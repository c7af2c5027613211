"""The rows of an evaluation file: one JSON object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent.errors import EvaluationFileError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EvaluationRow", "ExpectedCall", "PastExchange", "read_lines", "read_rows"]

_Row = TypeVar("_Row", bound=BaseModel)


class ExpectedCall(BaseModel):
    """A call with canonical arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class PastExchange(BaseModel):
    """Something said before. ``outcome`` is the status of what was done, empty where nothing was."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    calls: tuple[ExpectedCall, ...] = ()
    missing: tuple[str, ...] = ()
    outcome: str = ""


class EvaluationRow(BaseModel):
    """A request and the right answer.

    ``now`` is local time (YYYY-MM-DDTHH:MM:SS) in ``time_zone`` (IANA). Empty ``calls`` mean that the right
    answer is to call nothing, and with ``missing`` to name those parameters. ``tool_sets`` are names, or
    folders of ``.proto`` files, written relative to the evaluation file's own folder; ``"tool_set": "phone"``
    stands for a list of one. ``model_extra`` holds any further fields; those with a string value ("lang",
    "kind") group the results.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str
    text: str
    now: str = ""
    time_zone: str = "UTC"
    tool_sets: tuple[str, ...] = Field(default=("phone",), min_length=1)
    calls: tuple[ExpectedCall, ...]
    missing: tuple[str, ...] = ()
    history: tuple[PastExchange, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _single_tool_set(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "tool_set" not in fields:
            return fields
        if "tool_sets" in fields:
            raise ValueError("give either tool_set or tool_sets")
        others = {name: value for name, value in fields.items() if name != "tool_set"}
        return others | {"tool_sets": [fields["tool_set"]]}

    @property
    def groups(self) -> dict[str, str]:
        """The fields beyond the known ones that name a group."""
        return {key: value for key, value in (self.model_extra or {}).items() if isinstance(value, str)}


def read_rows(path: Path) -> tuple[EvaluationRow, ...]:
    """Return the rows of a file. Raises EvaluationFileError that names the line and what is wrong with it."""
    return read_lines(path, EvaluationRow)


def read_lines(path: Path, model: type[_Row]) -> tuple[_Row, ...]:
    """Return the objects of a JSON lines file. Raises EvaluationFileError as ``read_rows`` does."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationFileError(f"cannot read '{path}': {error}") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(model.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the line"
            raise EvaluationFileError(f"{path.name}, line {number}, {field}: {first['msg']}") from error
    if not rows:
        raise EvaluationFileError(f"'{path}' has no rows; write one JSON object a line")
    return tuple(rows)
