"""The policy file: which tools wait for a yes, and which are forbidden, for everybody or for one client.

::

    [tools.set_wifi]
    risk = "CONFIRM"

    [tools.send_sms]
    forbidden = true

    [clients.kitchen.tools."*"]
    forbidden = true

    [clients.kitchen.tools.set_timer]
    forbidden = false
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.security.errors import PolicyFileError, ToolForbidden
from tools_schema import Risk, Tool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from agent.security._identity import Identity

__all__ = ["ClientPolicy", "Policy", "ToolPolicy"]

_ANY = "*"


class ToolPolicy(BaseModel):
    """What the policy says of a tool; None where it says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    risk: Risk | None = None
    forbidden: bool | None = None


class ClientPolicy(BaseModel):
    """What the policy says to one client, by tool name; "*" is every tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tools: dict[str, ToolPolicy] = Field(default_factory=dict)


class Policy(BaseModel):
    """What the operator decides over the tools' schemas.

    ``tools`` goes for everybody and ``clients`` for one client by name. Of the rules that say something, the
    nearest wins: the client's for the tool, the client's for "*", everybody's for the tool, everybody's for
    "*", and last the tool's schema. Risk and ban are looked up separately.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tools: dict[str, ToolPolicy] = Field(default_factory=dict)
    clients: dict[str, ClientPolicy] = Field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, *, known_tools: Collection[str] | None = None) -> Policy:
        """Read a policy file.

        Raises PolicyFileError, which names the line or the key: also for a tool that is not among
        ``known_tools``, since a ban with a misspelt name would ban nothing.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise PolicyFileError(f"the policy {path} cannot be read: {why}") from error
        try:
            policy = cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PolicyFileError(f"the policy {path} is no TOML: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            key = tuple(str(part) for part in first["loc"])
            raise PolicyFileError(f"{_place(path, text, key)}: {first['msg']}", key=".".join(key)) from error
        if known_tools is not None:
            _check_names(policy, path, text, known_tools)
        return policy

    def risk_of(self, tool: Tool, identity: Identity) -> Risk:
        """Return the risk of the tool for the client."""
        risks = (rule.risk for rule in self._rules(tool, identity))
        return next((risk for risk in risks if risk is not None), tool.risk)

    def forbids(self, tool: Tool, identity: Identity) -> bool:
        """Return whether the client may not call the tool."""
        bans = (rule.forbidden for rule in self._rules(tool, identity))
        return next((ban for ban in bans if ban is not None), False)

    def applied(self, tool: Tool, identity: Identity) -> Tool:
        """Return the tool with the risk that it has for the client. Raises ToolForbidden."""
        if self.forbids(tool, identity):
            raise ToolForbidden(
                f"the policy forbids the tool '{tool.name}' to '{identity.client}'", tool=tool.name
            )
        return replace(tool, risk=self.risk_of(tool, identity))

    def _rules(self, tool: Tool, identity: Identity) -> Iterator[ToolPolicy]:
        client = self.clients.get(identity.client, ClientPolicy())
        for rules in (client.tools, self.tools):
            for name in (tool.name, _ANY):
                if name in rules:
                    yield rules[name]


def _check_names(policy: Policy, path: Path, text: str, known: Collection[str]) -> None:
    named: list[tuple[str, ...]] = [("tools", name) for name in policy.tools]
    for client, rules in policy.clients.items():
        named += [("clients", client, "tools", name) for name in rules.tools]
    for key in named:
        if key[-1] != _ANY and key[-1] not in known:
            raise PolicyFileError(
                f"{_place(path, text, key)}: no tool set that is served has a tool '{key[-1]}'",
                key=".".join(key),
            )


def _place(path: Path, text: str, key: tuple[str, ...]) -> str:
    """Say where the key stands: the line only where one alone has its name, as tomllib tells none."""
    name = re.escape(key[-1])
    pattern = re.compile(rf"""^\s*(?:\[(?:.*\.)?["']?{name}["']?\s*[\].]|["']?{name}["']?\s*=)""")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    where = f"line {lines[0]}, " if len(lines) == 1 else ""
    return f"the policy {path}, {where}key {'.'.join(key)}"
