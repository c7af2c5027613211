"""``input`` and ``uiautomator dump``: fingers, keys and the list of views.

Sources: AOSP cmds/input Input.java and the output of uiautomator's DumpCommand (which spells "hierchary").
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from bridge.emulator._device import SCREEN_SIZE
from bridge.emulator._screen import current_package, screen_views
from bridge.emulator._touch import KEY_CODES, press, swipe, tap, type_text
from bridge.emulator._view import View

if TYPE_CHECKING:
    from bridge.emulator._device import Device
    from bridge.emulator._shell import Invocation

__all__ = ["input_command", "uiautomator"]

_DEFAULT_DUMP = "/sdcard/window_dump.xml"


def input_command(invocation: Invocation) -> int:
    """Run ``input [SOURCE] [-d DISPLAY] tap|keyevent|swipe|text …``."""
    words = list(invocation.arguments)
    if words and words[0] in ("touchscreen", "keyboard"):
        words.pop(0)
    if words[:1] == ["-d"]:
        del words[:2]
    device = invocation.device
    try:
        match words:
            case ["tap", x, y]:
                tap(device, int(float(x)), int(float(y)))
            case ["keyevent", *keys] if keys:
                for key in keys:
                    if not key.startswith("--"):
                        press(device, _key_code(key))
            case ["swipe" | "draganddrop", x1, y1, x2, y2, *_]:
                swipe(device, (int(float(x1)), int(float(y1))), (int(float(x2)), int(float(y2))))
            case ["text", text]:
                type_text(device, text)
            case _:
                invocation.complain("Error: Invalid arguments for command: " + " ".join(words[:1]))
                invocation.complain("Usage: input [<source>] [-d DISPLAY_ID] <command> [<arg>...]")
                return 255
    except ValueError:
        invocation.complain("Error: Invalid arguments for command: " + " ".join(words[:1]))
        return 255
    return 0


def _key_code(key: str) -> int:
    if key.isdecimal():
        return int(key)
    return KEY_CODES.get(key.removeprefix("KEYCODE_"), 0)


def uiautomator(invocation: Invocation) -> int:
    """Run ``uiautomator dump [--compressed] [FILE]``."""
    words = list(invocation.arguments)
    if words[:1] != ["dump"]:
        invocation.complain("Usage: uiautomator <subcommand> [options]")
        return 1
    paths = [word for word in words[1:] if not word.startswith("--")]
    path = paths[0] if paths else _DEFAULT_DUMP
    xml = _hierarchy(invocation.device)
    if path in ("/dev/tty", "/dev/stdout"):
        invocation.say(xml, end="")
    else:
        try:
            invocation.device.storage.open(path)(xml.encode())
        except OSError as error:
            invocation.complain(f"ERROR: could not write {path}: {error.strerror}")
            return 1
    invocation.say(f"UI hierchary dumped to: {path}")
    return 0


def _hierarchy(device: Device) -> str:
    package = current_package(device)
    whole = View((0, 0, *SCREEN_SIZE))
    children = "".join(
        _node(view, number, package) + "</node>" for number, view in enumerate(screen_views(device))
    )
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"
        f'<hierarchy rotation="0">{_node(whole, 0, package)}{children}</node></hierarchy>'
    )


def _node(view: View, index: int, package: str) -> str:
    left, top, right, bottom = view.bounds
    attributes = {
        "index": str(index),
        "text": view.text,
        "resource-id": view.resource_id,
        "class": view.cls,
        "package": package,
        "content-desc": view.description,
        "checkable": _boolean(view.checkable),
        "checked": _boolean(view.checked),
        "clickable": _boolean(bool(view.tap)),
        "enabled": "true",
        "focusable": _boolean(bool(view.tap)),
        "focused": "false",
        "scrollable": "false",
        "long-clickable": "false",
        "password": "false",
        "selected": "false",
        "bounds": f"[{left},{top}][{right},{bottom}]",
    }
    shown = " ".join(f"{name}={_attribute(value)}" for name, value in attributes.items())
    return f"<node {shown}>"


def _attribute(text: str) -> str:
    # What XML 1.0 cannot hold becomes a dot, as in AndroidX's AccessibilityNodeInfoDumper.
    kept = "".join(
        c if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c not in "\ufffe\uffff" else "."
        for c in text
    )
    return quoteattr(kept, {"\n": "&#10;", '"': "&quot;"})


def _boolean(value: bool) -> str:
    return "true" if value else "false"
