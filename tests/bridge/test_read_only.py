from __future__ import annotations

import pytest

from bridge._read_only import only_reads


@pytest.mark.parametrize(
    "command",
    [
        "getprop ro.build.version.sdk",
        "date +%s",
        "dumpsys activity activities",
        "settings get global wifi_on",
        "cmd uimode night",
        "cmd media_session volume --stream 3 --get",
        "content query --uri content://contacts/phones/",
    ],
)
def test_a_reading_command_is_known(command: str) -> None:
    assert only_reads(command.split())


@pytest.mark.parametrize(
    "command",
    [
        "am start -W -a a.ACTION",
        "date 010203",
        "dumpsys battery unplug",
        "settings put global wifi_on 1",
        "cmd uimode night yes",
        "cmd media_session volume --stream 3 --set 5",
        "content insert --uri content://contacts/phones/",
        "input tap 1 2",
        "nobody-knows-me",
    ],
)
def test_every_other_command_counts_as_one_that_changes_something(command: str) -> None:
    assert not only_reads(command.split())
