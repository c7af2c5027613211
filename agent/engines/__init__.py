"""Engines: what turns a prompt into the model's answer."""

from agent.engines._ctransformers_check import Agreement, SplitDifference, compare_with_llama_cpp
from agent.engines._llamacpp import DEFAULT_CONTEXT, LlamaCppEngine, open_engine
from agent.engines._protocol import Engine, EngineName, Generation, ModelInfo, PromptOrder, StopReason
from agent.engines._scripted import BLOCK, ScriptedEngine, Step, Wait, calling
from agent.engines.ctransformers import CtransformersEngine, open_ctransformers

__all__ = [
    "BLOCK",
    "DEFAULT_CONTEXT",
    "Agreement",
    "CtransformersEngine",
    "Engine",
    "EngineName",
    "Generation",
    "LlamaCppEngine",
    "ModelInfo",
    "PromptOrder",
    "ScriptedEngine",
    "SplitDifference",
    "Step",
    "StopReason",
    "Wait",
    "calling",
    "compare_with_llama_cpp",
    "open_ctransformers",
    "open_engine",
]
