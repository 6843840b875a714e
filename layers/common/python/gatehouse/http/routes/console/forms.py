"""What the forms of the account area share: their keys, their sentences, their steps."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.errors import GatehouseError, NotFound
from gatehouse.domain.roles import Role, actions_allowed
from gatehouse.http.answers import Answer
from gatehouse.http.reading import LARGEST
from gatehouse.http.routes.console.visit import Errors, Page, Visit
from gatehouse.usecases.sift import READ_AT_MOST, Found

SHOWN: Final = 50
"""How many of anything a page lists."""
OFFERED: Final = 20
"""How many results of a search within a form are shown."""
_LONGEST: Final = 100
_TOO_LONG: Final = 2_000


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its id, how a sentence names it, and what to do when it is empty."""

    id: str
    subject: str
    empty: str


def sentences_of(refusal: GatehouseError, fields: Mapping[str, Field]) -> Errors:
    """Return a refusal's sentences by field, said of the field's own name.

    ``fields`` are by JSON pointer; what is about none of them stands at the first.
    """
    first = next(iter(fields.values()))
    found: dict[str, str] = {}
    for one in refusal.fields:
        field = fields.get(one.pointer, first)
        sentence = one.detail
        if sentence in {"This must not be empty.", "This field is required.", "This must be text."}:
            sentence = field.empty
        elif sentence.startswith("This must be an e-mail address"):
            sentence = f"{field.subject} must be one such as ada@example.com."
        elif sentence.startswith("This "):
            sentence = f"{field.subject} {sentence.removeprefix('This ')}"
        found.setdefault(field.id, sentence)
    in_order = {one.id: found[one.id] for one in fields.values() if one.id in found}
    return in_order or {first.id: refusal.detail}


def words_of(visit: Visit) -> str:
    """Return what is searched for."""
    return visit.query.get("words", "").strip()[:_LONGEST]


def typed(visit: Visit, field: str) -> str:
    """Return what was typed into a field, short enough to be shown again."""
    return visit.form.get(field, "").strip()[:_TOO_LONG]


def key_of(visit: Visit) -> str:
    """Return the key under which a form is sent once: its page's own, and what was typed.

    Somebody who goes back and types something else means something else.
    """
    sent = hashlib.sha256(visit.call.content(LARGEST)).hexdigest()
    return f"{visit.form.get('key', '')[:100]}.{sent}"


def new_key(visit: Visit) -> str:
    """Return the key of a form's page: kept while it is mended, new when it is opened."""
    return visit.form.get("key", "")[:100] or visit.ports.ids.new("frm")


def list_of(visit: Visit, address: str, purpose: str, found: Found[Any]) -> dict[str, Any]:
    """Return what a searchable list shows besides its items."""
    more = visit.more(purpose, found.after)
    return {
        "words": words_of(visit),
        "next": f"{address}{more}" if more else None,
        "first": without(visit, address),
        "later": "cursor" in visit.query,
        "stopped": found.stopped,
        "by_name": found.by_name,
        "looked_at": READ_AT_MOST,
    }


def without(visit: Visit, address: str, *names: str) -> str:
    """Return the first page of a list, with the same filters but for these."""
    left = {name: value for name, value in visit.query.items() if value}
    for name in ("cursor", *names):
        left.pop(name, None)
    return f"{address}?{urlencode(left)}" if left else address


def roles_of(visit: Visit) -> list[dict[str, str]]:
    """Return the roles that the visitor may give, each with what it may do."""
    own = visit.person.user.role
    return [{"value": role.value, "may": _may(role)} for role in Role if own.reaches(role)]


def _may(role: Role) -> str:
    actions = ", ".join(actions_allowed(role))
    if role is Role.ADMINISTRATOR:
        return f"All organizations: {actions}. Runs the account with all that is in it."
    if role is Role.MANAGER:
        return f"{actions.capitalize()}. Manages users and groups within their own reach."
    return f"{actions.capitalize()}." if actions else "Signs in, and reaches no organization."


def step(visit: Visit, steps: Mapping[str, Page]) -> Answer:
    """Answer the step of something that the address names."""
    page = steps.get(visit.path["step"])
    if page is None:
        raise NotFound("There is nothing at this address.")
    return page(visit)
