"""Apps by name, through bridge and adb: what is opened is what the phone's own launcher lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import Outcome, OutcomeStatus
from bridge.emulator import EmulatedPhone

Do = Callable[..., Outcome]
OnPhone = Callable[..., EmulatedPhone]

every_api = pytest.mark.parametrize("api", [30, 34, 36])


@every_api
def test_an_app_is_opened_by_its_name_and_verified_in_front(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    for said, component in (
        ("Spotify", "com.spotify.music/.MainActivity"),
        ("what's app", "com.whatsapp/.Main"),
        ("the Clock app", "com.android.deskclock/.DeskClock"),
        ("Taschenrechner", "com.android.calculator2/.Calculator"),
        ("相机", "com.android.camera2/com.android.camera.CameraLauncher"),
        ("Notes", "com.example.notes/.NotesActivity"),
        ("Yutube", "com.google.android.youtube/.app.honeycomb.Shell$HomeActivity"),
        ("Spotify", "com.spotify.music/.MainActivity"),
        ("Spotify", "com.spotify.music/.MainActivity"),
    ):
        outcome = do(phone, "open_app", {"app": said})
        assert outcome.status is OutcomeStatus.VERIFIED, outcome
        assert phone.state.resumed == component
        assert outcome.read_back["resumed_activity"] == component


@every_api
def test_an_app_that_is_not_there_is_asked_about_with_the_nearest_names(
    do: Do, on_phone: OnPhone, api: int
) -> None:
    phone = on_phone(api=api)
    before = phone.state.resumed
    outcome = do(phone, "open_app", {"app": "Calendula"})
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert "Calendar" in outcome.choices
    assert do(phone, "open_app", {"app": outcome.choices[0]}).status is OutcomeStatus.VERIFIED
    before = phone.state.resumed
    assert do(phone, "open_app", {"app": "Qwxyzzy"}).status is OutcomeStatus.NEEDS_CLARIFICATION
    assert phone.state.resumed == before


@pytest.mark.parametrize(
    "said",
    [
        "com.android.settings/.SubSettings",
        "com.android.settings/com.android.settings.Settings$WifiSettingsActivity",
        "-n com.android.settings/.Settings",
        "intent:#Intent;component=com.android.settings/.Settings;end",
        "$(am start com.whatsapp)",
        "",
    ],
)
def test_a_component_or_a_command_in_the_name_starts_nothing(
    do: Do, emulated_phone: EmulatedPhone, said: str
) -> None:
    before = emulated_phone.state.resumed
    assert do(emulated_phone, "open_app", {"app": said}).status is OutcomeStatus.NEEDS_CLARIFICATION
    assert emulated_phone.state.resumed == before
