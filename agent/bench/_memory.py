"""The memory that a process has in use."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["resident_bytes"]


def resident_bytes(process: int | None = None) -> int | None:
    """Return how much of a process's memory is in RAM; of this one for None. None on a system without /proc.

    Raises ProcessLookupError where there is no such process.
    """
    if not Path("/proc/self/status").exists():
        return None
    try:
        status = Path(f"/proc/{process or os.getpid()}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ProcessLookupError(f"there is no process {process}") from None
    return int(status.partition("VmRSS:")[2].split()[0]) << 10
