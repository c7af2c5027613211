"""BFCL on a package of the same layout, whose registry of models cannot be imported either."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from agent.engines import ScriptedEngine
from agent.errors import EngineFailed, EvaluationFileError
from agent.evaluation import PackageMissing, evaluate_bfcl, open_bfcl, sample_bfcl, summarise_bfcl
from agent.evaluation._bfcl_tools import bfcl_call, bfcl_tool_set
from tools_schema import Call, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHECKER = """
from bfcl_eval.constants.enums import Language
from bfcl_eval.constants.model_config import MODEL_CONFIG_MAPPING

def ast_checker(functions, calls, answers, language, category, model):
    assert language is Language.PYTHON
    assert MODEL_CONFIG_MAPPING[model].underscore_to_dot
    expected = [{name.replace(".", "_"): values for name, values in answer.items()} for answer in answers]
    return {"valid": calls == expected, "error": [] if calls == expected else [f"not {expected}"]}
"""

FUNCTION = {
    "name": "circle.area",
    "description": "The area of a circle.",
    "parameters": {
        "type": "dict",
        "properties": {
            "radius": {"type": "float", "description": "The radius."},
            "type": {"type": "string", "description": "The unit.", "enum": ["cm", "m"]},
        },
        "required": ["radius"],
    },
}


def question(number: int, function: dict[str, Any] = FUNCTION) -> dict[str, Any]:
    said = [[{"role": "user", "content": f"question {number}: radius 2 or 3"}]]
    return {"id": f"q{number}", "question": said, "function": [function]}


def answer(number: int) -> dict[str, Any]:
    return {"id": f"q{number}", "ground_truth": [{"circle.area": {"radius": 2.0, "type": "cm"}}]}


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is the package ``bfcl_eval``."""
    folder = tmp_path / "bfcl_eval"
    modules = {
        "": "",
        "constants": "",
        "constants.enums": "from enum import Enum\nclass Language(Enum):\n    PYTHON = 'python'\n",
        "constants.model_config": "import a_client_of_every_hosted_model\n",
        "eval_checker": "",
        "eval_checker.ast_eval": "",
        "eval_checker.ast_eval.ast_checker": CHECKER,
    }
    for name, text in modules.items():
        path = folder.joinpath(*name.split("."))
        is_package = not text
        path = path / "__init__.py" if is_package else path.with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    numbers = range(4)
    write(folder / "data" / "BFCL_v4_simple_python.json", [question(number) for number in numbers])
    write(
        folder / "data" / "possible_answer" / "BFCL_v4_simple_python.json",
        [answer(number) for number in numbers],
    )
    write(folder / "data" / "BFCL_v4_irrelevance.json", [question(number) for number in range(2)])
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "bfcl_eval"]:
        del sys.modules[name]


RIGHT = "<start_function_call>call:circle_area{radius:2,type_:<escape>cm<escape>}<end_function_call>"
END = "<start_function_response>"


def test_calls_are_judged_by_the_packages_checker(package: Path) -> None:  # noqa: ARG001 - installs it
    bfcl = open_bfcl()
    script = [RIGHT + END, RIGHT.replace("2", "3") + END, "<end_of_turn>", RIGHT + RIGHT + END]
    results = list(evaluate_bfcl(ScriptedEngine(script), bfcl, bfcl.rows("simple_python")))
    assert [result.right for result in results] == [True, False, False, True]
    assert "not [{'circle_area'" in str(results[1].to_json()["mistake"])
    assert summarise_bfcl(results).accuracy == 0.5


def test_every_function_is_declared_and_no_other_tool_can_be_called(
    package: Path,  # noqa: ARG001 - installs it
) -> None:
    bfcl = open_bfcl()
    engine = ScriptedEngine([RIGHT + END])
    list(evaluate_bfcl(engine, bfcl, bfcl.rows("simple_python")[:1]))
    prompt = "".join(piece.text for piece in engine.prompts[0])
    assert "declaration:circle_area{" in prompt
    assert "type_:{" in prompt
    assert engine.grammars[0].count("call-circle-area ::=") == 1


def test_irrelevance_is_right_where_nothing_is_called(package: Path) -> None:  # noqa: ARG001 - installs it
    bfcl = open_bfcl()
    incomplete = "<start_function_call>call:circle_area{}<end_function_call>" + END
    results = evaluate_bfcl(ScriptedEngine(["<end_of_turn>", incomplete]), bfcl, bfcl.rows("irrelevance"))
    assert [result.right for result in results] == [True, False]


def test_a_row_that_cannot_be_planned_is_wrong(package: Path) -> None:
    write(
        package / "data" / "BFCL_v4_irrelevance.json",
        [question(0, FUNCTION | {"parameters": {"properties": {"x": {"type": "matrix"}}}}), question(1)],
    )
    bfcl = open_bfcl()
    results = list(evaluate_bfcl(ScriptedEngine([EngineFailed("gone")]), bfcl, bfcl.rows("irrelevance")))
    assert not any(result.right for result in results)
    assert ["matrix" in results[0].error, results[1].error] == [True, "gone"]
    assert summarise_bfcl(results).errors == 2


def test_a_sample_is_the_same_for_the_same_seed(package: Path) -> None:  # noqa: ARG001 - installs it
    rows = open_bfcl().rows("simple_python")
    assert len(sample_bfcl(rows, 2, seed=1)) == 2
    assert sample_bfcl(rows, 2, seed=1) == sample_bfcl(rows, 2, seed=1)
    assert sample_bfcl(rows, 0, seed=1) == sample_bfcl(rows, 9, seed=1) == rows


def test_another_version_without_the_files_is_refused(package: Path) -> None:
    (package / "data" / "BFCL_v4_irrelevance.json").unlink()
    with pytest.raises(EvaluationFileError, match="pip install --no-deps bfcl-eval"):
        open_bfcl().rows("irrelevance")


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.evaluation._bfcl_package.find_spec", lambda _: None)
    with pytest.raises(PackageMissing, match="pip install --no-deps bfcl-eval"):
        open_bfcl()


def test_values_come_back_as_the_types_of_the_function() -> None:
    fields = {"type": {"type": "float"}, "n": {"type": "integer"}}
    function = {
        "name": "f",
        "description": "",
        "parameters": {
            "type": "dict",
            "properties": {
                "points": {"type": "array", "items": {"type": "float"}},
                "place": {"type": "dict", "properties": fields, "required": ["n"]},
                "rows": {"type": "tuple", "items": {"type": "dict", "properties": fields}},
                "anything": {"type": "any"},
            },
        },
    }
    tool_set = bfcl_tool_set([function])
    place = tool_set.tools[0].parameter("place")
    assert place is not None
    assert [(field.name, field.type, field.required) for field in place.properties] == [
        ("type_", ValueType.NUMBER, False),
        ("n", ValueType.INTEGER, True),
    ]
    written = Call(
        "f",
        {"points": [1, 2.5], "place": {"type_": 3, "n": 4}, "rows": [{"type_": 5}], "anything": "x"},
        "",
    )
    ((name, arguments),) = bfcl_call(written, tool_set).items()
    assert (name, repr(arguments)) == (
        "f",
        "{'points': [1.0, 2.5], 'place': {'type': 3.0, 'n': 4}, 'rows': [{'type': 5.0}], 'anything': 'x'}",
    )
