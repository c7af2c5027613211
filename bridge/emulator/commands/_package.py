"""``pm`` and ``cmd package``: installed apps and which of them take an intent.

Sources: AOSP PackageManagerShellCommand (runListPackages, runResolveActivity, runQueryIntentActivities),
ResolveInfo.dump and PackageItemInfo.dumpFront. An app's name is shown only where its manifest has the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._intent_arguments import parse_intent
from bridge.emulator._resolver import Match, query_activities, resolve_activity
from bridge.emulator.apps import APPS, App, find_activity
from bridge.emulator.commands._service import run_subcommand

if TYPE_CHECKING:
    from bridge.emulator._arguments import Arguments
    from bridge.emulator._intent import Intent
    from bridge.emulator._shell import Invocation

__all__ = ["package_service"]


def package_service(invocation: Invocation) -> int:
    """Run ``cmd package …``."""
    return run_subcommand(
        invocation,
        {
            "list": _list,
            "path": _path,
            "resolve-activity": _resolve,
            "query-activities": _query,
        },
    )


def _list(invocation: Invocation, arguments: Arguments) -> int:
    if arguments.required() not in ("packages", "package"):
        invocation.complain("Error: unknown list type")
        return 1
    third_party = system = show_path = False
    while (option := arguments.option()) is not None:
        third_party |= option == "-3"
        system |= option == "-s"
        show_path |= option == "-f"
        if option == "--user":
            arguments.required()
    wanted = arguments.value() or ""
    for app in APPS:
        if wanted in app.package and not (third_party and app.system) and not (system and not app.system):
            path = f"{_apk(app.package)}=" if show_path else ""
            invocation.say(f"package:{path}{app.package}")
    return 0


def _apk(package: str) -> str:
    return f"/data/app/{package}/base.apk"


def _path(invocation: Invocation, arguments: Arguments) -> int:
    package = arguments.required()
    if not any(app.package == package for app in APPS):
        return 1
    invocation.say(f"package:{_apk(package)}")
    return 0


def _read(invocation: Invocation, arguments: Arguments) -> tuple[Intent, set[str]]:
    options: set[str] = set()

    def other(option: str, following: Arguments) -> bool:
        if option in ("--user", "--query-flags"):
            following.required()
        elif option not in ("--brief", "--components"):
            return False
        options.add(option)
        return True

    return parse_intent(arguments, invocation.device.profile, other), options


def _resolve(invocation: Invocation, arguments: Arguments) -> int:
    intent, options = _read(invocation, arguments)
    component = resolve_activity(intent, default_only=False)
    activity = find_activity(component) if component is not None else None
    if component is None or activity is None:
        invocation.say("No activity found")
        return 0
    matches = [match for match in query_activities(intent) if match.component == component]
    _print(invocation, matches[0] if matches else Match(component, activity, 0, False), options, "")
    return 0


def _query(invocation: Invocation, arguments: Arguments) -> int:
    intent, options = _read(invocation, arguments)
    matches = query_activities(intent)
    if not matches:
        invocation.say("No activities found")
        return 0
    if "--components" in options:
        for match in matches:
            invocation.say(match.component.flatten())
        return 0
    invocation.say(f"{len(matches)} activities found:")
    for number, match in enumerate(matches):
        invocation.say(f"  Activity #{number}:")
        _print(invocation, match, options, "    ")
    return 0


def _print(invocation: Invocation, match: Match, options: set[str], indent: str) -> None:
    default = "true" if match.is_default else "false"
    if "--components" not in options:
        rank = f"priority=0 preferredOrder=0 match=0x{match.value:x} specificIndex=-1"
        invocation.say(f"{indent}{rank} isDefault={default}")
    if options & {"--brief", "--components"}:
        invocation.say(f"{indent}{match.component.flatten()}")
        return
    invocation.say(f"{indent}ActivityInfo:")
    invocation.say(f"{indent}  name={match.component.cls}")
    invocation.say(f"{indent}  packageName={match.component.package}")
    invocation.say(
        f"{indent}  enabled=true exported={str(match.activity.exported).lower()} directBootAware=false"
    )
    number, app = next(
        (number, app) for number, app in enumerate(APPS) if app.package == match.component.package
    )
    invocation.say(f"{indent}  ApplicationInfo:")
    invocation.say(f"{indent}    packageName={app.package}")
    invocation.say(f"{indent}    {_label(app, number)} icon=0x7f080001 banner=0x0")
    invocation.say(f"{indent}    processName={app.package}")


def _label(app: App, number: int) -> str:
    if app.plain_label:
        return f"labelRes=0x0 nonLocalizedLabel={app.label}"
    return f"labelRes=0x{0x7F100000 + number:x} nonLocalizedLabel=null"
