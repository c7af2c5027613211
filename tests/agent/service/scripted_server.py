"""A service with the scripted engine as a program of its own: prints its address, ends at SIGTERM.

Arguments: the port of the adb server, the file of the journal.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.engines import ScriptedEngine
from agent.journal import Journal
from agent.service import running_server
from bridge import Bridge

LIGHT = "<start_function_call>call:turn_on_flashlight{}<end_function_call><start_function_response>"


async def serve(adb_port: int, journal: Journal) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    agent = IntentAgent(ScriptedEngine(lambda _: LIGHT), Bridge(adb_port=adb_port), load_tool_sets(()))
    async with running_server(agent, journal) as running:
        print(running.address, flush=True)
        await stop.wait()
    agent.close()


if __name__ == "__main__":
    with Journal.open(Path(sys.argv[2])) as opened:
        opened.recover()
        asyncio.run(serve(int(sys.argv[1]), opened))
