"""What a run leaves behind: a log of JSON lines, a plot of the loss, and a record."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from agent.model._files import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Log:
    """A file of JSON lines, each with its step; lines after a step that is done again are dropped."""

    def __init__(self, path: Path, *, keep_until: int = 0) -> None:
        self._path = path
        kept = [entry for entry in read_log(path) if entry["step"] <= keep_until] if keep_until else []
        with replacing(path) as unfinished:
            unfinished.write_text("".join(json.dumps(entry) + "\n" for entry in kept), encoding="utf-8")

    def write(self, step: int, **values: object) -> None:
        """Append a line."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **values}) + "\n")


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return a log's entries; an unfinished last line, as a crash leaves it, is skipped."""
    entries = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(json.loads(line))
            except json.JSONDecodeError:
                continue
    return entries


def write_record(path: Path, record: Mapping[str, object]) -> None:
    """Write the record as JSON for people to read."""
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def plot_loss(log: Path, image: Path) -> None:
    """Draw training loss (a mean over 20 steps), validation loss and exact rows over the steps."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    entries = read_log(log)
    steps = [entry for entry in entries if "loss" in entry]
    validations = [entry for entry in entries if "exact" in entry]
    figure = Figure(figsize=(9, 5), layout="constrained")
    FigureCanvasAgg(figure)
    left = figure.subplots()
    smooth = []
    for index in range(len(steps)):
        window = steps[max(0, index - 19) : index + 1]
        smooth.append(sum(entry["loss"] for entry in window) / len(window))
    left.plot([entry["step"] for entry in steps], smooth, label="training loss", color="tab:blue")
    x = [entry["step"] for entry in validations]
    left.plot(
        x,
        [entry["validation_loss"] for entry in validations],
        "o-",
        label="validation loss",
        color="tab:orange",
    )
    left.set_xlabel("step")
    left.set_ylabel("loss of an answer token")
    left.set_yscale("log")
    right = left.twinx()
    right.plot(
        x, [100 * entry["exact"] for entry in validations], "s-", label="exact rows", color="tab:green"
    )
    right.set_ylabel("rows exactly right, %")
    right.set_ylim(0, 100)
    figure.legend(loc="outside upper center", ncols=3)
    with replacing(image) as unfinished:
        figure.savefig(unfinished, format="png", dpi=110)


def git_commit(folder: Path) -> str:
    """Return the commit that a folder is at, empty where it is no repository or git is not installed."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
