"""Earlier requests as messages, the same in training and in planning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESPONSE: Final = {"done": True}
"""What the model sees of a call's outcome: always the same, since a plan does not depend on it."""


def exchange_messages(
    text: str, calls: Sequence[tuple[str, Mapping[str, Any]]], missing: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the messages of one earlier request, to put before the next user message.

    Args:
        text: what was said.
        calls: the name and the arguments of each call that was made of it.
        missing: names of the required parameters that nobody said; then the model's turn names them as text.

    """
    messages: list[dict[str, Any]] = [{"role": "user", "content": text}]
    if calls:
        tool_calls = [{"function": {"name": name, "arguments": dict(arguments)}} for name, arguments in calls]
        responses = [{"name": name, "response": RESPONSE} for name, _ in calls]
        messages += [{"role": "assistant", "tool_calls": tool_calls}, {"role": "tool", "content": responses}]
    content = f"missing: {', '.join(missing)}" if missing else ""
    return [*messages, {"role": "assistant", "content": content}]
