"""``intent-agent tools``: lists, shows and checks tool sets."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from agent.cli._output import print_json, shown
from tools_schema import Tool, ToolSet, UnknownToolError, declaration, document_tool, load_tool_set

__all__ = ["app"]

app = typer.Typer(help="List, show and check the tools that the model can call.", no_args_is_help=True)

_ToolSetOption = Annotated[
    str, typer.Option("--tool-set", help="A built-in tool set, or a folder of .proto files.")
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("list")
def list_tools(tool_set: _ToolSetOption = "phone", json: _JsonOption = False) -> None:
    """List the tools of a tool set."""
    loaded = load_tool_set(tool_set)
    if json:
        print_json(_set_json(loaded))
        return
    table = Table("tool", "parameters", "description", title=f"{loaded.name}: {len(loaded.tools)} tools")
    for tool in loaded.tools:
        table.add_row(tool.name, _parameters(tool), shown(tool.description))
    Console().print(table)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The tool's name, such as set_alarm.")],
    tool_set: _ToolSetOption = "phone",
    json: _JsonOption = False,
) -> None:
    """Show one tool: its parameters, what it does on the phone, its risk and its hash."""
    loaded = load_tool_set(tool_set)
    tool = loaded.tool(name)
    if tool is None:
        raise UnknownToolError(name, loaded)
    if json:
        print_json(_tool_json(tool))
    else:
        sys.stdout.write(document_tool(tool))


@app.command()
def check(
    path: Annotated[str, typer.Argument(help="A folder of .proto files, or a built-in tool set.")],
    json: _JsonOption = False,
) -> None:
    """Check a folder of .proto files, and say what is wrong with the first element that is no tool."""
    loaded = load_tool_set(path)
    if json:
        print_json(_set_json(loaded))
    else:
        names = ", ".join(tool.name for tool in loaded.tools)
        print(f"ok: {loaded.name} has {len(loaded.tools)} tools ({names}), hash {loaded.hash}")


def _parameters(tool: Tool) -> str:
    return ", ".join(p.name if p.required else f"{p.name}?" for p in tool.parameters if not p.derived)


def _set_json(tool_set: ToolSet) -> dict[str, Any]:
    return {
        "tool_set": tool_set.name,
        "hash": tool_set.hash,
        "tools": [_tool_json(tool) for tool in tool_set.tools],
    }


def _tool_json(tool: Tool) -> dict[str, Any]:
    target = {"type": type(tool.target).__name__, **asdict(tool.target)} if tool.target else None
    return {**asdict(tool), "target": target, "declaration": declaration(tool)}
