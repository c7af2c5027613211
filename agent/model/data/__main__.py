"""``python -m agent.model.data``: the command ``intent-agent model data``."""

import typer

from agent.cli.model_data import data

if __name__ == "__main__":
    typer.run(data)
