"""``am start`` and its kin: outputs, exit codes by version, and what the apps do."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from bridge.emulator import CalendarDraft, ContactDraft, Extra, MailDraft, NoteDraft, SmsDraft, Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bridge.emulator.conftest import InProcessShell

VIEW = "am start -W -a android.intent.action.VIEW -d "
ALARM = "android.intent.extra.alarm."


def test_a_start_that_works_names_the_activity(shell: InProcessShell) -> None:
    result = shell("am start -W -a android.settings.WIFI_SETTINGS")
    assert result.code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "Starting: Intent { act=android.settings.WIFI_SETTINGS }"
    assert "Status: ok" in lines
    assert "Activity: com.android.settings/.Settings$WifiSettingsActivity" in lines
    assert lines[-1] == "Complete"
    assert shell.state.resumed == "com.android.settings/.Settings$WifiSettingsActivity"


@pytest.mark.parametrize(("api", "code"), [(30, 0), (34, 0), (36, 1)])
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            "-a no.such.ACTION",
            "Error: Activity not started, unable to resolve Intent { act=no.such.ACTION }\n",
        ),
        ("-n no.such/.App", "Error type 3\nError: Activity class {no.such/.App} does not exist.\n"),
    ],
)
def test_a_start_that_reaches_nothing_exits_0_before_api_36(
    make_shell: Callable[..., InProcessShell], api: int, code: int, words: str, error: str
) -> None:
    shell = make_shell(api=api)
    plain, waiting = shell(f"am start {words}"), shell(f"am start -W {words}")
    assert (plain.code, plain.stderr) == (code, error)
    assert (waiting.code, waiting.stderr) == (code, "")
    assert waiting.stdout.endswith(error)


def test_an_exception_is_a_stack_trace_and_exit_code_255(shell: InProcessShell) -> None:
    result = shell("am start --ei k 08")
    assert result.code == 255
    assert result.stderr.startswith("\nException occurred while executing 'start':\njava.lang.Number")
    assert "\tat android.os.Binder.shellCommand" in result.stderr


def test_what_is_not_exported_is_denied(shell: InProcessShell) -> None:
    result = shell("am start -n com.android.settings/.SubSettings")
    assert result.code == 255
    assert "java.lang.SecurityException: Permission Denial: starting Intent" in result.stderr
    assert "not exported from uid" in result.stderr


def test_a_shell_without_set_alarm_may_not_reach_the_clock(
    make_shell: Callable[..., InProcessShell],
) -> None:
    shell = make_shell(api=30, shell_may_set_alarms=False)
    result = shell("am start -a android.intent.action.SHOW_ALARMS")
    assert result.code == 255
    assert "requires com.android.alarm.permission.SET_ALARM" in result.stderr


def test_an_unknown_sub_command_and_an_unknown_service_say_so(shell: InProcessShell) -> None:
    assert (shell("am fly").code, shell("am fly").stdout) == (255, "Unknown command: fly\n")
    assert (shell("cmd nothing").code, shell("cmd nothing").stderr) == (
        20,
        "cmd: Can't find service: nothing\n",
    )


def test_a_second_start_is_delivered_to_the_activity_in_front(shell: InProcessShell) -> None:
    shell(VIEW + "https://a.example")
    result = shell(VIEW + "https://b.example")
    assert "Warning: Activity not started, intent has been delivered to currently running" in result.stdout
    assert "Status: ok" in result.stdout
    assert shell.state.browser_url == "https://b.example"


def test_opening_an_app_again_brings_its_task_to_the_front(shell: InProcessShell) -> None:
    shell("am start -n com.spotify.music/.MainActivity")
    shell("input keyevent KEYCODE_HOME")
    result = shell("am start -W -n com.spotify.music/.MainActivity")
    assert "its current task has been brought to the front" in result.stdout
    assert shell.state.resumed == "com.spotify.music/.MainActivity"


def test_a_store_app_is_not_found_by_its_package_alone(shell: InProcessShell) -> None:
    assert "unable to resolve" in shell("am start com.spotify.music").stderr
    assert shell("am start com.android.settings").stderr == ""


def test_several_apps_for_one_intent_ask_the_user(shell: InProcessShell) -> None:
    result = shell(
        "am start -W -a android.intent.action.SEND -t text/plain --es android.intent.extra.TEXT hi"
    )
    assert "Activity: android/com.android.internal.app.ResolverActivity" in result.stdout
    assert shell.state.shared_text == "hi"


def test_a_protected_broadcast_is_denied(shell: InProcessShell) -> None:
    result = shell("am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true")
    assert result.code == 255
    assert "not allowed to send broadcast android.intent.action.AIRPLANE_MODE" in result.stderr
    assert shell("am broadcast -a my.ACTION").stdout.endswith("Broadcast completed: result=0\n")


def test_to_intent_uri_shows_how_a_line_was_read(shell: InProcessShell) -> None:
    result = shell("am to-intent-uri -a A -d https://x.example/p --ei n 010")
    assert result.stdout == "intent://x.example/p#Intent;scheme=https;action=A;i.n=8;end\n"


def test_a_timer_runs(shell: InProcessShell) -> None:
    shell(
        f"am start -a android.intent.action.SET_TIMER --ei {ALARM}LENGTH 600 --es {ALARM}MESSAGE tea "
        f"--ez {ALARM}SKIP_UI true"
    )
    assert shell.state.timers == [Timer(600, "tea")]
    assert shell.state.resumed.startswith("com.android.launcher3/")


@pytest.mark.parametrize(
    "words",
    [
        f"SET_TIMER --ei {ALARM}LENGTH 0",
        f"SET_TIMER --ei {ALARM}LENGTH 86401",
        f"SET_ALARM --ei {ALARM}HOUR 24",
        f"SET_ALARM --ei {ALARM}HOUR 7 --ei {ALARM}MINUTES 60",
        f"SET_ALARM --es {ALARM}HOUR 7",
    ],
)
def test_the_clock_takes_no_notice_of_values_out_of_range(shell: InProcessShell, words: str) -> None:
    result = shell(f"am start -W -a android.intent.action.{words} --ez {ALARM}SKIP_UI true")
    assert (result.code, "Status: ok" in result.stdout) == (0, True)
    assert (shell.state.alarms, shell.state.timers) == ([], [])


def test_an_event_needs_its_times_as_long(shell: InProcessShell) -> None:
    shell(
        "am start -a android.intent.action.INSERT -d content://com.android.calendar/events "
        "--es title 'Dinner, at last' --el beginTime 1768575600000 --ei endTime 5 --ez allDay false "
        "--es eventLocation Rome --es android.intent.extra.EMAIL 'a@x.example, b@x.example'"
    )
    assert shell.state.calendar_draft == CalendarDraft(
        "Dinner, at last", 1768575600000, None, location="Rome", attendees=("a@x.example", "b@x.example")
    )
    assert shell.state.resumed == "com.android.calendar/.event.EditEventActivity"
    assert shell.state.intents[-1].extras["endTime"] == Extra("int", 5)


def test_the_calendar_shows_a_day(shell: InProcessShell) -> None:
    shell(VIEW + "content://com.android.calendar/time/1768575600000")
    assert shell.state.calendar_day == 1768575600000


def test_a_contact_is_drafted_from_string_extras(shell: InProcessShell) -> None:
    shell(
        "am start -a android.intent.action.INSERT -t vnd.android.cursor.dir/contact --es name 'Ada Byron' "
        "--es phone '+44 20' --es email ada@x.example --es company Analytical"
    )
    assert shell.state.contact_draft == ContactDraft("Ada Byron", "+44 20", "ada@x.example", "Analytical")


def test_a_mailto_uri_and_extras_fill_the_mail(shell: InProcessShell) -> None:
    uri = "mailto:a%2Bb@x.example,c@x.example?subject=1%2B1%20=%202&body=line%0Aline+plus&cc=d@x.example"
    shell(f"am start -a android.intent.action.SENDTO -d {shlex.quote(uri)}")
    assert shell.state.mail_draft == MailDraft(
        to=("a+b@x.example", "c@x.example"),
        cc=("d@x.example",),
        subject="1+1 = 2",
        body="line\nline+plus",
    )
    shell(
        "am start -a android.intent.action.SENDTO -d mailto: --esa android.intent.extra.EMAIL e@x.example "
        "--es android.intent.extra.SUBJECT S --es android.intent.extra.TEXT T"
    )
    assert shell.state.mail_draft == MailDraft(to=("e@x.example",), subject="S", body="T")


def test_a_text_message_is_drafted_and_not_sent(shell: InProcessShell) -> None:
    shell("am start -a android.intent.action.SENDTO -d 'smsto:+49%2030' --es sms_body 'on my way'")
    assert shell.state.sms_draft == SmsDraft(("+49 30",), "on my way")


@pytest.mark.parametrize(
    ("uri", "query", "navigation"),
    [
        ("geo:0,0?q=Caf%C3%A9+%26+Bar", "Café & Bar", None),
        ("geo:52.5,13.4", "52.5,13.4", None),
        ("https://maps.google.com/?q=Rome", "Rome", None),
        ("google.navigation:q=Main%20St&mode=w", None, "Main St"),
        ("https://www.google.com/maps/dir/?api=1&destination=Main%20St", None, "Main St"),
    ],
)
def test_maps_shows_or_navigates(
    shell: InProcessShell, uri: str, query: str | None, navigation: str | None
) -> None:
    shell(VIEW + shlex.quote(uri))
    assert (shell.state.map_query, shell.state.navigation) == (query, navigation)
    assert shell.state.resumed.startswith("com.google.android.apps.maps/")


def test_an_upper_case_scheme_matches_no_filter(shell: InProcessShell) -> None:
    assert "unable to resolve" in shell(VIEW + "HTTPS://a.example").stdout


def test_calling_dials_at_once_and_dialling_does_not(shell: InProcessShell) -> None:
    shell("am start -a android.intent.action.DIAL -d tel:%2A100%23")
    assert (shell.state.dialer_number, shell.state.call_number) == ("*100#", None)
    shell("am start -a android.intent.action.CALL -d tel:+4930")
    assert shell.state.call_number == "+4930"
    assert "mCallState=2" in shell("dumpsys telephony.registry").stdout
    shell("input keyevent ENDCALL")
    assert "mCallState=0" in shell("dumpsys telephony.registry").stdout


def test_camera_notes_and_music_take_their_intents(shell: InProcessShell) -> None:
    shell("am start -a android.media.action.VIDEO_CAMERA")
    assert shell.state.camera_mode == "video"
    shell(
        "am start -a com.google.android.gms.actions.CREATE_NOTE -t text/plain "
        "--es com.google.android.gms.actions.extra.NAME Shop "
        "--es com.google.android.gms.actions.extra.TEXT milk"
    )
    assert shell.state.note_draft == NoteDraft("Shop", "milk")
    shell("am start -a android.media.action.MEDIA_PLAY_FROM_SEARCH --es query 'Nina Simone'")
    assert (shell.state.media.playing, shell.state.media.query) == (True, "Nina Simone")


def test_s_stops_the_app_first(shell: InProcessShell) -> None:
    shell("am start -n com.spotify.music/.MainActivity")
    result = shell("am start -S -n com.spotify.music/.MainActivity")
    assert result.stdout.startswith("Stopping: com.spotify.music\n")
    assert result.stderr == ""
    shell("am force-stop com.spotify.music")
    assert "com.spotify.music" not in shell.state.tasks
