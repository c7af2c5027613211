from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.prompt import pieces_from_text, render, to_text

GOLDEN = Path(__file__).parents[2] / "data" / "functiongemma_prompts.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_every_golden_conversation_renders_to_the_byte(case: dict[str, Any]) -> None:
    prompt = render(case["messages"], case["tools"], case["add_generation_prompt"])
    assert to_text(prompt) == case["prompt"]
    assert prompt == pieces_from_text(case["prompt"])
