"""The built-in tool sets are the catalogue."""

from __future__ import annotations

from tools_schema import (
    Extra,
    ExtraForm,
    ExtraType,
    IntentRule,
    Operation,
    OperationRule,
    Parameter,
    ParameterExtra,
    ReadBack,
    Tile,
    TileRule,
    ToolSet,
    ValueType,
    built_in_tool_sets,
)

# The catalogue: every tool's risk, and its parameters with kind; "?" marks an optional one.
PHONE = {
    "turn_on_flashlight": ("SAFE", {}),
    "turn_off_flashlight": ("SAFE", {}),
    "open_wifi_settings": ("READ", {}),
    "show_map": ("READ", {"query": "TEXT"}),
    "create_calendar_event": (
        "SAFE",
        {
            "title": "TEXT",
            "datetime": "DATE_TIME",
            "end_datetime?": "DATE_TIME",
            "location?": "TEXT",
            "all_day?": "TEXT",
        },
    ),
    "send_email": ("SAFE", {"to": "EMAIL", "subject": "TEXT", "body?": "TEXT", "cc?": "EMAIL"}),
    "create_contact": (
        "SAFE",
        {
            "first_name": "TEXT",
            "last_name?": "TEXT",
            "phone_number?": "PHONE_NUMBER",
            "email?": "EMAIL",
            "company?": "TEXT",
        },
    ),
    "set_alarm": ("SAFE", {"time": "TIME_OF_DAY", "label?": "TEXT", "days?": "WEEKDAYS"}),
    "set_timer": ("SAFE", {"duration": "DURATION", "label?": "TEXT"}),
    "show_alarms": ("READ", {}),
    "dismiss_alarm": ("SAFE", {"time?": "TIME_OF_DAY", "label?": "TEXT"}),
    "show_calendar": ("READ", {"date?": "DATE"}),
    "find_contact": ("READ", {"name": "TEXT"}),
    "call": ("CONFIRM", {"to": "CONTACT"}),
    "dial": ("READ", {"phone_number": "PHONE_NUMBER"}),
    "send_sms": ("SAFE", {"to": "CONTACT", "body": "TEXT"}),
    "navigate_to": ("READ", {"destination": "TEXT", "mode?": "TEXT"}),
    "web_search": ("READ", {"query": "TEXT"}),
    "open_url": ("READ", {"url": "URL"}),
    "open_app": ("READ", {"app": "APP"}),
    "take_photo": ("READ", {}),
    "record_video": ("READ", {}),
    "play_music": ("SAFE", {"query?": "TEXT"}),
    "media_control": ("SAFE", {"action": "TEXT"}),
    "set_volume": ("SAFE", {"level?": "PERCENT", "change?": "TEXT", "stream?": "TEXT"}),
    "set_brightness": ("SAFE", {"level?": "PERCENT", "change?": "TEXT"}),
    "set_wifi": ("SAFE", {"on": "TEXT"}),
    "set_bluetooth": ("SAFE", {"on": "TEXT"}),
    "set_mobile_data": ("CONFIRM", {"on": "TEXT"}),
    "set_airplane_mode": ("CONFIRM", {"on": "TEXT"}),
    "set_do_not_disturb": ("SAFE", {"on": "TEXT"}),
    "set_dark_mode": ("SAFE", {"on": "TEXT"}),
    "set_battery_saver": ("SAFE", {"on": "TEXT"}),
    "set_auto_rotate": ("SAFE", {"on": "TEXT"}),
    "open_settings": ("READ", {"page?": "TEXT"}),
    "take_screenshot": ("READ", {}),
    "create_note": ("SAFE", {"text": "TEXT", "title?": "TEXT"}),
    "share_text": ("SAFE", {"text": "TEXT"}),
}
CHOICES = {
    ("navigate_to", "mode"): "driving walking bicycling transit",
    ("media_control", "action"): "play pause next previous stop",
    ("set_volume", "change"): "up down mute unmute",
    ("set_volume", "stream"): "music ring alarm notification call",
    ("set_brightness", "change"): "up down",
    ("open_settings", "page"): (
        "wifi bluetooth display sound battery apps storage security location date language accessibility "
        "keyboard vpn data_usage airplane_mode nfc notifications privacy developer about"
    ),
}


def test_the_built_in_sets_are_named() -> None:
    assert built_in_tool_sets() == ("mobile_actions", "phone")


def test_the_phone_set_is_the_catalogue(phone: ToolSet) -> None:
    found = {
        tool.name: (
            tool.risk.value,
            {f"{p.name}{'' if p.required else '?'}": p.kind.value for p in tool.parameters},
        )
        for tool in phone.tools
    }
    assert found == PHONE


def test_the_choices_are_those_of_the_catalogue(phone: ToolSet) -> None:
    found = {
        (tool.name, p.name): " ".join(p.one_of) for tool in phone.tools for p in tool.parameters if p.one_of
    }
    assert found == CHOICES


def test_the_mobile_actions_set_is_part_of_the_phone_set(mobile_actions: ToolSet, phone: ToolSet) -> None:
    for tool in mobile_actions.tools:
        same = phone.tool(tool.name)
        assert same is not None
        assert same.description == tool.description
        known = {p.name: p.description for p in same.parameters}
        assert {p.name: p.description for p in tool.parameters}.items() <= known.items()


def test_tools_come_sorted_by_name(phone: ToolSet) -> None:
    names = [tool.name for tool in phone.tools]
    assert names == sorted(names)


def test_an_intent_rule_is_read_with_typed_extras(phone: ToolSet) -> None:
    tool = phone.tool("set_alarm")
    assert tool is not None
    assert tool.target == IntentRule(
        "android.intent.action.SET_ALARM",
        extras=(Extra("android.intent.extra.alarm.SKIP_UI", ExtraType.BOOL, True),),
    )
    assert tool.read_back is ReadBack.NEXT_ALARM
    assert tool.method == "intentagent.tools.phone.v1.ClockService/SetAlarm"
    time, label, days = tool.parameters
    assert time.extras == (
        ParameterExtra("android.intent.extra.alarm.HOUR", ExtraForm.HOUR),
        ParameterExtra("android.intent.extra.alarm.MINUTES", ExtraForm.MINUTE),
    )
    assert label.extras == (ParameterExtra("android.intent.extra.alarm.MESSAGE", ExtraForm.PLAIN),)
    assert days.extras == (ParameterExtra("android.intent.extra.alarm.DAYS", ExtraForm.CALENDAR_DAYS),)
    assert days.type is ValueType.ARRAY
    assert days.items == Parameter("", ValueType.STRING)


def test_operations_and_tiles_are_read(phone: ToolSet) -> None:
    volume, light = phone.tool("set_volume"), phone.tool("turn_off_flashlight")
    assert volume is not None
    assert volume.target == OperationRule(Operation.SET_VOLUME)
    assert light is not None
    assert light.target == TileRule(Tile.FLASHLIGHT, on=False)


def test_every_phone_tool_has_a_target(phone: ToolSet) -> None:
    assert [tool.name for tool in phone.tools if tool.target is None] == []


def test_only_the_all_day_flag_is_derived(phone: ToolSet) -> None:
    derived = [(t.name, p.name, p.all_day_of) for t in phone.tools for p in t.parameters if p.derived]
    assert derived == [("create_calendar_event", "all_day", "datetime")]
