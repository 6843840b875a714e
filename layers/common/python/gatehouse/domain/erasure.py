"""What in a log's entry is a person's own, and how it is taken out of it.

The one list of personal fields is here, by whom a field tells of: of who acted, of whom the entry
is about, of who came into a group or left it. Whatever is to leave personal fields out of
something (an erasure, a proof over a log) goes by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from gatehouse.domain.activity import Activity, Category, Erased

OF_THE_ACTOR: Final = ("actor.name", "ip_address", "user_agent", "reason")
"""A reason is personal where somebody wrote it: with a step of a connection. All others are words
of a closed list."""
OF_WHOM_IT_IS_ABOUT: Final = ("resource.name", "changes.email", "changes.name")
OF_A_MEMBER: Final = ("changes.user_name",)
PERSONAL: Final = (*OF_THE_ACTOR, *OF_WHOM_IT_IS_ABOUT, *OF_A_MEMBER)
_NOTHING: Final = (None, None)


def erased(entry: Activity, user_id: str, by: Erased) -> Activity:
    """Return the entry without what is this person's own; the very same if nothing (more) is.

    Ids, roles, times, actions and outcomes stay, and of a field that changed, that it did.
    """
    fields = personal_in(entry, user_id)
    if not fields:
        return entry
    for name in fields:
        entry = _without(entry, name)
    return replace(entry, erased=by)


def personal_in(entry: Activity, user_id: str) -> tuple[str, ...]:
    """Return which fields of the entry are this person's own and have something in them."""
    return tuple(name for name in _told_of(entry, user_id) if _has(entry, name))


def _told_of(entry: Activity, user_id: str) -> Iterator[str]:
    if entry.actor.user_id == user_id:
        written = entry.category is Category.CONNECTION
        yield from (name for name in OF_THE_ACTOR if name != "reason" or written)
    if entry.resource is not None and entry.resource.id == user_id:
        yield from OF_WHOM_IT_IS_ABOUT
    if user_id in entry.changes.get("user_id", ()):
        yield from OF_A_MEMBER


def _has(entry: Activity, name: str) -> bool:
    outer, _, inner = name.partition(".")
    part = getattr(entry, outer)
    if not inner:
        return bool(part)
    if isinstance(part, Mapping):
        return any(value is not None for value in part.get(inner, _NOTHING))
    return bool(getattr(part, inner))


def _without(entry: Activity, name: str) -> Activity:
    outer, _, inner = name.partition(".")
    part: Any = getattr(entry, outer)
    if not inner:
        part = None
    elif isinstance(part, Mapping):
        part = {**part, inner: _NOTHING}
    else:
        part = replace(part, **{inner: None})
    return replace(entry, **{outer: part})
