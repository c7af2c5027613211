"""The operations of the schema, each with its handler, in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bridge._levels import set_brightness, set_volume
from bridge._phone import Phone
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
    **{operation: _switch_handler(operation) for operation in SWITCHES},
}
