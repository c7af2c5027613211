"""Engines: what turns a prompt into the model's answer."""

from agent.engines._llamacpp import DEFAULT_CONTEXT, LlamaCppEngine, open_engine
from agent.engines._protocol import Engine, Generation, ModelInfo, PromptOrder, StopReason
from agent.engines._scripted import BLOCK, ScriptedEngine, Step, Wait

__all__ = [
    "BLOCK",
    "DEFAULT_CONTEXT",
    "Engine",
    "Generation",
    "LlamaCppEngine",
    "ModelInfo",
    "PromptOrder",
    "ScriptedEngine",
    "Step",
    "StopReason",
    "Wait",
    "open_engine",
]
