"""What this process holds, to see whether anything is left behind. It is read from Linux's /proc."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = ["Resources"]

_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Resources:
    """How many threads, open files (sockets count) and child processes there are."""

    threads: int
    files: int
    children: int

    @classmethod
    def now(cls) -> Self | None:
        """Count; None where the system has no /proc."""
        if not (_PROCESSES / "self" / "fd").is_dir():
            return None
        files = len(list((_PROCESSES / "self" / "fd").iterdir()))
        return cls(threading.active_count(), files, _children_of(os.getpid()))


def _children_of(parent: int) -> int:
    count = 0
    for stat in _PROCESSES.glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # it has ended in this moment
        # pid (name) state ppid …; a name may hold spaces and brackets
        count += int(text.rpartition(")")[2].split()[1]) == parent
    return count
