"""Reading the launcher's list and deciding which app is meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import OutcomeStatus
from bridge._launcher import LauncherApp, apps_called, launcher_apps, open_app
from bridge._phone import Phone
from bridge.errors import InvalidValueError
from tools_schema import Call

Make = Callable[..., Phone]

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


def entry(number: int, package: str, cls: str, label: str = "null") -> str:
    return (
        f"  Activity #{number}:\n"
        "    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n"
        f"    ActivityInfo:\n      name={cls}\n      packageName={package}\n"
        "      enabled=true exported=true directBootAware=false\n"
        f"      ApplicationInfo:\n        name=com.other.Application\n        packageName={package}\n"
        f"        labelRes=0x7f0c0040 nonLocalizedLabel={label} icon=0x7f080001 banner=0x0\n"
    )


def listing(*apps: tuple[str, ...]) -> str:
    entries = "".join(entry(number, *app) for number, app in enumerate(apps))
    return f"{len(apps)} activities found:\n{entries}"


PHONE = listing(
    ("com.google.android.deskclock", "com.android.deskclock.DeskClock"),
    ("com.android.chrome", "com.google.android.apps.chrome.Main"),
    ("org.mozilla.firefox", "org.mozilla.firefox.App"),
    ("com.spotify.music", "com.spotify.music.MainActivity"),
    ("com.google.android.apps.youtube.music", "x.Main"),
    ("com.google.android.youtube", "x.Shell$HomeActivity"),
    ("com.acme.mobile.steps", "com.acme.Main"),
    ("com.rival.steps", "com.rival.Main"),
    ("org.fossify.player", "org.fossify.Main", "Fossify Player"),
    ("com.google.android.apps.maps", "com.google.android.maps.MapsActivity"),
    ("com.google.android.apps.maps", "com.google.android.maps.Places"),
)
APPS = launcher_apps(PHONE)


@pytest.mark.parametrize(
    ("said", "packages"),
    [
        ("Clock", ["com.google.android.deskclock"]),
        ("die Uhr", ["com.google.android.deskclock"]),
        ("the google chrome app", ["com.android.chrome"]),
        ("you tube", ["com.google.android.youtube"]),
        ("YouTube Music", ["com.google.android.apps.youtube.music"]),
        ("Spotfy", ["com.spotify.music"]),
        ("fossify player", ["org.fossify.player"]),
        ("steps", ["com.acme.mobile.steps", "com.rival.steps"]),
        ("acme", ["com.acme.mobile.steps"]),
        ("地图", ["com.google.android.apps.maps"]),
        ("Amazon Music", []),
        ("spo", []),
        ("app", []),
        ("", []),
    ],
)
def test_which_app_is_meant(said: str, packages: list[str]) -> None:
    assert [app.package for app in apps_called(said, APPS)] == packages


def test_the_list_is_read_with_its_components_and_plain_labels() -> None:
    assert APPS[5].component == "com.google.android.youtube/x.Shell$HomeActivity"
    assert APPS[8].title == "Fossify Player"
    assert APPS[6].title == "Acme Steps"
    assert len(APPS) == 11


@given(said=texts)
def test_only_what_the_phone_lists_is_ever_meant(said: str) -> None:
    assert set(apps_called(said, APPS)) <= set(APPS)


@given(texts)
def test_any_output_is_read_without_an_error(output: str) -> None:
    assert launcher_apps(output) == ()
    assert all(isinstance(app, LauncherApp) for app in launcher_apps(f"  Activity #0:\n{output}"))


def answers(resolved: str = "No activity found\n", **more: object) -> dict[str, object]:
    return {
        "cmd package query-activities": PHONE,
        "cmd package resolve-activity": f"priority=0 isDefault=true\n{resolved}\n",
        "am start": "Starting: Intent { }\nStatus: ok\nActivity: x/.y\nComplete\n",
        **more,
    }


def in_front(component: str) -> str:
    return f"  topResumedActivity=ActivityRecord{{1f u0 {component} t7}}\n"


def test_of_several_browsers_the_one_that_android_picks_is_opened(scripted_phone: Make) -> None:
    firefox = "org.mozilla.firefox/.App"
    started = f"Starting: Intent {{ }}\nStatus: ok\nActivity: {firefox}\nComplete\n"
    phone = scripted_phone(answers(firefox, **{"am start": started, "dumpsys activity": in_front(firefox)}))
    outcome = open_app(phone, Call("open_app", {"app": "browser"}))
    assert outcome.status is OutcomeStatus.VERIFIED
    assert outcome.read_back["app"] == "Firefox"
    start = next(command.argv for command in phone.evidence if command.argv[0] == "am")
    assert start[-2:] == ("-n", "org.mozilla.firefox/org.mozilla.firefox.App")


def test_where_android_picks_none_the_user_is_asked(scripted_phone: Make) -> None:
    resolver = "android/com.android.internal.app.ResolverActivity"
    outcome = open_app(scripted_phone(answers(resolver)), Call("open_app", {"app": "browser"}))
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION


def test_an_app_that_is_not_in_front_afterwards_is_not_verified(scripted_phone: Make) -> None:
    phone = scripted_phone(answers(**{"dumpsys activity": in_front("com.other/.Main")}))
    outcome = open_app(phone, Call("open_app", {"app": "Spotify"}))
    assert outcome.status is OutcomeStatus.REQUESTED


def test_several_apps_of_a_name_are_the_choices(scripted_phone: Make) -> None:
    outcome = open_app(scripted_phone(answers()), Call("open_app", {"app": "steps"}))
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert outcome.choices == ("Acme Steps (com.acme.mobile.steps)", "Rival Steps (com.rival.steps)")


def test_a_choice_given_back_for_the_name_is_one_app(scripted_phone: Make) -> None:
    phone = scripted_phone(answers())
    outcome = open_app(phone, Call("open_app", {"app": "Rival Steps (com.rival.steps)"}))
    assert outcome.status is not OutcomeStatus.NEEDS_CLARIFICATION
    assert outcome.read_back["app"] == "Rival Steps"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("", OutcomeStatus.FAILED),
        ("No activities found\n", OutcomeStatus.FAILED),
        (("", "cmd: Can't find service: package", 20), OutcomeStatus.FAILED),
        (("Unknown command: query-activities\n", "", 255), OutcomeStatus.UNSUPPORTED),
    ],
)
def test_a_phone_that_lists_no_apps_opens_none(
    scripted_phone: Make, answer: object, status: OutcomeStatus
) -> None:
    phone = scripted_phone({"cmd package query-activities": answer})
    assert open_app(phone, Call("open_app", {"app": "Clock"})).status is status
    assert len(phone.evidence) == 1


def test_a_name_that_is_no_text_is_an_error(scripted_phone: Make) -> None:
    with pytest.raises(InvalidValueError):
        open_app(scripted_phone({}), Call("open_app", {"app": 5}))
