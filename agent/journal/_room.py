"""Whether the disk has room for what will have to be written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from agent.errors import JournalUnavailable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_room"]


def check_room(folder: Path, least: int) -> None:
    """Raise JournalUnavailable where the folder's disk has fewer bytes free, or is gone."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise JournalUnavailable(f"the journal's folder {folder} is gone: {error.strerror}") from error
    if free < least:
        raise JournalUnavailable(
            f"the disk of the journal is nearly full ({free >> 20} MiB free); nothing is sent to a phone"
            f" until {folder} has {least >> 20} MiB"
        )
