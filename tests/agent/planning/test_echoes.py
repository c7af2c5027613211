from __future__ import annotations

import pytest

from agent.planning._echoes import without_echoes
from tools_schema import Parameter, ValueType

PARAMETERS = (
    Parameter("degrees", ValueType.INTEGER, required=True),
    Parameter("duration", ValueType.INTEGER),
    Parameter("room", ValueType.STRING),
    Parameter("quiet", ValueType.BOOLEAN),
)


@pytest.mark.parametrize(
    ("said", "written", "left"),
    [
        ("warm it to 20 degrees", {"degrees": 20, "duration": 20}, {"degrees": 20}),
        ("warm it to 20 degrees", {"degrees": 20.0, "room": "20"}, {"degrees": 20.0}),
        ("20 degrees for 20 minutes", {"degrees": 20, "duration": 20}, {"degrees": 20, "duration": 20}),
        # Nobody knows how often a number was said in words.
        ("twenty degrees", {"degrees": 20, "duration": 20}, {"degrees": 20, "duration": 20}),
        ("to 20 by 2026", {"degrees": 20, "duration": 30}, {"degrees": 20, "duration": 30}),
        ("quietly", {"duration": 20, "room": "20"}, {"duration": 20, "room": "20"}),
        ("1", {"degrees": 1, "quiet": True}, {"degrees": 1, "quiet": True}),
    ],
)
def test_a_value_said_once_is_one_argument(
    said: str, written: dict[str, object], left: dict[str, object]
) -> None:
    assert without_echoes(PARAMETERS, written, said) == left  # type: ignore[arg-type]  # any values
