"""Whether a call says whom it is for, in a form that the phone can use."""

from __future__ import annotations

import re

from tools_schema import Call, Kind, Tool

__all__ = ["unresolved_person"]

_FORMS = {
    Kind.EMAIL: (re.compile(r"@"), "e-mail address"),
    Kind.CONTACT: (re.compile(r"\d"), "number"),
    Kind.PHONE_NUMBER: (re.compile(r"\d"), "number"),
}


def unresolved_person(call: Call, tool: Tool) -> str:
    """Return a question where a person is named without address or number, empty where none is.

    An intent would carry the bare name into the address field, where nobody can be reached by it.
    """
    for parameter in tool.parameters:
        value = call.arguments.get(parameter.name)
        form = _FORMS.get(parameter.kind)
        if form and isinstance(value, str) and not form[0].search(value):
            return (
                f"{value[:80]!r} is no {form[1]}: which one is meant? "
                "(Names are not looked up in the phone's contacts yet.)"
            )
    return ""
