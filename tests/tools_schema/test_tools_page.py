from __future__ import annotations

import re
from pathlib import Path

from tools_schema import IntentRule, load_tool_set

_PAGE = Path(__file__).parents[2] / "docs" / "tools.md"


def test_the_example_of_the_page_on_tools_is_a_tool_set(tmp_path: Path) -> None:
    (example,) = re.findall(r"```proto\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    folder = tmp_path / "reading"
    folder.mkdir()
    (folder / "reading.proto").write_text(example, encoding="utf-8")
    tool_set = load_tool_set(folder)
    assert [tool.name for tool in tool_set.tools] == ["open_article", "plan_reading"]
    assert all(isinstance(tool.target, IntentRule) for tool in tool_set.tools)


def test_the_page_on_tools_names_files_that_are_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", _PAGE.read_text(encoding="utf-8"))
    assert links
    assert all((_PAGE.parent / link).exists() for link in links)
