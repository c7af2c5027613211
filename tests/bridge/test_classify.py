"""The texts are those of AOSP's ActivityManagerShellCommand, BasicShellCommandHandler and cmd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge._classify import ProblemKind, classify_start, problem
from bridge._phone import Answer

STARTING = "Starting: Intent { act=android.intent.action.VIEW dat=geo:0,0?... }\n"
OPENED = f"{STARTING}Status: ok\nLaunchState: COLD\nActivity: com.maps/.Main\nTotalTime: 5\nComplete\n"

FAILURES = {
    "Error: Activity not started, unable to resolve Intent { act=x flg=0x10000000 }": ProblemKind.NO_APP,
    "Error type 3\nError: Activity class {a.b/a.b.C} does not exist.": ProblemKind.NO_SUCH_SCREEN,
    "Error: Activity not started, you requested to both forward and receive its result": ProblemKind.OTHER,
    "Error: Activity not started, you do not have permission to access it.": ProblemKind.PERMISSION,
    "Error: Activity not started, voice control not allowed for: Intent { }": ProblemKind.VOICE_ONLY,
    "Error: Not allowed to start background user activity that shouldn't be displayed for all users.": (
        ProblemKind.NOT_FOR_USER
    ),
    "Error: Activity not started, not allowed for the given user.": ProblemKind.NOT_FOR_USER,
    "Error: Activity not started, unknown error code 102": ProblemKind.OTHER,
    "\nException occurred while executing 'start':\njava.lang.SecurityException: Permission Denial: starting "
    "Intent { act=x } from null (pid=1, uid=2000) requires com.android.alarm.permission.SET_ALARM\n\tat a": (
        ProblemKind.PERMISSION
    ),
    "\nException occurred while executing 'start':\njava.lang.SecurityException: Permission Denial: starting "
    "Intent { act=x } from null (pid=1, uid=2000) not exported from uid 10086\n\tat a.b(C.java)": (
        ProblemKind.NOT_EXPORTED
    ),
    "\nException occurred while executing 'start':\njava.lang.IllegalArgumentException: No intent supplied": (
        ProblemKind.OTHER
    ),
    "Security exception: Permission Denial: not allowed to send broadcast": ProblemKind.PERMISSION,
    "error: permission denied to change DND": ProblemKind.PERMISSION,
    "cmd: Can't find service: activity": ProblemKind.STILL_STARTING,
    "cmd: Failure calling service activity: Broken pipe (32)": ProblemKind.STILL_STARTING,
    "Unknown command: set-wifi": ProblemKind.NO_COMMAND,
    "No shell command implementation.": ProblemKind.NO_COMMAND,
    "/system/bin/sh: am: inaccessible or not found": ProblemKind.NO_COMMAND,
    "sh: am: not found": ProblemKind.NO_COMMAND,
}


@pytest.mark.parametrize(("text", "kind"), FAILURES.items())
@pytest.mark.parametrize("exit_code", [0, 1, 255])
@pytest.mark.parametrize("on_stderr", [True, False])
def test_the_text_decides_whatever_the_exit_code_and_the_stream(
    text: str, kind: ProblemKind, exit_code: int, on_stderr: bool
) -> None:
    answer = Answer(STARTING, text, exit_code) if on_stderr else Answer(STARTING + text, "", exit_code)
    start = classify_start(answer, waited=False)
    assert start.problem is not None
    assert start.problem.kind is kind
    assert "\n" not in start.problem.text


def test_the_missing_permission_is_named() -> None:
    text = next(text for text in FAILURES if "requires" in text)
    found = problem(Answer("", text, 255))
    assert found is not None
    assert "com.android.alarm.permission.SET_ALARM" in found.text


@pytest.mark.parametrize(
    "warning",
    [
        "Warning: Activity not started because the  current activity is being kept for the user.",
        "Warning: Activity not started, intent has been delivered to currently running top-most instance.",
        "Warning: Activity not started because intent should be handled by the caller",
        "Warning: Activity not started, its current task has been brought to the front",
    ],
)
def test_a_warning_is_success_because_the_app_is_in_front(warning: str) -> None:
    start = classify_start(Answer(f"{OPENED}{warning}\n", "", 0), waited=True)
    assert start.problem is None
    assert start.component == "com.maps/.Main"
    assert start.warning


def test_a_start_that_was_waited_for_names_its_activity() -> None:
    start = classify_start(Answer(OPENED, "", 0), waited=True)
    assert (start.problem, start.component) == (None, "com.maps/.Main")


def test_a_timeout_is_told_apart() -> None:
    start = classify_start(Answer(OPENED.replace("Status: ok", "Status: timeout"), "", 0), waited=True)
    assert start.problem is not None
    assert start.problem.kind is ProblemKind.TIMED_OUT


@pytest.mark.parametrize(
    ("stdout", "waited"), [("", False), ("", True), ("garbage\n", False), (STARTING, True)]
)
def test_silence_with_exit_code_0_is_no_success(stdout: str, waited: bool) -> None:
    assert classify_start(Answer(stdout, "", 0), waited=waited).problem is not None


def test_an_exit_code_without_a_text_is_a_failure() -> None:
    assert problem(Answer("", "", 20)) is not None
    assert problem(Answer("fine\n", "", 0)) is None


@given(st.text(), st.text(), st.integers(0, 255), st.booleans())
def test_any_output_is_classified(stdout: str, stderr: str, exit_code: int, waited: bool) -> None:
    start = classify_start(Answer(stdout, stderr, exit_code), waited=waited)
    assert exit_code == 0 or start.problem is not None
