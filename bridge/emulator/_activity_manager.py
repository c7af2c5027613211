"""Starting an activity: resolve, check permissions, put it into its task, let the app act.

Source of the results and their meaning: AOSP ActivityStarter and ActivityManager's START_* constants.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from bridge.emulator._effects import EFFECTS, ITSELF
from bridge.emulator._intent import LoggedIntent
from bridge.emulator._java import security_error
from bridge.emulator._lock_screen import is_covered
from bridge.emulator._resolver import data_type, resolve_activity
from bridge.emulator.apps import find_activity, find_app

if TYPE_CHECKING:
    from bridge.emulator._device import Device
    from bridge.emulator._intent import Component, Intent
    from bridge.emulator.apps import Activity

__all__ = ["Start", "StartResult", "start_activity"]

SHELL_UID = 2000
_NEW_TASK = 0x10000000
_SINGLE_TOP = 0x20000000


class StartResult(Enum):
    """How a start ended."""

    SUCCESS = "success"
    DELIVERED_TO_TOP = "delivered to top"
    TASK_TO_FRONT = "task to front"
    NOT_RESOLVED = "not resolved"
    CLASS_NOT_FOUND = "class not found"


@dataclass(frozen=True, slots=True)
class Start:
    """A start's result, the activity it reached, and whether anything was drawn."""

    result: StartResult
    component: str = ""
    cold: bool = False
    shown: bool = True


def start_activity(device: Device, intent: Intent) -> Start:
    """Start the activity that takes the intent.

    Raises:
        JavaError: a SecurityException, where the shell may not start it.

    """
    component = resolve_activity(intent)
    if component is None:
        return Start(StartResult.NOT_RESOLVED)
    activity = find_activity(component)
    if activity is None:
        return Start(StartResult.CLASS_NOT_FOUND, component.flatten())
    app = find_app(component.package)
    if device.state.before_first_unlock and not (app is not None and app.direct_boot):
        # The package manager hides what is not aware of direct boot: an app seems not to be there.
        missing = StartResult.NOT_RESOLVED if intent.component is None else StartResult.CLASS_NOT_FOUND
        return Start(missing, component.flatten())
    delivered = replace(intent, component=component, flags=intent.flags | _NEW_TASK)
    _check_permission(device, activity, delivered)
    return _deliver(device, activity, component, delivered)


def _check_permission(device: Device, activity: Activity, intent: Intent) -> None:
    denial = f"Permission Denial: starting {intent} from null (pid=4321, uid={SHELL_UID})"
    if not activity.exported:
        raise security_error(f"{denial} not exported from uid 10123")
    if activity.permission is not None and activity.permission not in device.profile.shell_permissions:
        raise security_error(f"{denial} requires {activity.permission}")


def _deliver(device: Device, activity: Activity, component: Component, intent: Intent) -> Start:
    state, flat = device.state, component.flatten()
    task = state.tasks.get(component.package)
    in_front = next(reversed(state.tasks)) == component.package and state.panel is None
    opens_app = intent.is_launch() or (intent.action is None and task is not None and task[0] == flat)
    if task is not None and opens_app and not activity.single_task:
        # What a tap on the icon does: the task comes back as it was, and no intent is delivered.
        device.bring_to_front(component.package)
        same = in_front and state.resumed == flat
        return Start(StartResult.DELIVERED_TO_TOP if same else StartResult.TASK_TO_FRONT, state.resumed)
    result = StartResult.SUCCESS
    if task is not None and (activity.single_task or intent.flags & _SINGLE_TOP):
        if in_front and state.resumed == flat:
            result = StartResult.DELIVERED_TO_TOP
        elif flat in task and activity.single_task:
            del task[task.index(flat) + 1 :]
            result = StartResult.TASK_TO_FRONT
    state.intents.append(_logged(intent, flat))
    effect = EFFECTS.get(activity.effect)
    shown = effect(device, intent) if effect is not None else ITSELF
    if shown is None:
        return Start(result, flat, shown=False)
    # Behind the lock screen an activity is created, so that its app acts, but it is not drawn.
    if shown == ITSELF and result is StartResult.SUCCESS and task is not None:
        task.append(flat)
    device.show(shown or flat)
    return Start(result, flat, cold=task is None, shown=not is_covered(device))


def _logged(intent: Intent, component: str) -> LoggedIntent:
    return LoggedIntent(
        action=intent.action,
        data=intent.data.text if intent.data is not None else None,
        type=data_type(intent),
        component=component,
        categories=tuple(intent.categories),
        extras=dict(intent.extras),
        flags=intent.flags,
    )
