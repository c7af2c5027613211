from __future__ import annotations

from datetime import datetime

from agent.prompt import TRIGGER, system_text


def test_the_developer_text_is_the_one_of_the_training_data() -> None:
    assert system_text(datetime(2026, 1, 16, 0, 50, 30)) == (
        "Current date and time given in YYYY-MM-DDTHH:MM:SS format: 2026-01-16T00:50:30\n"
        "Day of week is Friday\n"
        "You are a model that can do function calling with the following functions"
    )


def test_the_trigger_is_a_sentence_without_a_full_stop() -> None:
    assert TRIGGER.endswith("functions")
