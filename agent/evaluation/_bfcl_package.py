"""Questions, answers and checker of the Berkeley Function Calling Leaderboard, out of its own package.

Source: PyPI package bfcl-eval 2026.3.23 (Apache-2.0). It is never imported as a whole: it asks for
numpy 1.26 and filelock 3.20, which exclude ours, and for the client libraries of every hosted model.
"""

from __future__ import annotations

import importlib
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from agent.errors import EvaluationFileError
from agent.evaluation._packages import PackageMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["CATEGORIES", "IRRELEVANCE", "BfclPackage", "BfclRow", "open_bfcl"]

IRRELEVANCE: Final = "irrelevance"
"""The category in which nothing shall be called; it has no answers."""

CATEGORIES: Final = ("simple_python", "multiple", IRRELEVANCE)
"""The categories that are measured."""

_INSTALL = "pip install --no-deps bfcl-eval==2026.3.23"
_REGISTRY = "bfcl_eval.constants.model_config"
_MODEL = "intent-agent"


@dataclass(frozen=True, slots=True)
class BfclRow:
    """A question, the functions as BFCL describes them, and its possible answers (none for irrelevance)."""

    id: str
    category: str
    text: str
    functions: tuple[Mapping[str, Any], ...]
    answers: tuple[Mapping[str, Any], ...] = ()


class BfclPackage:
    """The installed package. ``version`` is empty where its metadata is not there."""

    def __init__(self, folder: Path, checker: Callable[..., Mapping[str, Any]], language: object) -> None:
        self._data = folder / "data"
        self._checker = checker
        self._language = language
        try:
            self.version = version("bfcl-eval")
        except PackageNotFoundError:
            self.version = ""

    def rows(self, category: str) -> tuple[BfclRow, ...]:
        """Return the questions of a category, in the file's order. Raises EvaluationFileError."""
        name = f"BFCL_v4_{category}.json"
        try:
            questions = _lines(self._data / name)
            answers: dict[str, tuple[Mapping[str, Any], ...]] = {}
            if category != IRRELEVANCE:
                answered = _lines(self._data / "possible_answer" / name)
                answers = {line["id"]: tuple(line["ground_truth"]) for line in answered}
            return tuple(
                BfclRow(
                    id=line["id"],
                    category=category,
                    text=line["question"][0][0]["content"],
                    functions=tuple(line["function"]),
                    answers=answers.get(line["id"], ()),
                )
                for line in questions
            )
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise EvaluationFileError(
                f"bfcl-eval {self.version} has no readable {name} ({error}): {_INSTALL}"
            ) from error

    def mistakes(self, row: BfclRow, calls: Sequence[Mapping[str, Mapping[str, Any]]]) -> str:
        """Return what BFCL's checker finds wrong with calls ``{name: {argument: value}}``; empty for nothing.

        Names have underscores for dots.
        """
        if row.category == IRRELEVANCE:
            return "a call where none was right" if calls else ""
        verdict = self._checker(
            list(row.functions), list(calls), list(row.answers), self._language, row.category, _MODEL
        )
        return "" if verdict["valid"] else "; ".join(str(error) for error in verdict["error"]) or "wrong"


def open_bfcl() -> BfclPackage:
    """Return the installed package. Raises PackageMissing with the command that installs it."""
    spec = find_spec("bfcl_eval")
    if spec is None or not spec.submodule_search_locations:
        raise PackageMissing(f"BFCL is not installed: {_INSTALL}", package="bfcl-eval")
    with _registry_of_one():
        checker = importlib.import_module("bfcl_eval.eval_checker.ast_eval.ast_checker")
    language = importlib.import_module("bfcl_eval.constants.enums").Language
    return BfclPackage(Path(spec.submodule_search_locations[0]), checker.ast_checker, language.PYTHON)


@contextmanager
def _registry_of_one() -> Iterator[None]:
    """Let the checker import a registry of models that has ours alone.

    The package's own registry imports the client of every hosted model. All that the checker asks of it is
    whether a model writes underscores for the dots of a name.
    """
    registry = ModuleType(_REGISTRY)
    registry.__dict__["MODEL_CONFIG_MAPPING"] = {_MODEL: SimpleNamespace(underscore_to_dot=True)}
    before = sys.modules.get(_REGISTRY)
    sys.modules[_REGISTRY] = registry
    try:
        yield
    finally:
        del sys.modules[_REGISTRY]
        if before is not None:
            sys.modules[_REGISTRY] = before


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
