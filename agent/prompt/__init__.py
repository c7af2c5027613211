"""FunctionGemma's format: conversations to prompts, and what the model writes to calls."""

from agent.prompt._history import exchange_messages
from agent.prompt._parse import ParsedCall, parse_calls
from agent.prompt._pieces import CONTROL_TOKENS, Piece, Prompt, canonical, pieces_from_text, to_text
from agent.prompt._render import render
from agent.prompt._request_text import MAX_CHARACTERS, check_request_text, reject_control_text
from agent.prompt._system import TRIGGER, system_text

__all__ = [
    "CONTROL_TOKENS",
    "MAX_CHARACTERS",
    "TRIGGER",
    "ParsedCall",
    "Piece",
    "Prompt",
    "canonical",
    "check_request_text",
    "exchange_messages",
    "parse_calls",
    "pieces_from_text",
    "reject_control_text",
    "render",
    "system_text",
    "to_text",
]
