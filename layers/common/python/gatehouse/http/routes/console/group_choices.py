"""The groups that a form offers: those chosen first, and those that a search within it finds."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gatehouse.domain.directory import Group
from gatehouse.http.routes.console.forms import SHOWN
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases.find import find_groups

_WORDS: Final = "group_words"
_READ: Final = 1_000
"""Of so many the first by name are offered; of more, those of the first that were created."""


def group_choices(
    visit: Visit, sent: Mapping[str, str], ticked: frozenset[str], had: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return what a form offers of the groups; ``sent`` is what came with it.

    What is ticked, and what somebody has, stays in sight whatever is searched for.
    """
    words = sent.get(_WORDS, "").strip()[:100]
    found = find_groups(visit.ports, visit.person, words, None, _READ)
    pinned = visit.ports.store.directory.groups(visit.person.account_id, ticked | had)
    others = [group for group in found.items if group.group_id not in pinned]
    return {
        "groups": [*by_name(pinned.values()), *by_name(others)[:SHOWN]],
        "ticked": ticked,
        "group_words": words,
        "group_search": bool(words) or len(others) > SHOWN or found.after is not None,
        "more_groups": len(others) > SHOWN or found.after is not None,
        "group_order": "by name" if found.after is None else "of those that were created first",
        "groups_found": len(others),
    }


def is_search(visit: Visit, words: str = _WORDS, searched: str = "searched") -> bool:
    """Say whether a form came to search: by its button, or by Enter after other words."""
    pressed = visit.form.get("next")
    other = visit.form.get(words, "").strip() != visit.form.get(searched, "")
    return pressed == "search" or (pressed == "enter" and other)


def by_name(groups: Iterable[Group]) -> list[Group]:
    """Return groups in the order of their names."""
    return sorted(groups, key=lambda group: group.name.casefold())
