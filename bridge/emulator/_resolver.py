"""Which activities take an intent, as Android's package manager answers it.

Source: AOSP IntentFilter.match and IntentResolver. An implicit start only finds activities that take the
category DEFAULT; a query does not ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.emulator._intent import CATEGORY_DEFAULT, Component, Intent
from bridge.emulator.apps import APPS, RESOLVER, Activity, App, Filter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.emulator._uri import Uri

__all__ = ["Match", "data_type", "query_activities", "resolve_activity"]

_PROVIDER_TYPES = (
    ("com.android.calendar", "/events", "vnd.android.cursor.dir/event", "vnd.android.cursor.item/event"),
    ("com.android.calendar", "/time", "time/epoch", "time/epoch"),
    (
        "com.android.contacts",
        "/contacts",
        "vnd.android.cursor.dir/contact",
        "vnd.android.cursor.item/contact",
    ),
    (
        "com.android.contacts",
        "/raw_contacts",
        "vnd.android.cursor.dir/raw_contact",
        "vnd.android.cursor.item/raw_contact",
    ),
)


@dataclass(frozen=True, slots=True)
class Match:
    """An activity that takes an intent, and the match value that Android prints for it."""

    component: Component
    activity: Activity
    value: int
    is_default: bool


def query_activities(intent: Intent, *, default_only: bool = False) -> list[Match]:
    """Return every activity that takes the intent, best match first."""
    return sorted(_matches(intent, default_only=default_only), key=lambda match: -match.value)


def resolve_activity(intent: Intent, *, default_only: bool = True) -> Component | None:
    """Return the activity that a start would reach: the resolver's dialog where several match equally."""
    if intent.component is not None:
        return intent.component
    matches = query_activities(intent, default_only=default_only)
    if not matches:
        return None
    best = [match for match in matches if match.value == matches[0].value]
    return best[0].component if len(best) == 1 else RESOLVER


def data_type(intent: Intent) -> str | None:
    """Return the MIME type: the intent's own, or what the provider of its content URI says."""
    if intent.type is not None or intent.data is None or intent.data.scheme != "content":
        return intent.type
    path = intent.data.path or ""
    for authority, prefix, directory, item in _PROVIDER_TYPES:
        if intent.data.authority == authority and (path + "/").startswith(prefix + "/"):
            return item if path.removeprefix(prefix).strip("/") else directory
    return None


def _matches(intent: Intent, *, default_only: bool) -> Iterator[Match]:
    for app in APPS:
        if intent.package is not None and app.package != intent.package:
            continue
        for activity in app.activities:
            match = _match(app, activity, intent, default_only=default_only)
            if match is not None:
                yield match


def _match(app: App, activity: Activity, intent: Intent, *, default_only: bool) -> Match | None:
    subject = intent.selector or intent
    best: Match | None = None
    for filter_ in activity.filters:
        takes_default = CATEGORY_DEFAULT in filter_.categories
        if default_only and not takes_default:
            continue
        value = _match_filter(filter_, subject)
        if value is not None and (best is None or value > best.value):
            best = Match(app.component(activity), activity, value, takes_default)
    return best


def _match_filter(filter_: Filter, intent: Intent) -> int | None:
    if intent.action is not None and intent.action not in filter_.actions:
        return None
    if not set(intent.categories) <= set(filter_.categories):
        return None
    return _match_data(filter_, data_type(intent), intent.data)


def _match_data(filter_: Filter, mime_type: str | None, data: Uri | None) -> int | None:
    """Return IntentFilter's match constant: 0x1…: nothing, 0x2…: scheme, 0x3…: host, 0x6…: type."""
    scheme = data.scheme if data is not None else None
    if not filter_.schemes and not filter_.types:
        return 0x108000 if mime_type is None and data is None else None
    value = 0x108000
    if filter_.schemes:
        if scheme not in filter_.schemes:
            return None
        value = 0x208000
        if filter_.hosts:
            authority = data.authority if data is not None else None
            if (authority or "").partition(":")[0] not in filter_.hosts:
                return None
            if not (data and (data.path or "").startswith(filter_.path_prefix)):
                return None
            value = 0x308000
    elif scheme not in (None, "", "content", "file"):
        return None
    if filter_.types:
        if mime_type is None or not any(_type_matches(pattern, mime_type) for pattern in filter_.types):
            return None
        value = 0x608000
    elif mime_type is not None:
        return None
    return value


def _type_matches(pattern: str, mime_type: str) -> bool:
    if pattern == "*/*" or pattern == mime_type or mime_type == "*/*":
        return True
    return pattern.endswith("/*") and mime_type.startswith(pattern[:-1])
