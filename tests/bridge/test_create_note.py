from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import OutcomeStatus
from bridge._intent_operations import create_note
from bridge._phone import Phone
from bridge.errors import InvalidValueError
from tools_schema import Call

Make = Callable[..., Phone]

CHOOSER = "android/com.android.internal.app.ResolverActivity"


def test_without_a_notes_app_the_text_is_shared(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {
            "cmd package resolve-activity": "No activity found\n",
            "am start": f"Starting: Intent {{ }}\nStatus: ok\nActivity: {CHOOSER}\nComplete\n",
            "dumpsys activity": f"  topResumedActivity=ActivityRecord{{1f u0 {CHOOSER} t7}}\n",
        }
    )
    outcome = create_note(phone, Call("create_note", {"text": "milk", "title": "Shopping"}))
    assert outcome.status is OutcomeStatus.OPENED
    assert "No app takes notes" in outcome.message
    assert outcome.intent is not None
    assert outcome.intent.action == "android.intent.action.SEND"
    assert outcome.intent.extra_value("android.intent.extra.TEXT") == "milk"
    assert outcome.intent.extra_value("android.intent.extra.SUBJECT") == "Shopping"


def test_a_phone_that_cannot_say_who_takes_notes_gets_the_text_shared(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {
            "cmd package": ("", "cmd: Can't find service: package", 20),
            "am start": "Error: Activity not started, unable to resolve Intent { }\n",
        }
    )
    outcome = create_note(phone, Call("create_note", {"text": "milk"}))
    assert outcome.status is OutcomeStatus.FAILED
    assert "No app on the phone can do this" in outcome.message


def test_a_note_without_a_text_is_an_error(scripted_phone: Make) -> None:
    with pytest.raises(InvalidValueError):
        create_note(scripted_phone({}), Call("create_note", {"text": 5}))
