"""``python -m agent.model.train``: the command ``intent-agent model train``."""

import typer

from agent.cli.model_train import train

typer.run(train)
