from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools_schema import ToolSet, document, document_tool, load_tool_set

ToolFolder = Callable[..., Path]


def test_the_page_has_a_section_for_every_tool_in_order(phone: ToolSet) -> None:
    headings = [line[3:] for line in document(phone).splitlines() if line.startswith("## ")]
    assert headings == [tool.name for tool in phone.tools]


def test_the_page_names_the_set_and_its_hash(mobile_actions: ToolSet) -> None:
    head = document(mobile_actions).split("\n## ")[0]
    assert "`mobile_actions`" in head
    assert mobile_actions.hash in head


def test_a_section_tells_what_a_tool_takes_and_does(phone: ToolSet) -> None:
    tool = phone.tool("set_timer")
    assert tool is not None
    section = document_tool(tool)
    assert "| `duration` | DURATION, from 1 s to 86400 s | How long the timer runs. |" in section
    assert "| `label` (optional) | string |" in section
    assert "android.intent.action.SET_TIMER" in section
    assert tool.hash in section


def test_a_section_tells_what_is_private(phone: ToolSet) -> None:
    page = document(phone)
    assert "| `body` (optional, private) |" in page
    assert page.count("- Private: the journal keeps neither its arguments nor what it reads") == 1


def test_every_kind_of_target_is_told(phone: ToolSet) -> None:
    page = document(phone)
    assert "operation SET_VOLUME" in page
    assert "quick-settings tile FLASHLIGHT, off" in page
    assert "set by itself where `datetime` has no time of day" in page
    assert "one of `driving`, `walking`, `bicycling`, `transit`" in page


def test_a_table_is_not_broken_by_what_the_schema_says(tool_folder: ToolFolder) -> None:
    fields = """
      // Left | <b>right</b>.
      repeated Lamp lamps = 1;
      // N.
      uint32 number = 2;
    """
    more = "message Lamp {\n// L.\nrepeated int32 levels = 1;\n}"
    section = document(load_tool_set(tool_folder(fields=fields, more=more)))
    assert "| `lamps` (optional) | list of: object with `levels`: list of: integer |" in section
    assert r"Left \| &lt;b>right&lt;/b>." in section
    assert "nothing; the outcome is UNSUPPORTED" in section
