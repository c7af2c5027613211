"""Opening an app by its name: the phone's launcher list says which apps there are.

Sources: AOSP PackageManagerShellCommand (query-activities, resolve-activity) and PackageItemInfo.dumpFront.
What is started is always an activity that the phone itself has listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bridge._app_names import BRANDS, FILLERS, STOCK, StockApp
from bridge._classify import Problem, ProblemKind, failure_status, problem
from bridge._names import nearest_names, plain_name
from bridge._start import start_component
from bridge.errors import InvalidValueError
from bridge.outcome import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge._phone import Phone
    from tools_schema import Call

__all__ = ["LauncherApp", "apps_called", "launcher_apps", "open_app"]

_LAUNCHER = ("-a", "android.intent.action.MAIN", "-c", "android.intent.category.LAUNCHER")
_ENTRY = re.compile(r"^\s*Activity #\d+:\s*$", re.MULTILINE)
_CLASS = re.compile(r"^\s*name=([\w.$]+)\s*$", re.MULTILINE)
_PACKAGE = re.compile(r"^\s*packageName=([\w.]+)\s*$", re.MULTILINE)
_LABEL = re.compile(r"\bnonLocalizedLabel=(?!null )(.+?) icon=0x", re.MULTILINE)
_COMPONENT = re.compile(r"^\s*([\w.]+)/[\w.$]+\s*$", re.MULTILINE)

_IN_EVERY_PACKAGE = frozenset(
    ("android", "app", "apps", "client", "co", "com", "free", "google", "main", "mobile", "net", "org",
     "prod", "release", "www")
)  # fmt: skip
_ALIKE = 85
"""The least likeness, of 100, at which a misspelt name is taken for an app's."""
_LEAD = 5
"""By how much the app has to be liker to what was said than every other app."""
_SHORTEST = 4
"""Shorter words are alike by chance."""


@dataclass(frozen=True, slots=True)
class LauncherApp:
    """An entry of the launcher. ``names`` are what it is called by; the first is shown to people."""

    component: str
    names: tuple[str, ...]
    package_words: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """The package that the entry belongs to."""
        return self.component.partition("/")[0]

    @property
    def title(self) -> str:
        """The name for people."""
        return self.names[0] if self.names else (" ".join(self.package_words).title() or self.package)

    @property
    def choice(self) -> str:
        """The answer to pick among apps of the same name; given back as the name, it is understood."""
        return f"{self.title} ({self.package})"


def open_app(phone: Phone, call: Call) -> Outcome:
    """Open the app of that name and prove that it is in front.

    A name that several apps have, or none, is a question to the user; a misspelt one is taken only where it
    is like the name of one app and of no other.
    """
    said = call.arguments.get("app")
    if not isinstance(said, str):
        raise InvalidValueError(f"app is {said!r}, which is no text", field="app")
    apps = _read_apps(phone)
    if isinstance(apps, Problem):
        return Outcome(failure_status(apps), f"The phone's apps cannot be listed: {apps.text}.")
    called = apps_called(said, apps)
    if len(called) != 1 and (stock := _stock_app(said)):
        called = _picked_by_android(phone, stock, apps) or called
    if not called:
        names = (name for app in apps for name in (app.title, *app.names))
        near = _titles_of(nearest_names(said, names), apps)
        return _ask(f"There is no app {said[:80]!r} on the phone", near)
    if len(called) > 1:
        return _ask(f"Several apps are called {said[:80]!r}", [app.choice for app in called])
    outcome = start_component(phone, called[0].component)
    return replace(outcome, read_back={"app": called[0].title, **outcome.read_back})


def apps_called(said: str, apps: Sequence[LauncherApp]) -> tuple[LauncherApp, ...]:
    """Return the apps that are meant: by name, else by a word of the package, else by a name like it."""
    if chosen := tuple(app for app in apps if app.choice == said):
        return chosen
    wanted = _keys(said)
    if named := tuple(app for app in apps if any(wanted & _keys(name) for name in app.names)):
        return named
    if named := tuple(app for app in apps if wanted & set(app.package_words)):
        return named
    return _alike(wanted, apps)


def launcher_apps(output: str) -> tuple[LauncherApp, ...]:
    """Return the apps in the answer of ``cmd package query-activities``."""
    apps: dict[str, LauncherApp] = {}
    seen: set[str] = set()
    for entry in _ENTRY.split(output)[1:]:
        cls, package = _CLASS.search(entry), _PACKAGE.search(entry)
        if cls is None or package is None:
            continue
        component = f"{package[1]}/{cls[1]}"
        names = dict.fromkeys(label.strip() for label in _LABEL.findall(entry))
        words: tuple[str, ...] = ()
        if package[1] not in seen:
            # A package's further entries have names of their own; Android too opens the first.
            seen.add(package[1])
            names |= dict.fromkeys(_known_names(package[1]))
            words = tuple(
                word for word in plain_name(package[1]).split()[1:] if word not in _IN_EVERY_PACKAGE
            )[-2:]
        apps.setdefault(component, LauncherApp(component, tuple(names), words))
    return tuple(apps.values())


def _read_apps(phone: Phone) -> tuple[LauncherApp, ...] | Problem:
    answer = phone.run(
        *("cmd", "package", "query-activities", *_LAUNCHER),
        keep=r"activities found|^\s*(?:packageName|name)=|nonLocalizedLabel=(?!null )",
    )
    no_app = Problem(ProblemKind.OTHER, "the phone lists no app")
    return launcher_apps(answer.stdout) or problem(answer) or no_app


def _picked_by_android(phone: Phone, stock: StockApp, apps: Sequence[LauncherApp]) -> tuple[LauncherApp, ...]:
    answer = phone.run("cmd", "package", "resolve-activity", "--brief", *stock.intent)
    match = _COMPONENT.search(answer.stdout)
    return tuple(app for app in apps if match and app.package == match[1])[:1]


def _stock_app(said: str) -> StockApp | None:
    wanted = _keys(said)
    return next((stock for stock in STOCK if any(wanted & _keys(name) for name in stock.names)), None)


def _known_names(package: str) -> Iterator[str]:
    yield from BRANDS.get(package, ())
    for stock in STOCK:
        if package in stock.packages:
            yield from stock.names


def _keys(name: str) -> set[str]:
    """Return what is compared of a name: no spaces ("You Tube"), with and without the words around it."""
    words = plain_name(name).split()
    return {"".join(words), "".join(word for word in words if word not in FILLERS)} - {""}


def _alike(wanted: set[str], apps: Sequence[LauncherApp]) -> tuple[LauncherApp, ...]:
    likeness = [
        max(
            (
                fuzz.ratio(said, key)
                for said in wanted
                if len(said) >= _SHORTEST
                for name in (*app.names, *app.package_words)
                for key in _keys(name)
            ),
            default=0.0,
        )
        for app in apps
    ]
    best = max(likeness, default=0.0)
    if best < _ALIKE:
        return ()
    return tuple(app for app, score in zip(apps, likeness, strict=True) if score > best - _LEAD)


def _titles_of(names: Sequence[str], apps: Sequence[LauncherApp]) -> list[str]:
    titles = (next(app.title for app in apps if name in (app.title, *app.names)) for name in names)
    return list(dict.fromkeys(titles))


def _ask(what: str, choices: list[str]) -> Outcome:
    if not choices:
        return Outcome(OutcomeStatus.NEEDS_CLARIFICATION, f"{what}: which one is meant?")
    return Outcome(
        OutcomeStatus.NEEDS_CLARIFICATION,
        f"{what}: which one is meant? The nearest: {'; '.join(choices)}.",
        choices=tuple(choices),
    )
