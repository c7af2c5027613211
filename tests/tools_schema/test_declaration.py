from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools_schema import ToolSet, declaration, load_tool_set

ToolFolder = Callable[..., Path]


def _string(description: str) -> dict[str, str]:
    return {"type": "STRING", "description": description}


def _function(
    name: str, description: str, required: list[str], properties: dict[str, dict[str, str]]
) -> dict[str, Any]:
    parameters: dict[str, Any] = {"type": "OBJECT", "properties": properties}
    if required:
        parameters["required"] = required
    return {"function": {"name": name, "description": description, "parameters": parameters}}


# As printed from a row of Google's Mobile Actions data set in its fine-tuning notebook
# (google-gemini/gemma-cookbook, FunctionGemma).
MOBILE_ACTIONS = [
    _function("turn_on_flashlight", "Turns the flashlight on.", [], {}),
    _function("turn_off_flashlight", "Turns the flashlight off.", [], {}),
    _function("open_wifi_settings", "Opens the Wi-Fi settings.", [], {}),
    _function(
        "show_map",
        "Shows a location on the map.",
        ["query"],
        {
            "query": _string(
                "The location to search for. May be the name of a place, a business, or an address."
            )
        },
    ),
    _function(
        "create_calendar_event",
        "Creates a new calendar event.",
        ["title", "datetime"],
        {
            "title": _string("The title of the event."),
            "datetime": _string("The date and time of the event in the format YYYY-MM-DDTHH:MM:SS."),
        },
    ),
    _function(
        "send_email",
        "Sends an email.",
        ["to", "subject"],
        {
            "to": _string("The email address of the recipient."),
            "subject": _string("The subject of the email."),
            "body": _string("The body of the email."),
        },
    ),
    _function(
        "create_contact",
        "Creates a contact in the phone's contact list.",
        ["first_name", "last_name"],
        {
            "first_name": _string("The first name of the contact."),
            "last_name": _string("The last name of the contact."),
            "phone_number": _string("The phone number of the contact."),
            "email": _string("The email address of the contact."),
        },
    ),
]


@pytest.mark.parametrize("expected", MOBILE_ACTIONS, ids=lambda value: value["function"]["name"])
def test_the_mobile_actions_are_declared_as_google_declares_them(
    mobile_actions: ToolSet, expected: dict[str, Any]
) -> None:
    tool = mobile_actions.tool(expected["function"]["name"])
    assert tool is not None
    assert declaration(tool) == expected


def test_the_mobile_actions_are_seven(mobile_actions: ToolSet) -> None:
    assert len(mobile_actions.tools) == len(MOBILE_ACTIONS) == 7


def test_a_derived_parameter_is_not_declared(phone: ToolSet) -> None:
    tool = phone.tool("create_calendar_event")
    assert tool is not None
    properties = declaration(tool)["function"]["parameters"]["properties"]
    assert list(properties) == ["title", "datetime", "end_datetime", "location"]


def test_choices_lists_and_nested_fields_are_declared(tool_folder: ToolFolder) -> None:
    fields = """
      // Where.
      repeated Room rooms = 2 [(param) = {required: true}];
      // How.
      string mode = 1 [(param) = {one_of: "on" one_of: "off"}];
    """
    more = """
      message Room {
        // Its floor.
        int32 floor = 1;
        // Its name.
        string name = 2 [(param) = {required: true}];
      }
    """
    (tool,) = load_tool_set(tool_folder(fields=fields, more=more)).tools
    assert declaration(tool)["function"]["parameters"] == {
        "type": "OBJECT",
        "properties": {
            "mode": {"type": "STRING", "description": "How.", "enum": ["on", "off"]},
            "rooms": {
                "type": "ARRAY",
                "description": "Where.",
                "items": {
                    "type": "OBJECT",
                    "properties": {
                        "floor": {"type": "INTEGER", "description": "Its floor."},
                        "name": {"type": "STRING", "description": "Its name."},
                    },
                    "required": ["name"],
                },
            },
        },
        "required": ["rooms"],
    }
