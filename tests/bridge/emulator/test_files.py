"""The phone's storage: through the shell, and through sync with adb's own push, pull, stat and list."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import adbutils
import pytest

from bridge.emulator import File

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.emulator import EmulatedPhone
    from tests.bridge.emulator.conftest import InProcessShell


@pytest.fixture
def device(emulated_phone: EmulatedPhone, adb_port: int) -> adbutils.AdbDevice:
    return adbutils.AdbClient(host="127.0.0.1", port=adb_port).device(emulated_phone.address)


@pytest.mark.parametrize(
    ("command", "stdout"),
    [
        ("ls /sdcard/DCIM", "Camera\n"),
        ("mkdir -p /sdcard/a/b; echo x > /sdcard/a/b/f; ls /storage/emulated/0/a/b", "f\n"),
        ("echo x > /sdcard/f; cp /sdcard/f /sdcard/Music; mv /sdcard/f /sdcard/g; ls /sdcard/Music", "f\n"),
        ("echo x > /sdcard/f; mv /sdcard/f /sdcard/g; cat /sdcard/./Music/../g", "x\n"),
        (
            "touch /sdcard/f; chmod 600 /sdcard/f; ls -l /sdcard/f",
            "-rw------- 1 shell sdcard_rw 0 2026",
        ),
        ("mkdir /sdcard/a; touch /sdcard/a/b; rm -r /sdcard/a; ls -d /sdcard", "/sdcard\n"),
        ("[ -d /sdcard ] && [ ! -f /sdcard ] && [ -e /data/local/tmp ] && echo yes", "yes\n"),
        ("ls -la /sdcard/DCIM", "total 4\ndrwxrwx--x 2 shell sdcard_rw 4096 1970-01-01 01:00 .\n"),
    ],
)
def test_files_and_folders_are_there_for_the_shell(shell: InProcessShell, command: str, stdout: str) -> None:
    result = shell(command)
    assert result.stdout.startswith(stdout)
    assert (result.stderr, result.code) == ("", 0)


@pytest.mark.parametrize(
    ("command", "stderr"),
    [
        ("ls /sdcard/none", "ls: /sdcard/none: No such file or directory\n"),
        ("rm /sdcard/none", "rm: /sdcard/none: No such file or directory\n"),
        ("rm /sdcard/Music", "rm: /sdcard/Music: Is a directory\n"),
        ("rm -r /sdcard", "rm: /sdcard: Permission denied\n"),
        ("mkdir /sdcard/Music", "mkdir: '/sdcard/Music': File exists\n"),
        ("mkdir /sdcard/x/y", "mkdir: '/sdcard/x/y': No such file or directory\n"),
        ("touch /data/x", "touch: /data/x: Permission denied\n"),
        ("cat /sdcard/Music", "cat: /sdcard/Music: Is a directory\n"),
        ("echo x > /sdcard/x/y", "/system/bin/sh: can't create /sdcard/x/y: No such file or directory\n"),
        ("cp /sdcard/f", "cp: Needs 2 arguments\n"),
        ("chmod rwx /sdcard/f", "chmod: Needs 2 arguments\n"),
        ("chmod 600 /sdcard/f", "chmod: '/sdcard/f': No such file or directory\n"),
    ],
)
def test_what_cannot_be_done_with_a_file_is_told(shell: InProcessShell, command: str, stderr: str) -> None:
    result = shell(command)
    assert (result.stderr, result.code) == (stderr, 1)


def test_a_full_storage_takes_no_more_until_something_is_removed(shell: InProcessShell) -> None:
    shell.state.free_bytes = 10
    result = shell("echo 0123456789abc > /sdcard/f")
    assert (result.code, result.stderr) == (1, "/system/bin/sh: echo: No space left on device\n")
    assert shell.state.files["/sdcard/f"].content == b"0123456789"
    assert shell("screencap -p /sdcard/s.png").code == 1
    assert shell("uiautomator dump").code == 1
    assert shell("rm /sdcard/f /sdcard/s.png /sdcard/window_dump.xml; echo fits > /sdcard/g").code == 0


def test_what_is_pushed_can_be_pulled_listed_and_read(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 1000
    assert device.sync.push(content, "/sdcard/Download/日本.bin", mode=0o640, check=True) == len(content)
    file = emulated_phone.state.files["/sdcard/Download/日本.bin"]
    assert (file.content, file.mode) == (content, 0o640)
    found = device.sync.stat("/storage/emulated/0/Download/日本.bin")
    assert (found.size, stat.S_ISREG(found.mode)) == (len(content), True)
    assert device.sync.read_bytes("/sdcard/Download/日本.bin") == content
    device.sync.pull("/sdcard/Download", str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "日本.bin").read_bytes() == content
    names = {entry.path: stat.S_ISDIR(entry.mode) for entry in device.sync.list("/sdcard")}
    assert names["Download"]
    assert device.shell2("wc -c /sdcard/Download/日本.bin", v2=True).stdout == f"{len(content)}\n"


def test_a_file_is_pushed_into_a_folder_under_its_own_name(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("hello")
    device.sync.push(tmp_path / "note.txt", "/sdcard/Documents")
    assert emulated_phone.state.files["/sdcard/Documents/note.txt"].content == b"hello"


def test_what_is_not_there_has_no_size_no_names_and_cannot_be_pulled(device: adbutils.AdbDevice) -> None:
    assert not device.sync.exists("/sdcard/none")
    assert device.sync.list("/sdcard/none") == []
    with pytest.raises(adbutils.AdbError, match="open failed: No such file or directory"):
        device.sync.read_bytes("/sdcard/none")


def test_a_push_to_a_full_storage_fails_and_leaves_nothing(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice
) -> None:
    emulated_phone.state.free_bytes = 1000
    with pytest.raises(adbutils.AdbError):
        device.sync.push(b"x" * 5000, "/sdcard/big")
    assert emulated_phone.state.files == {}
    assert emulated_phone.state.free_bytes == 1000
    assert device.sync.push(b"x" * 900, "/sdcard/small") == 900


def test_a_push_to_where_nobody_may_write_fails(device: adbutils.AdbDevice) -> None:
    with pytest.raises(adbutils.AdbError):
        device.sync.push(b"x", "/system/app")
    assert device.shell2("echo well", v2=True).stdout == "well\n"


def test_a_file_of_the_state_is_seen_by_everyone(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice
) -> None:
    emulated_phone.state.files["/sdcard/Download/a"] = File(b"prepared", modified=1_768_597_800)
    assert device.shell2("cat /sdcard/Download/a", v2=True).stdout == "prepared"
    assert device.sync.read_text("/sdcard/Download/a") == "prepared"
