"""Counts what generated rows cover, for the manifest and the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.model.data._generator import Row

DECLARED = "(declared tools)"
"""Stands for all invented tools."""


def coverage(rows: Sequence[Row]) -> dict[str, object]:
    """Count rows per language, kind, tool and number of calls, and distinct phrases per tool and language."""
    tools: Counter[str] = Counter()
    invented: dict[str, set[str]] = {}
    phrases: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        declared = _declared(row)
        tools.update(DECLARED if call.name in declared else call.name for call in row.calls)
        for template in re.split(r"[+>]", row.template):
            lang, name = _origin(template)
            if "#" not in template:
                invented.setdefault(lang, set()).add(name)
                name = DECLARED
            phrases.setdefault(name, {}).setdefault(lang, set()).add(template)
    return {
        "rows": len(rows),
        "languages": _count(row.lang for row in rows),
        "kinds": _count(row.kind for row in rows),
        "calls_in_a_row": _count(str(len(row.calls)) for row in rows),
        "refusals": sum(not row.calls for row in rows),
        "refusals_by_kind": _count(row.kind for row in rows if not row.calls),
        "refusals_by_language": _count(row.lang for row in rows if not row.calls),
        "with_declared_tools": sum(bool(row.tools) for row in rows),
        "declared_tools_in_a_row": _count(str(len(row.tools)) for row in rows if row.tools),
        "with_history": sum(bool(row.history) for row in rows),
        "history_by_kind": _count(_after(row) for row in rows if row.history),
        "calls_per_tool": dict(sorted(tools.items())),
        "invented_tools": {lang: len(names) for lang, names in sorted(invented.items())},
        "distinct_phrases": {
            name: {lang: len(found) for lang, found in sorted(by_lang.items())}
            for name, by_lang in sorted(phrases.items())
        },
    }


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _origin(template: str) -> tuple[str, str]:
    """Return the language and the file or invented tool of a phrase: ``en/set_timer#set_timer/1f…``."""
    lang, _, rest = template.removeprefix("tools/").partition("/")
    return lang, re.split(r"[#/]", rest)[0]


def _after(row: Row) -> str:
    """Return what a row's request is to the one before it: answer, correct, repeat, cancel or new."""
    section = re.search(r">[^#]*#(\w+)", row.template)
    return section[1] if section else "new"


def _declared(row: Row) -> set[str]:
    names = set()
    for tool in row.tools:
        if isinstance(tool, dict) and isinstance(function := tool["function"], dict):
            names.add(str(function["name"]))
    return names


def report(counts: Mapping[str, object]) -> str:
    """Return the coverage as a Markdown page; what is counted by language gets a column for each."""
    lines = ["# Coverage of the training data", ""]
    lines += [
        f"* {name.replace('_', ' ')}: {value}"
        for name, value in counts.items()
        if not isinstance(value, Mapping)
    ]
    for name, value in counts.items():
        if not isinstance(value, Mapping):
            continue
        lines += ["", f"## {name.replace('_', ' ')}", ""]
        nested = {key: by_lang for key, by_lang in value.items() if isinstance(by_lang, Mapping)}
        if nested:
            langs = sorted({lang for by_lang in nested.values() for lang in by_lang})
            lines += [f"| what | {' | '.join(langs)} |", "|---" + "|---:" * len(langs) + "|"]
            lines += [
                f"| {key} | {' | '.join(str(by_lang.get(lang, 0)) for lang in langs)} |"
                for key, by_lang in nested.items()
            ]
        else:
            lines += ["| what | count |", "|---|---:|"]
            lines += [f"| {key} | {number} |" for key, number in value.items()]
    return "\n".join(lines) + "\n"
