"""What dispatching costs and what faults lead to: ``python -m bridge.bench``, on emulated phones.

A private adb server and emulated phones are all that it needs: its numbers are those of the bridge, of adb
and of this computer, and of no phone.
"""

from bridge.bench._main import main
from bridge.bench._resources import Resources

__all__ = ["Resources", "main"]
