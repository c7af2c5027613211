from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from agent.cli.prompt import prompt

GOLDEN = Path(__file__).parents[2] / "data" / "functiongemma_prompts.jsonl"


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    app = typer.Typer()
    app.command()(prompt)
    return CliRunner().invoke(app, list(arguments), input=stdin)


@pytest.mark.parametrize("standard_input", [False, True])
def test_the_golden_file_gives_the_golden_prompts(standard_input: bool) -> None:
    result = run("-", stdin=GOLDEN.read_bytes()) if standard_input else run(str(GOLDEN))
    expected = [json.loads(line)["prompt"] for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == expected


def test_only_messages_must_be_given_and_blank_lines_are_skipped() -> None:
    result = run("-", stdin=b'\n{"messages": [{"role": "user", "content": "hi"}]}\n\n')
    assert json.loads(result.stdout) == "<bos><start_of_turn>user\nhi<end_of_turn>\n<start_of_turn>model\n"


GOOD = b'{"messages": [{"role": "user", "content": "hi"}]}\n'


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"messages": "\xff"}', "UTF-8"),
        (b"[]", "object"),
        (b"{}", "messages"),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', "surrogate"),
        (b'{"messages": [{"role": "robot", "content": "x"}]}', "messages[0].role"),
        (b'{"messages": [], "tools": [3]}', "tools[0]"),
        (b'{"messages": [], "tools": "x"}', "tools"),
        (b'{"messages": [], "add_generation_prompt": 1}', "add_generation_prompt"),
    ],
)
def test_a_bad_line_is_named_by_its_number(line: bytes, named: str) -> None:
    result = run("-", stdin=GOOD + line + b"\n" + GOOD)
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.startswith("error: line 2: ")
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.jsonl")).exit_code == 2
