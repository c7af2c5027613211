"""``am`` and ``cmd activity``: starting activities, services and broadcasts.

Source of every text and exit code: AOSP ActivityManagerShellCommand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.emulator._activity_manager import Start, StartResult, start_activity
from bridge.emulator._arguments import Arguments
from bridge.emulator._device import HOME
from bridge.emulator._intent_arguments import parse_intent
from bridge.emulator._java import JavaError, security_error
from bridge.emulator._lock_screen import dismiss
from bridge.emulator._resolver import query_activities

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator._intent import Intent
    from bridge.emulator._shell import Invocation

__all__ = ["activity_service"]

_WITH_VALUE = {
    "-P",
    "--start-profiler",
    "--sampling",
    "--attach-agent",
    "--attach-agent-bind",
    "-R",
    "--receiver-permission",
    "--display",
    "--windowingMode",
    "--activityType",
    "--task",
}
_WITHOUT_VALUE = {
    "-D",
    "-N",
    "--streaming",
    "--track-allocation",
    "--task-overlay",
    "--lock-task",
    "--allow-background-activity-starts",
}
_DISMISS_KEYGUARD = {"--dismiss-keyguard", "--dismiss-keyguard-if-insecure"}
_NEWER_WITHOUT_VALUE = {
    "--suspend",
    "--async",
    "--splashscreen-show-icon",
}
_PROTECTED_BROADCASTS = {
    "android.intent.action.AIRPLANE_MODE",
    "android.intent.action.BOOT_COMPLETED",
    "android.intent.action.BATTERY_LOW",
    "android.intent.action.SCREEN_ON",
    "android.intent.action.SCREEN_OFF",
}
_WARNINGS = {
    StartResult.DELIVERED_TO_TOP: (
        "Warning: Activity not started, intent has been delivered to currently running top-most instance."
    ),
    StartResult.TASK_TO_FRONT: (
        "Warning: Activity not started, its current task has been brought to the front"
    ),
}


@dataclass(slots=True)
class _Options:
    """The options that belong to the command and not to the intent."""

    wait: bool = False
    stop_first: bool = False
    dismiss_keyguard: bool = False
    user: str = "current"


def activity_service(invocation: Invocation) -> int:
    """Run ``cmd activity …``."""
    words = invocation.arguments
    if not words:
        invocation.say("Activity manager (activity) commands:")
        return 255
    handler = _SUBCOMMANDS.get(words[0])
    if handler is None:
        invocation.say(f"Unknown command: {words[0]}")
        return 255
    try:
        return handler(invocation, Arguments(words[1:]))
    except JavaError as error:
        invocation.complain(error.stack_trace(words[0]), end="")
        return 255


def _read(invocation: Invocation, arguments: Arguments) -> tuple[Intent, _Options]:
    options = _Options()
    newer = invocation.device.profile.api >= 36

    def other(option: str, following: Arguments) -> bool:
        if option == "-W":
            options.wait = True
        elif option == "-S":
            options.stop_first = True
        elif option == "--user":
            options.user = following.required()
        elif newer and option in _DISMISS_KEYGUARD:
            options.dismiss_keyguard = True
        elif option in _WITH_VALUE:
            following.required()
        else:
            return option in _WITHOUT_VALUE or (newer and option in _NEWER_WITHOUT_VALUE)
        return True

    return parse_intent(arguments, invocation.device.profile, other), options


def _start(invocation: Invocation, arguments: Arguments) -> int:
    intent, options = _read(invocation, arguments)
    if options.user == "all":
        invocation.complain("Error: Can't start service with user 'all'")  # AOSP has the two texts swapped
        return 1
    device = invocation.device
    if options.stop_first:
        code = _stop_target(invocation, intent)
        if code:
            return code
    invocation.say(f"Starting: {intent}")
    if options.dismiss_keyguard:
        dismiss(device)
    start = start_activity(device, intent)
    write = invocation.say if options.wait else invocation.complain
    match start.result:
        case StartResult.NOT_RESOLVED:
            write(f"Error: Activity not started, unable to resolve {intent}")
            return device.profile.failed_start_exit_code
        case StartResult.CLASS_NOT_FOUND:
            write("Error type 3")
            write(f"Error: Activity class {{{start.component}}} does not exist.")
            return device.profile.failed_start_exit_code
    if start.result in _WARNINGS:
        write(_WARNINGS[start.result])
    if options.wait:
        _report_wait(invocation, start)
    return 0


def _report_wait(invocation: Invocation, start: Start) -> None:
    launched = start.result is StartResult.SUCCESS and start.shown
    invocation.say("Status: ok")
    if launched:
        invocation.say(f"LaunchState: {'COLD' if start.cold else 'WARM'}")
    else:
        invocation.say("LaunchState: UNKNOWN (0)")
    invocation.say(f"Activity: {start.component}")
    invocation.say(f"TotalTime: {(412 if start.cold else 96) if launched else 0}")
    invocation.say(f"WaitTime: {(415 if start.cold else 99) if launched else 4}")
    invocation.say("Complete")


def _stop_target(invocation: Invocation, intent: Intent) -> int:
    if intent.component is not None:
        package = intent.component.package
    else:
        matches = query_activities(intent)
        if not matches:
            invocation.complain(f"Error: Intent does not match any activities: {intent}")
            return 1
        if len(matches) > 1:
            invocation.complain(f"Error: Intent matches multiple activities; can't stop: {intent}")
            return 1
        package = matches[0].component.package
    invocation.say(f"Stopping: {package}")
    _stop(invocation, package)
    return 0


def _stop(invocation: Invocation, package: str) -> None:
    state = invocation.device.state
    if package != HOME.partition("/")[0]:
        state.tasks.pop(package, None)


def _force_stop(invocation: Invocation, arguments: Arguments) -> int:
    while (option := arguments.option()) is not None:
        if option == "--user":
            arguments.required()
        else:
            invocation.complain(f"Error: Unknown option: {option}")
            return 255
    _stop(invocation, arguments.required())
    return 0


def _start_service(invocation: Invocation, arguments: Arguments) -> int:
    intent, options = _read(invocation, arguments)
    if options.user == "all":
        invocation.complain("Error: Can't start activity with user 'all'")
        return 255
    invocation.say(f"Starting service: {intent}")
    invocation.complain("Error: Not found; no service started.")
    return 255


def _broadcast(invocation: Invocation, arguments: Arguments) -> int:
    intent, _ = _read(invocation, arguments)
    if intent.action in _PROTECTED_BROADCASTS:
        raise security_error(
            f"Permission Denial: not allowed to send broadcast {intent.action} from pid=4321, uid=2000"
        )
    invocation.say(f"Broadcasting: {intent}")
    invocation.say("Broadcast completed: result=0")
    return 0


def _to_intent_uri(invocation: Invocation, arguments: Arguments) -> int:
    intent, _ = _read(invocation, arguments)
    kinds = {"String": "S", "boolean": "B", "int": "i", "long": "l", "float": "f", "double": "d"}
    scheme = intent.data.scheme if intent.data is not None else None
    text = "intent:" + (intent.data.text.partition(":")[2] if intent.data is not None else "") + "#Intent;"
    fields = [("scheme", scheme), ("action", intent.action), *(("category", c) for c in intent.categories)]
    fields += [("type", intent.type), ("package", intent.package)]
    if intent.component is not None:
        fields.append(("component", intent.component.flatten()))
    text += "".join(f"{key}={value};" for key, value in fields if value is not None)
    for key, extra in intent.extras.items():
        if extra.type in kinds:
            value = str(extra.value).lower() if extra.type == "boolean" else extra.value
            text += f"{kinds[extra.type]}.{key}={value};"
    invocation.say(text + "end")
    return 0


def _current_user(invocation: Invocation, _arguments: Arguments) -> int:
    invocation.say("0")
    return 0


def _kill_all(_invocation: Invocation, _arguments: Arguments) -> int:
    return 0  # background processes are not modelled


_SUBCOMMANDS: dict[str, Callable[[Invocation, Arguments], int]] = {
    "start": _start,
    "start-activity": _start,
    "startservice": _start_service,
    "start-service": _start_service,
    "startforegroundservice": _start_service,
    "start-foreground-service": _start_service,
    "broadcast": _broadcast,
    "force-stop": _force_stop,
    "kill-all": _kill_all,
    "to-intent-uri": _to_intent_uri,
    "to-uri": _to_intent_uri,
    "get-current-user": _current_user,
}
