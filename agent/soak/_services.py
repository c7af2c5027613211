"""Services to be soaked: ``intent-agent serve``, each in a process of its own, with a scripted engine."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.bench import resident_bytes
from agent.cli.serve import serve_until_stopped
from agent.engines import ScriptedEngine
from agent.settings import Settings
from bridge import open_bridge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from agent._open import Settings as AgentSettings

__all__ = ["Service", "running_service"]

# A server that imports the program once and is then forked takes a tenth of a second to start a service.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])

_START_SECONDS = 120.0
_END_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Service:
    """A service that takes requests."""

    address: str
    process: BaseProcess

    def resident_bytes(self) -> int:
        """Return how much memory it has in use. Raises RuntimeError where the system does not tell."""
        resident = resident_bytes(self.process.pid)
        if resident is None:
            raise RuntimeError("this system has no /proc, which tells how much memory a process has in use")
        return resident


@contextmanager
def running_service(settings: Mapping[str, Any]) -> Iterator[Service]:
    """Run a service with settings of ``intent-agent serve`` until the block ends, or until it is killed.

    A request "timer N" sets a timer of N seconds. Raises RuntimeError where the service does not start, or
    ends with an error.
    """
    here, there = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_serve, args=(dict(settings), there), daemon=True)
    process.start()
    there.close()
    try:
        try:
            if not here.poll(_START_SECONDS):
                raise RuntimeError("the service did not start in time")
            address = here.recv()
        except EOFError:
            raise RuntimeError("the service did not start; it has said why") from None
        yield Service(address, process)
        process.terminate()
        process.join(_END_SECONDS)
        if process.exitcode not in {0, -9}:
            raise RuntimeError(f"the service ended with {process.exitcode}")
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()


def _serve(settings: Mapping[str, Any], there: Connection) -> None:
    serve_until_stopped(partial(Settings, **settings), _scripted_agent, there.send)


def _scripted_agent(settings: AgentSettings) -> IntentAgent:
    engine = ScriptedEngine(lambda prompt: _answer(engine, prompt))
    return IntentAgent(engine, open_bridge(settings.adb_host, settings.adb_port), load_tool_sets(()))


def _answer(engine: ScriptedEngine, prompt: str) -> str:
    # The engine keeps what it was asked, for tests; here that would be a leak.
    engine.prompts.clear()
    engine.grammars.clear()
    said = prompt.rpartition("<start_of_turn>user\n")[2].partition("<end_of_turn>")[0]
    seconds = said.partition(" ")[2]
    call = f"call:set_timer{{duration:<escape>{seconds}s<escape>}}"
    return f"<start_function_call>{call}<end_function_call><start_function_response>"
