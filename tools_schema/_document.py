"""A tool set as a page of documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools_schema._types import IntentRule, Kind, OperationRule, ReadBack, Risk, TileRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools_schema._types import Parameter, Target, Tool, ToolSet

__all__ = ["document", "document_tool"]

_RISKS = {
    Risk.READ: "changes nothing",
    Risk.SAFE: "safe: undone by the user in one tap, or needs their tap anyway",
    Risk.CONFIRM: "waits for a confirmation",
}
_READ_BACKS = {
    ReadBack.NONE: "nothing; the outcome is REQUESTED at best",
    ReadBack.RESUMED_ACTIVITY: "the activity in front; the outcome is OPENED",
    ReadBack.NEXT_ALARM: "the next alarm; the outcome is VERIFIED where its time is right",
    ReadBack.STATE: "the state; the outcome is VERIFIED where it is right",
}
_INT32 = (-(2**31), 2**31 - 1)


def document(tool_set: ToolSet) -> str:
    """Return a Markdown page that describes the tools, sorted by name."""
    head = f"# Tool set `{tool_set.name}`\n\n{len(tool_set.tools)} tools · hash `{tool_set.hash}`\n"
    return "\n".join((head, *(document_tool(tool) for tool in tool_set.tools)))


def document_tool(tool: Tool) -> str:
    """Return the section of that page that describes one tool."""
    return "\n\n".join(_blocks(tool)) + "\n"


def _blocks(tool: Tool) -> Iterator[str]:
    yield f"## {tool.name}"
    yield _text(tool.description)
    if tool.parameters:
        rows = ("| parameter | value | description |", "|---|---|---|", *(_row(p) for p in tool.parameters))
        yield "\n".join(rows)
    yield "\n".join(
        (
            f"- On the phone: {_target(tool.target)}",
            f"- Risk: {_RISKS[tool.risk]}",
            f"- Read back: {_READ_BACKS[tool.read_back]}",
            *(
                ["- Private: the journal keeps neither its arguments nor what it reads"]
                if tool.private
                else []
            ),
            f"- Method: `{tool.method}`",
            f"- Hash: `{tool.hash}`",
        )
    )


def _row(parameter: Parameter) -> str:
    notes = [
        note for note, said in (("optional", not parameter.required), ("private", parameter.private)) if said
    ]
    name = f"`{parameter.name}`" + (f" ({', '.join(notes)})" if notes else "")
    return f"| {name} | {_text(_value(parameter))} | {_text(parameter.description)} |"


def _value(parameter: Parameter) -> str:
    if parameter.derived:
        return f"set by itself where `{parameter.all_day_of}` has no time of day"
    if parameter.one_of:
        return "one of " + ", ".join(f"`{choice}`" for choice in parameter.one_of)
    if parameter.items and parameter.kind is Kind.TEXT:
        return f"list of: {_value(parameter.items)}"
    if parameter.properties:
        return "object with " + "; ".join(f"`{p.name}`: {_value(p)}" for p in parameter.properties)
    words = str(parameter.type).lower() if parameter.kind is Kind.TEXT else str(parameter.kind)
    return f"{words}{_range(parameter)}"


def _range(parameter: Parameter) -> str:
    least, most = parameter.minimum, parameter.maximum
    unit = " s" if parameter.kind is Kind.DURATION else ""
    # The bounds of the field's type say nothing about the tool.
    said_least = "" if least in {None, _INT32[0]} else f"from {least}{unit}"
    said_most = "" if most in {None, _INT32[1]} else f"to {most}{unit}"
    said = " ".join(part for part in (said_least, said_most) if part)
    return f", {said}" if said else ""


def _target(target: Target | None) -> str:
    match target:
        case IntentRule():
            parts = (f"`{part}`" for part in (target.action, target.data, target.mime_type) if part)
            return f"intent {' '.join(parts)}"
        case OperationRule(operation):
            return f"operation {operation}"
        case TileRule(tile, on):
            return f"quick-settings tile {tile}, {'on' if on else 'off'}"
        case None:
            return "nothing; the outcome is UNSUPPORTED"


def _text(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
