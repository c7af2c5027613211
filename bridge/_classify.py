"""What a command's output says about success: the text first, then the exit code; the phone's state decides.

``am`` ends with 0 on most failures up to Android 14, so its exit code alone proves nothing. The texts are
those of AOSP's ``ActivityManagerShellCommand``, ``BasicShellCommandHandler`` and ``cmd``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.outcome import OutcomeStatus

if TYPE_CHECKING:
    from bridge._phone import Answer

__all__ = ["Problem", "ProblemKind", "Start", "classify_start", "failure_status", "problem"]


class ProblemKind(StrEnum):
    """Why a command did nothing."""

    NO_APP = "NO_APP"
    NO_SUCH_SCREEN = "NO_SUCH_SCREEN"
    PERMISSION = "PERMISSION"
    NOT_EXPORTED = "NOT_EXPORTED"
    NOT_FOR_USER = "NOT_FOR_USER"
    VOICE_ONLY = "VOICE_ONLY"
    STILL_STARTING = "STILL_STARTING"
    NO_COMMAND = "NO_COMMAND"
    TIMED_OUT = "TIMED_OUT"
    UNCLEAR = "UNCLEAR"
    """It ended oddly and gave no reason, so that it may have done what was asked all the same."""
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a command did nothing; ``text`` says it in plain words."""

    kind: ProblemKind
    text: str

    @property
    def unclear(self) -> bool:
        """Whether only the phone's state can tell if the command did what was asked."""
        return self.kind is ProblemKind.UNCLEAR


@dataclass(frozen=True, slots=True)
class Start:
    """What ``am start`` reported. ``component`` is the activity it named, empty where it named none."""

    problem: Problem | None
    component: str = ""
    warning: str = ""


_TEXTS: tuple[tuple[re.Pattern[str], ProblemKind, str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), kind, text)
    for pattern, kind, text in (
        (
            r"^Error: Activity not started, unable to resolve Intent",
            ProblemKind.NO_APP,
            "no app on the phone can do this",
        ),
        (
            r"^Error: Activity class .* does not exist|^Error type 3\b",
            ProblemKind.NO_SUCH_SCREEN,
            "the screen does not exist, or the phone has not been unlocked since it was started",
        ),
        (
            r"^(?:java\.lang\.SecurityException|Security exception): .* not exported from uid",
            ProblemKind.NOT_EXPORTED,
            "the app does not let other programs open this screen",
        ),
        (
            r"^(?:java\.lang\.SecurityException|Security exception): .*\brequires (?P<detail>[\w.]+)",
            ProblemKind.PERMISSION,
            "this phone does not let adb do it: the permission {detail} is missing",
        ),
        (
            r"^(?:java\.lang\.SecurityException|Security exception): (?P<detail>.*)",
            ProblemKind.PERMISSION,
            "this phone does not let adb do it: {detail}",
        ),
        (
            r"^(?:Error|error): (?:Activity not started, you do not have permission|permission denied)",
            ProblemKind.PERMISSION,
            "this phone does not let adb do it: a permission is missing",
        ),
        (
            r"^Error: Activity not started, voice control not allowed",
            ProblemKind.VOICE_ONLY,
            "the app takes this by voice control only",
        ),
        (
            r"^Error: (?:Not allowed to start background user|Activity not started, not allowed for)",
            ProblemKind.NOT_FOR_USER,
            "the phone's present user may not open this",
        ),
        (
            r"^cmd: (?:Can't find service|Failure calling service)",
            ProblemKind.STILL_STARTING,
            "Android on the phone does not answer: it is still starting, or lacks this service",
        ),
        (
            r"^Unknown command: |^No shell command implementation|: (?:inaccessible or )?not found$",
            ProblemKind.NO_COMMAND,
            "this phone's Android does not know the command",
        ),
        (r"^Status: timeout$", ProblemKind.TIMED_OUT, "the app did not open in time"),
        (r"^(?:Error: |ERROR: )(?P<detail>.*)", ProblemKind.OTHER, "Android says: {detail}"),
        (r"^(?:[a-z]\w*\.)+\w*Exception\b:? ?(?P<detail>.*)", ProblemKind.OTHER, "Android says: {detail}"),
        (r"^Exception occurred while executing", ProblemKind.OTHER, "the command broke off on the phone"),
        (r"^Error(?P<detail>.*)", ProblemKind.OTHER, "Android says: Error{detail}"),
    )
)

_DETAIL_LIMIT = 200


def problem(answer: Answer) -> Problem | None:
    """Return why the command failed, or None where neither its text nor its exit code says that it did."""
    for pattern, kind, text in _TEXTS:
        if match := pattern.search(answer.text):
            detail = match.groupdict().get("detail") or ""
            return Problem(kind, text.format(detail=detail[:_DETAIL_LIMIT]).rstrip(": "))
    if answer.exit_code != 0:
        return Problem(ProblemKind.UNCLEAR, f"the command ended with exit code {answer.exit_code}")
    return None


def failure_status(found: Problem) -> OutcomeStatus:
    """Return UNSUPPORTED where the phone lacks the command, else FAILED."""
    return OutcomeStatus.UNSUPPORTED if found.kind is ProblemKind.NO_COMMAND else OutcomeStatus.FAILED


def classify_start(answer: Answer, *, waited: bool) -> Start:
    """Return what ``am start`` reported; ``waited`` says whether it was run with ``-W``.

    Silence is no success: without ``Starting: Intent``, and with ``-W`` without ``Status: ok``, it is
    unclear, as it is with a text of success and another exit code than 0. A warning (the activity was in
    front already) is success.
    """
    found = problem(answer)
    component = _line(r"^Activity: (\S+)$", answer)
    if found is None and not _line(r"^(Starting: Intent) ", answer):
        found = Problem(ProblemKind.UNCLEAR, "the phone gave no answer that `am start` gives")
    if found is None and waited and not _line(r"^Status: (ok)$", answer):
        found = Problem(ProblemKind.UNCLEAR, "the phone did not say that the app has opened")
    return Start(found, component, _line(r"^Warning: (.*)$", answer))


def _line(pattern: str, answer: Answer) -> str:
    match = re.search(pattern, answer.text, re.MULTILINE)
    return match[1] if match else ""
