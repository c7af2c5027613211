from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tools_schema import SchemaError, ToolSet, load_tool_set

ToolFolder = Callable[..., Path]
Refused = Callable[[Path | str], SchemaError]

_FILE = """syntax = "proto3";
package lights.v1;
import "intentagent/tools/v1/annotations.proto";
import "intentagent/tools/v1/tool_result.proto";
// Lights.
service LightsService {
  // Sets a light.
  rpc SetLight(SetLightRequest) returns (intentagent.tools.v1.ToolResult) {
    option (intentagent.tools.v1.tool) = {%(option)s};
  }
  %(methods)s
}
// A light.
message SetLightRequest {
  %(fields)s
}
%(more)s
"""


@pytest.fixture(scope="session")
def phone() -> ToolSet:
    return load_tool_set("phone")


@pytest.fixture(scope="session")
def mobile_actions() -> ToolSet:
    return load_tool_set("mobile_actions")


@pytest.fixture
def tool_folder(tmp_path: Path) -> ToolFolder:
    """Return a function that writes a tool set of one tool, set_light, with the given parts."""

    def write(option: str = "", fields: str = "", methods: str = "", more: str = "") -> Path:
        folder = tmp_path / "lights"
        folder.mkdir(exist_ok=True)
        text = _FILE % {"option": option, "fields": fields, "methods": methods, "more": more}
        text = text.replace("(param)", "(intentagent.tools.v1.param)")
        (folder / "lights.proto").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def refused() -> Refused:
    """Return a function that loads what must be refused in one line, and gives the error."""

    def load(folder: Path | str) -> SchemaError:
        with pytest.raises(SchemaError) as caught:
            load_tool_set(folder)
        error = caught.value
        assert "\n" not in error.message
        assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_SCHEMA")
        return error

    return load


@pytest.fixture(scope="session")
def turns() -> Callable[[str], re.Pattern[str]]:
    """Return a function that makes a regular expression of a GBNF grammar without recursion.

    A control token ``<[52]>`` becomes the character U+E000 + 52, which no character class matches.
    """
    return lambda grammar: re.compile(_Translator(grammar).expand("root"))


class _Translator:
    _TOKEN = re.compile(
        r'\s+|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<chars>\[(?:[^\]\\]|\\.)*\])|<\[(?P<control>\d+)\]>'
        r"|(?P<rule>[a-z][a-z0-9-]*)|(?P<sign>[()|*+?]|\{\d+,\d+\})"
    )

    def __init__(self, grammar: str) -> None:
        lines = [line for line in grammar.splitlines() if line.strip()]
        self._rules = dict(line.split(" ::= ", 1) for line in lines)
        assert len(self._rules) == len(lines), "a rule is defined twice"
        self._expanded: dict[str, str] = {}

    def expand(self, rule: str) -> str:
        if rule not in self._expanded:
            self._expanded[rule] = f"(?:{''.join(self._parts(self._rules[rule]))})"
        return self._expanded[rule]

    def _parts(self, text: str) -> list[str]:
        parts = []
        at = 0
        while at < len(text):
            found = self._TOKEN.match(text, at)
            assert found, f"no GBNF at {text[at : at + 30]!r}"
            at = found.end()
            if found["text"] is not None:
                literal = re.sub(r"\\(.)", r"\1", found["text"])
                parts.append(f"(?:{re.escape(literal)})")
            elif found["chars"]:
                parts.append(found["chars"].replace("[^", "[^\ue000-\ue0ff"))
            elif found["control"]:
                parts.append(chr(0xE000 + int(found["control"])))
            elif found["rule"]:
                parts.append(self.expand(found["rule"]))
            elif found["sign"]:
                parts.append("(?:" if found["sign"] == "(" else found["sign"])
        return parts
