"""What this CPU is good at, and the settings of PyTorch that make use of it."""

from __future__ import annotations

import ctypes
import platform
import shutil
import time
from dataclasses import dataclass

import torch

from agent.model.train._options import Precision

_COMPILERS = ("c++", "g++", "clang++")
_TRIALS = 40

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4
"""Parameters of glibc's mallopt(3)."""


@dataclass(frozen=True, slots=True)
class Machine:
    """How the network runs here."""

    threads: int
    precision: Precision
    fuse: bool

    @property
    def dtype(self) -> torch.dtype:
        """Return the type of the frozen weights."""
        return torch.bfloat16 if self.precision is Precision.BF16 else torch.float32

    def to_json(self) -> dict[str, object]:
        """Return what ran where, for the record."""
        return {
            "processor": platform.processor() or platform.machine(),
            "instructions": torch.backends.cpu.get_cpu_capability(),
            "threads": self.threads,
            "precision": self.precision.value,
            "compiled": self.fuse,
            "python": platform.python_version(),
            "torch": str(torch.__version__),
        }


def prepare(threads: int | None, precision: Precision, fuse: bool | None) -> Machine:
    """Set up the process and return what was chosen; ``fuse`` None means where a compiler is installed."""
    _keep_freed_memory()
    if threads is not None:
        torch.set_num_threads(threads)
    if precision is Precision.AUTO:
        precision = Precision.BF16 if _bf16_is_fast() else Precision.FP32
    # The head's float32 logits may be multiplied in bfloat16 too, but are not rounded to it.
    torch.set_float32_matmul_precision("medium" if precision is Precision.BF16 else "highest")
    if fuse is None:
        fuse = any(shutil.which(compiler) for compiler in _COMPILERS)
    return Machine(torch.get_num_threads(), precision, fuse)


def _keep_freed_memory() -> None:
    """Let glibc keep freed memory: else it maps every large tensor anew, and the kernel zeroes its pages.

    A step took an eighth less time so, and the process no more memory (docs/training.md).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # no glibc
        return
    mallopt(_M_MMAP_MAX, 0)
    mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_M_TOP_PAD, 2**28)


def _bf16_is_fast() -> bool:
    """Try both: only CPUs with matrix instructions (AMX, or Arm's BF16) multiply bfloat16 faster."""
    pairs = {
        dtype: (torch.ones(512, 640, dtype=dtype), torch.ones(640, 2048, dtype=dtype))
        for dtype in (torch.float32, torch.bfloat16)
    }
    seconds = dict.fromkeys(pairs, float("inf"))
    # In turn and often: another process that is busy for a moment must not decide how hours are spent.
    for _ in range(_TRIALS):
        for dtype, (left, right) in pairs.items():
            start = time.perf_counter()
            left @ right
            seconds[dtype] = min(seconds[dtype], time.perf_counter() - start)
    return seconds[torch.bfloat16] * 1.5 < seconds[torch.float32]
