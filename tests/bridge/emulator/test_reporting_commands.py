"""Android's commands that report, list and open; what differs by version."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bridge.emulator import Contact

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bridge.emulator.conftest import InProcessShell

SET_ALARM = (
    "am start -a android.intent.action.SET_ALARM --ez android.intent.extra.alarm.SKIP_UI true "
    "--ei android.intent.extra.alarm.HOUR {} --ei android.intent.extra.alarm.MINUTES {}"
)


def test_the_next_alarm_is_in_dumpsys_and_in_the_settings(
    make_shell: Callable[..., InProcessShell],
) -> None:
    for api, shown in ((30, "2026-01-17 06:30:00"), (34, "2026-01-17 06:30:00.000")):
        shell = make_shell(api=api)
        shell(SET_ALARM.format(8, 0))
        shell(SET_ALARM.format(6, 30))
        information = shell("dumpsys alarm").stdout.partition("Next alarm clock information:")[2]
        assert information.splitlines()[1].strip() == f"user:0 pendingSend:false time:1768627800000 = {shown}"
        assert shell("settings get system next_alarm_formatted").stdout == "Sat 06:30\n"


def test_without_an_alarm_dumpsys_names_none(shell: InProcessShell) -> None:
    assert shell("dumpsys alarm").stdout.endswith("Next alarm clock information: \n")


def test_the_resumed_activity_has_another_name_on_api_30(make_shell: Callable[..., InProcessShell]) -> None:
    for api, field in ((30, "mResumedActivity: "), (34, "topResumedActivity=")):
        shell = make_shell(api=api)
        shell("am start -a android.settings.SETTINGS")
        record = "ActivityRecord{5f3c1a2 u0 com.android.settings/.Settings t"
        assert field + record in shell("dumpsys activity activities").stdout
        assert "com.android.settings/com.android.settings.Settings}" in shell("dumpsys window").stdout


def test_an_unknown_service_of_dumpsys_is_said_with_exit_code_0(shell: InProcessShell) -> None:
    assert shell("dumpsys nothing").stdout == "Can't find service: nothing\n"


def test_contacts_are_found_with_sqlites_own_conditions(shell: InProcessShell) -> None:
    shell.state.contacts[:] = [Contact("O'Neil, Pat", ("1",), ("p@x.example",)), Contact("Zoë")]
    query = "content query --uri content://com.android.contacts/data/phones --projection display_name:data1"
    assert shell(query).stdout == "Row: 0 display_name=O'Neil, Pat, data1=1\n"
    where = "display_name='O''Neil, Pat' AND mimetype LIKE '%email%'"
    result = shell(
        f'content query --uri content://com.android.contacts/data --projection data1 --where "{where}"'
    )
    assert result.stdout == "Row: 0 data1=p@x.example\n"
    names = shell(
        "content query --uri content://com.android.contacts/contacts --projection display_name:data1 "
        "--sort 'display_name DESC'"
    )
    assert names.stdout.splitlines()[0] == "Row: 0 display_name=Zoë, data1=NULL"


@pytest.mark.parametrize(
    "words",
    [
        "query --uri content://no.such/table",
        "query --uri content://com.android.contacts/data --projection no_such_column",
        "query --uri content://com.android.contacts/data --where 'AND'",
        "insert --uri content://com.android.contacts/data",
        "query --colour red",
        "query --uri --where",
    ],
)
def test_a_query_that_cannot_be_answered_says_why_with_exit_code_0(shell: InProcessShell, words: str) -> None:
    result = shell(f"content {words}")
    assert (result.code, result.stdout) == (0, "")
    assert re.search(r"^(\[ERROR\]|Error while accessing provider:)", result.stderr, re.MULTILINE)


def test_a_shell_that_may_not_read_contacts_is_told_the_permission(
    make_shell: Callable[..., InProcessShell],
) -> None:
    shell = make_shell(shell_may_read_contacts=False)
    result = shell("content query --uri content://com.android.contacts/data")
    assert (result.code, result.stdout) == (0, "")
    assert "java.lang.SecurityException: Permission Denial" in result.stderr
    assert "requires android.permission.READ_CONTACTS" in result.stderr


def test_a_query_without_rows_says_so(shell: InProcessShell) -> None:
    result = shell("content query --uri content://com.android.contacts/data --where '0'")
    assert result.stdout == "No result found.\n"


def test_packages_are_listed_by_kind(shell: InProcessShell) -> None:
    everything = shell("pm list packages").stdout.splitlines()
    assert "package:com.android.settings" in everything
    third_party = shell("cmd package list packages -3").stdout.splitlines()
    assert "package:com.spotify.music" in third_party
    assert "package:com.android.settings" not in third_party
    assert shell("pm list packages spotify").stdout == "package:com.spotify.music\n"


def test_the_launcher_activity_of_a_package_is_resolved(shell: InProcessShell) -> None:
    result = shell("cmd package resolve-activity --brief -c android.intent.category.LAUNCHER com.whatsapp")
    assert result.stdout.splitlines()[1] == "com.whatsapp/.Main"
    assert shell("cmd package resolve-activity --brief no.such.app").stdout == "No activity found\n"


def test_the_launchers_apps_are_listed(shell: InProcessShell) -> None:
    query = (
        "cmd package query-activities {} -a android.intent.action.MAIN -c android.intent.category.LAUNCHER"
    )
    components = shell(query.format("--components")).stdout.splitlines()
    assert {"com.android.settings/.Settings", "com.spotify.music/.MainActivity"} <= set(components)
    brief = shell(query.format("--brief")).stdout.splitlines()
    assert brief[0] == f"{len(components)} activities found:"
    assert brief[3].strip() in components
    assert "packageName=com.whatsapp" in shell(query.format("")).stdout


def test_an_app_s_name_is_told_only_where_its_manifest_has_it(shell: InProcessShell) -> None:
    launcher = "-a android.intent.action.MAIN -c android.intent.category.LAUNCHER"
    told = shell(f"cmd package query-activities {launcher} com.example.notes").stdout
    assert "labelRes=0x0 nonLocalizedLabel=Notes icon=" in told
    untold = shell(f"cmd package query-activities {launcher} com.android.deskclock").stdout
    assert "Clock\n" not in untold.replace("DeskClock", "")
    assert "nonLocalizedLabel=null" in untold


def test_monkey_opens_an_app_or_aborts(shell: InProcessShell) -> None:
    result = shell("monkey -p com.whatsapp -c android.intent.category.LAUNCHER 1")
    assert (result.code, shell.state.resumed) == (0, "com.whatsapp/.Main")
    result = shell("monkey -p no.such.app -c android.intent.category.LAUNCHER 1")
    assert (result.code, result.stdout.splitlines()[-1]) == (
        252,
        "** No activities found to run, monkey aborted.",
    )


def test_properties_tell_the_version(make_shell: Callable[..., InProcessShell]) -> None:
    shell = make_shell(api=36, time_zone="Asia/Tokyo", now=datetime(2026, 7, 1, tzinfo=UTC))
    assert shell("getprop ro.build.version.release").stdout == "16\n"
    assert shell("getprop persist.sys.timezone").stdout == "Asia/Tokyo\n"
    assert shell("getprop no.such.property fallback").stdout == "fallback\n"
    assert "[ro.build.version.sdk]: [36]\n" in shell("getprop").stdout
    assert shell("date +%H:%M").stdout == "09:00\n"


def test_a_notification_is_posted(shell: InProcessShell) -> None:
    shell("cmd notification post -t Title tag 'some text'")
    assert [(n.tag, n.title, n.text) for n in shell.state.notifications] == [("tag", "Title", "some text")]


def test_the_call_log_is_read_only_where_the_shell_may(make_shell: Callable[..., InProcessShell]) -> None:
    query = "content query --uri content://call_log/calls --projection number:type:date"
    call = "am start -a android.intent.action.CALL -d tel:+4930123"
    new, old = make_shell(api=36), make_shell(api=30)
    assert new(query).stdout == "No result found.\n"
    new(call)
    assert new(query).stdout == "Row: 0 number=+4930123, type=2, date=1768597800000\n"
    old(call)
    result = old(query)
    assert (result.code, result.stdout) == (0, "")
    assert "requires android.permission.READ_CALL_LOG" in result.stderr


@pytest.mark.parametrize(
    ("link", "component"),
    [
        ("https://open.spotify.com/track/1", "com.spotify.music/.DeepLinkActivity"),
        ("https://youtu.be/abc", "com.google.android.youtube/.UrlActivity"),
        ("https://wa.me/4930123", "com.whatsapp/.TextAndDirectChatDeepLink"),
        ("whatsapp://send?text=hi", "com.whatsapp/.TextAndDirectChatDeepLink"),
        ("https://example.org/youtu.be", "com.android.browser/.BrowserActivity"),
    ],
)
def test_a_link_opens_the_app_that_owns_its_site(shell: InProcessShell, link: str, component: str) -> None:
    assert (
        f"Activity: {component}\n" in shell(f"am start -W -a android.intent.action.VIEW -d '{link}'").stdout
    )
    assert link in (shell.state.app_link, shell.state.browser_url)


def test_the_size_of_the_display_is_told(shell: InProcessShell) -> None:
    assert shell("wm size").stdout == "Physical size: 1080x2400\n"
    assert shell("wm density").stdout == "Physical density: 420\n"
    assert shell("wm dance").code == 255
