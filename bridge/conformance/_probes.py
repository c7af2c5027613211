"""Checks of the way to the phone: its own shell has to see what was sent, and send back what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge._quoting import COMMAND_LIMIT

if TYPE_CHECKING:
    from bridge._phone import Phone

__all__ = ["a_long_command_arrives", "errors_and_exit_codes_come_back", "texts_arrive_to_the_letter"]

_TEXTS = (
    "a  b", "it's", '"', "\\", "$HOME $(id) `id`", "; id", "&& id", "| id > x", "#", "~", "*", "a\nb", "\t",
    "%s", "-n", "ü", "字", "🙂", "\u202eابجد", "",
)  # fmt: skip


def texts_arrive_to_the_letter(phone: Phone) -> str:
    """Have the phone print texts that shells treat specially."""
    answer = phone.run("printf", "%s\\n--\\n" * len(_TEXTS), *_TEXTS)
    printed = answer.data.decode(errors="replace").split("\n--\n")[:-1]
    for sent, seen in zip(_TEXTS, printed, strict=False):
        if sent != seen:
            return f"{sent!r} arrived as {seen!r}"
    return "" if len(printed) == len(_TEXTS) else f"{len(printed)} of {len(_TEXTS)} texts came back"


def a_long_command_arrives(phone: Phone) -> str:
    """Send a command as long as the bridge lets through."""
    text = "x" * (COMMAND_LIMIT - len("printf %s "))
    length = len(phone.run("printf", "%s", text, keep="^$").stdout)
    return "" if length == len(text) else f"of {len(text)} characters {length} came back"


def errors_and_exit_codes_come_back(phone: Phone) -> str:
    """Run what fails, and see that it is told."""
    answer = phone.run("cat", "/no such file")
    if answer.exit_code == 0:
        return "a command that fails ended with exit code 0"
    return "" if "no such file" in answer.text.lower() else f"no error came back, but {answer.text[:80]!r}"
