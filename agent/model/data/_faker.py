"""Names that the package faker lists for a locale."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from agent.model.data._errors import PhraseFileError

_POOLS = {
    "first_name": ("person", ("first_names", "first_names_male", "first_names_female")),
    "last_name": ("person", ("last_names", "last_names_male", "last_names_female")),
    "city": ("address", ("cities", "city_names", "cities_ascii", "towns")),
    "street": ("address", ("street_names", "streets")),
}


@cache
def faker_pool(kind: str, locale: str) -> tuple[str, ...]:
    """Return the names of one kind that faker's provider of a locale lists, in a stable order; none for some.

    Raises:
        PhraseFileError: the kind is unknown.

    """
    if kind not in _POOLS:
        raise PhraseFileError(f"faker.{kind} is not one of {', '.join(sorted(_POOLS))}")
    package, attributes = _POOLS[kind]
    try:
        provider = import_module(f"faker.providers.{package}.{locale}").Provider
    except ImportError:
        if find_spec("faker") is None:
            raise PhraseFileError("the package faker is missing: install intent-agent[train]") from None
        return ()
    for attribute in attributes:
        found: set[str] = set()
        names = getattr(provider, attribute, None)
        if isinstance(names, property):  # es_CL makes first_names from the two lists below
            continue
        if attribute.endswith("male"):
            names = [*getattr(provider, attributes[1], ()), *getattr(provider, attributes[2], ())]
        for name in names or ():
            found.add(name if isinstance(name, str) else str(name[0]))
        if found:
            return tuple(sorted(n for n in found if n.strip()))
    return ()
