"""Text to plan: prompt, model, parse, resolve, validate."""

from agent.planning._asking import Asking
from agent.planning._plan import Exchange, Missing, Plan, Request, Timings
from agent.planning._planner import Planner

__all__ = ["Asking", "Exchange", "Missing", "Plan", "Planner", "Request", "Timings"]
