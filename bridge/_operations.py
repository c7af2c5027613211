"""The operations of the schema, each with its handler, in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bridge._intent_operations import (
    call_number,
    create_note,
    dismiss_alarm,
    media_control,
    navigate,
    open_settings,
    send_sms,
)
from bridge._launcher import open_app
from bridge._levels import set_brightness, set_volume
from bridge._people import find_contact
from bridge._phone import Phone
from bridge._screenshot import take_screenshot
from bridge._switches import SWITCHES, flip, wanted_state
from bridge.outcome import Outcome
from tools_schema import Call, Operation

__all__ = ["HANDLERS", "Handler"]

Handler: TypeAlias = Callable[[Phone, Call], Outcome]
"""Does one operation. It raises BridgeError for arguments that it cannot take and where the way broke."""


def _switch_handler(operation: Operation) -> Handler:
    switch = SWITCHES[operation]
    return lambda phone, call: flip(phone, switch, wanted_state(call))


HANDLERS: dict[Operation, Handler] = {
    Operation.SET_VOLUME: set_volume,
    Operation.SET_BRIGHTNESS: set_brightness,
    Operation.OPEN_APP: open_app,
    Operation.OPEN_SETTINGS: open_settings,
    Operation.FIND_CONTACT: find_contact,
    Operation.NAVIGATE: navigate,
    Operation.SEND_SMS: send_sms,
    Operation.CALL: call_number,
    Operation.DISMISS_ALARM: dismiss_alarm,
    Operation.CREATE_NOTE: create_note,
    Operation.TAKE_SCREENSHOT: take_screenshot,
    Operation.MEDIA_CONTROL: media_control,
    **{operation: _switch_handler(operation) for operation in SWITCHES},
}
