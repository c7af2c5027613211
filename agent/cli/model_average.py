"""``intent-agent model average``: the adapter between two."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli._output import print_json
from agent.cli._request import JsonOption
from agent.model import average_adapters, file_sha256, save_adapter

__all__ = ["average"]


def average(
    first: Annotated[Path, typer.Argument(help="The earlier adapter.")],
    second: Annotated[Path, typer.Argument(help="The one that was trained on from it.")],
    out: Annotated[Path, typer.Option(help="Where the average is written.")],
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="The second one's weight.")] = 0.5,
    json: JsonOption = False,
) -> None:
    """Average two adapters, of which one was trained from the other."""
    save_adapter(average_adapters(first, second, share), out)
    if json:
        print_json({"path": str(out), "sha256": file_sha256(out)})
    else:
        typer.echo(f"{out}: {file_sha256(out)}")
