"""A user's own examples: requests with the calls that answer them, one JSON object a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from agent.errors import AgentError, InvalidValue, RequestTextError
from agent.model.data._said import unsaid
from agent.model.data._tools import Argument, Call
from agent.model.data._written import as_written
from agent.planning._values import Circumstances, resolve_arguments
from agent.prompt import check_request_text
from tools_schema import validate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools_schema import Tool, Value

FEWEST = 8
"""How many examples there must be at least: one in eight is held out, and every tool needs some."""

_NOW = datetime(2026, 1, 16, 10, 15)


class ExamplesError(AgentError):
    """A file of examples cannot be used: INVALID_ARGUMENT, TRAINING_EXAMPLES."""

    code: ClassVar[str] = "INVALID_ARGUMENT"
    reason: ClassVar[str] = "TRAINING_EXAMPLES"


@dataclass(frozen=True, slots=True)
class UserExample:
    """A request and its calls with arguments in the form that the model writes; no calls is a refusal."""

    text: str
    calls: tuple[Call, ...]
    lang: str = "en"


class _Call(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    calls: tuple[_Call, ...]
    missing: tuple[str, ...] = ()
    """Required parameters that the text does not say; the calls lack them."""
    lang: str = Field(default="en", pattern="^[a-z]{2}$")


def read_examples(path: Path, tools: Mapping[str, Tool]) -> tuple[UserExample, ...]:
    """Read a file of examples and check every call against its tool.

    Arguments may be canonical, as evaluation files have them, or in the form that the model writes; see
    `as_written`. A request that calls nothing has ``"calls": []``. Where a required parameter is not said,
    the call lacks it and ``missing`` names it.

    Raises:
        ExamplesError: the file cannot be read, has too few examples, or a line is wrong; the message names
            the line and says what to write.

    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesError(f"{path} cannot be read: {error}", path=str(path)) from error
    examples: dict[str, UserExample] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                example = _example(line, tools)
            except (ExamplesError, InvalidValue, RequestTextError) as error:
                raise ExamplesError(f"{path.name}, line {number}: {error.message}", path=str(path)) from error
            if example.text.casefold() in examples:
                raise ExamplesError(f"{path.name}, line {number}: the same request stands further up")
            examples[example.text.casefold()] = example
    if len(examples) < FEWEST:
        raise ExamplesError(
            f"{path.name} has {len(examples)} examples; write at least {FEWEST}, better a dozen a tool",
            path=str(path),
        )
    return tuple(examples.values())


def _example(line: str, tools: Mapping[str, Tool]) -> UserExample:
    try:
        row = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        raise ExamplesError(f"{where}: {first['msg']}") from error
    text = row.text.strip()
    check_request_text(text)
    missing: list[str] = []
    calls = tuple(_call(call, text, row.lang, tools, missing) for call in row.calls)
    if sorted(missing) != sorted(row.missing):
        raise ExamplesError(
            f'required and not given: {", ".join(missing) or "nothing"}, but "missing" has '
            f'{", ".join(row.missing) or "nothing"}; give the argument, or name it in "missing" where the '
            "request does not say it, and keep the call"
        )
    return UserExample(text, calls, row.lang)


def _call(call: _Call, text: str, lang: str, tools: Mapping[str, Tool], missing: list[str]) -> Call:
    tool = tools.get(call.name)
    if tool is None:
        raise ExamplesError(f"there is no tool {call.name!r}; there are {', '.join(sorted(tools))}")
    given = cast("Mapping[str, Value]", call.arguments)
    written = as_written(tool.parameters, given, text)
    try:
        resolved = resolve_arguments(tool.parameters, written, Circumstances(_NOW, ZoneInfo("UTC"), (text,)))
    except InvalidValue as error:
        raise ExamplesError(f"{tool.name}: {error.message}") from error
    missing += resolved.missing
    for violation in validate(tool, resolved.arguments):
        if violation.field not in resolved.missing:
            raise ExamplesError(f"{tool.name}: {violation.field} {violation.description}")
    for path, value in unsaid(tool.parameters, written, text, lang):
        raise ExamplesError(
            f"{tool.name}: {path}: the request does not have the words {value!r}; write them as they are "
            "said, or give the parameter a one_of with all its values"
        )
    return Call(tool.name, cast("Mapping[str, Argument]", written))
