"""How often each built-in tool is asked for in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model.data._tools import MOBILE_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

TOOL_WEIGHTS: Mapping[str, float] = {
    **dict.fromkeys(MOBILE_ACTIONS, 1.6),
    "create_calendar_event": 3.5,
    "send_email": 3.0,
    "create_contact": 3.0,
    "show_map": 2.2,
    "set_alarm": 2.5,
    "set_timer": 2.0,
    "set_volume": 1.8,
    "web_search": 1.8,
    "send_sms": 1.8,
    "navigate_to": 1.4,
    "open_app": 1.4,
    "play_music": 1.4,
    "open_settings": 1.4,
    "create_note": 1.3,
    "share_text": 1.2,
}
"""How often a tool is drawn, relative to 1."""
