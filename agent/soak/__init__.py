"""What the service does over a long time, in a short one: ``python -m agent.soak``.

Needs no phone, and no model but for ``start``: the service is that of ``intent-agent serve`` in a process of
its own, with an engine that answers from a script, a private adb server and emulated phones.
"""

from agent.soak._main import main

__all__ = ["main"]
