"""Entries of a log as a page shows them: the sentence, and all the rest for the drawer."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.activity import Activity, Category, Outcome
from gatehouse.domain.ids import is_any_id
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.policy import ORGANIZATION
from gatehouse.domain.roles import Role
from gatehouse.domain.sentences import Names, reason_in_words, sentence_of
from gatehouse.domain.wording import moment_in_words

_LONGEST: Final = 5
"""How many of a long list are named."""
_TAGS: Final = {Outcome.ALLOWED: "allowed", Outcome.DENIED: "denied", Outcome.FAILED: "failed"}


def entry_of(
    entry: Activity, names: Names, *, narrows: Collection[str] = (), may_ask: bool = False
) -> dict[str, Any]:
    """Return what a page shows of an entry.

    ``narrows`` are the ids by which it offers to show only what is like it, ``may_ask`` offers to
    ask why, and to erase somebody who left.
    """
    return {
        "sentence": sentence_of(entry, names),
        "time": entry.time,
        "tag": _TAGS.get(entry.outcome),
        "reason": reason_in_words(entry),
        "wrote": entry.category is Category.CONNECTION and entry.reason is not None,
        "facts": _facts(entry, names),
        "changes": [
            (_label(field), *(_value(field, value, names) for value in _shown(entry, pair)))
            for field, pair in entry.changes.items()
        ],
        "only": _only(entry, narrows),
        "why": _why(entry) if may_ask else None,
        "erase": _erase(entry) if may_ask else None,
    }


def _facts(entry: Activity, names: Names) -> list[tuple[str, str]]:
    actor = entry.actor
    roles = [
        f"{role.label} {where}"
        for role, where in ((actor.own_role, "at home"), (actor.effective_role, "here"))
        if role
    ]
    company = names.of(actor.home_account_id, "")
    who = [one_line(actor.called), *([f"of {company}"] if company else [])]
    if actor.api_key_secret is not None:
        who.append(f"by its secret {actor.api_key_secret}")
    facts: dict[str, str] = {
        "Who": f"{' '.join(who)}{': ' if roles else ''}{', '.join(roles)}",
        "In": names.of(entry.organization_id, entry.organization_id or ""),
        "From": ", ".join(part for part in (entry.ip_address, entry.user_agent) if part),
        "Erased": _erased(entry),
        "Recorded as": " on ".join([one_line(entry.action), *_resource(entry)]),
        "Entry": entry.activity_id,
    }
    return [(label, one_line(value, limit=160)) for label, value in facts.items() if value]


def _erased(entry: Activity) -> str:
    if entry.erased is None:
        return ""
    moment = moment_in_words(entry.erased.at)
    return f"What was somebody's own left this entry on {moment}, by {entry.erased.erasure_id}"


def _resource(entry: Activity) -> list[str]:
    resource = entry.resource
    if resource is None or resource.type == ORGANIZATION:
        return []
    parts = (resource.type, resource.id or resource.name)  # the sentence has its name
    return [", ".join(one_line(part) for part in parts if part)]


def _only(entry: Activity, narrows: Collection[str]) -> list[tuple[str, str]]:
    wanted = (
        ("user_id", entry.actor.user_id, "this person"),
        ("organization_id", entry.organization_id, "this organization"),
        ("connection_id", entry.connection_id, "this connection"),
    )
    return [
        (f"?{urlencode({name: id_})}", words)
        for name, id_, words in wanted
        if id_ and name in narrows
    ]


def _why(entry: Activity) -> str | None:
    if entry.category is not Category.DECISION or not entry.actor.user_id:
        return None
    asked = {
        "user_id": entry.actor.user_id,
        "organization_id": entry.organization_id or "",
        "action": entry.action,
    }
    return f"/console/why?{urlencode(asked)}"


def _erase(entry: Activity) -> str | None:
    """Return where somebody who was deleted leaves the log too; nobody else's page leads there."""
    about = entry.resource
    # Applications report actions of any name, but of another category.
    was_deleted = (entry.category, entry.action) == (Category.DIRECTORY, "user.deleted")
    if not was_deleted or about is None or about.name is None:
        return None
    return f"/console/users/{about.id}/erase"


def _label(field: str) -> str:
    words = field.removesuffix("_ids").removesuffix("_id").replace("_", " ")
    return one_line(f"{words}s" if field.endswith("_ids") else words).capitalize()


def _shown(entry: Activity, pair: tuple[Any, Any]) -> tuple[Any, Any]:
    return ("erased", "erased") if entry.erased and pair == (None, None) else pair


def _value(field: str, value: Any, names: Names) -> str:
    if value is None or value in ([], {}, ""):
        return "—"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        named = sorted(
            _value(field, one, names)
            for one in value
            if not is_any_id(str(one)) or one in names.known
        )
        nameless = len(value) - len(named)
        parts = [", ".join(named[:_LONGEST])] if named else []
        if len(named) > _LONGEST:
            parts.append(f"{len(named) - _LONGEST:,} more")
        if nameless:
            parts.append(f"{nameless:,} that {'has' if nameless == 1 else 'have'} no name here")
        return " and ".join(parts)
    if isinstance(value, Mapping):
        some = list(value.items())[:_LONGEST]
        return ", ".join(f"{one_line(str(k))}: {_value(field, v, names)}" for k, v in some)
    if "role" in field and value in set(Role):
        return Role(value).label
    return one_line(names.known.get(str(value), str(value)))
