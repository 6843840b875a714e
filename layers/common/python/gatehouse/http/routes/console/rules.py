"""Rules for single people of a guest: who has one, and setting, denying and removing it."""

from collections.abc import Mapping
from typing import Any, Final

from gatehouse.domain.connection import Connection, State
from gatehouse.domain.errors import EtagMissing, EtagStale
from gatehouse.domain.plain_text import one_line
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import OFFERED, SHOWN, step
from gatehouse.http.routes.console.offers import in_words, names_of_groups
from gatehouse.http.routes.console.ruling import (
    DENIED,
    Holding,
    facts_of,
    granted_of,
    now_of,
    put_rule,
    rows_of,
)
from gatehouse.http.routes.console.visit import Page, Pages, Visit
from gatehouse.usecases import describe
from gatehouse.usecases.choose import organizations_in_reach
from gatehouse.usecases.draft import begin_rule
from gatehouse.usecases.rules import Described, Standing, find_in_guest, list_rules, standing_of
from gatehouse.usecases.set_rule import RuleTerms, remove_rule

pages = Pages()
_LIST: Final = "console rules"
_FIRST: Final = 10


@pages.at("GET /console/connections/{connection_id}/rules")
def show_rules(visit: Visit) -> Answer:
    connection_id = visit.path["connection_id"]
    found = describe.outgoing_one(visit.ports, visit.person, connection_id)
    connection = found.connection
    page = list_rules(visit.ports, visit.person, connection_id, visit.call.after(_LIST), SHOWN)
    words = visit.query.get("person", "").strip()[:100]
    errors: dict[str, str] = {}
    people = None
    is_active = connection.state is State.ACTIVE
    if "person" in visit.query and is_active:
        people = find_in_guest(visit.ports, visit.person, connection_id, words, OFFERED)
        if not words:
            errors["person"] = "Enter a name, or a part of it."
        elif not people.items:
            guest = one_line(connection.guest.name)
            errors["person"] = f"Nobody of {guest} has “{one_line(words)}” in the name."
            if people.stopped:
                errors["person"] += " The first 5,000 were looked at: enter more of the name."
    return visit.page(
        "rules",
        422 if errors else 200,
        errors=errors,
        guest={"name": connection.guest.name, "subdomain": connection.guest.subdomain},
        is_active=is_active,
        place=f"/console/connections/{connection_id}",
        rules=_rows(visit, page.items),
        words=words,
        people=[
            {"user_id": one.user_id, "name": one.name, "role": one.role.value}
            for one in people.items
        ]
        if people and words
        else [],
        most=OFFERED,
        next=visit.more(_LIST, page.after),
        later="cursor" in visit.query,
    )


def first_rules(visit: Visit, connection: Connection) -> list[dict[str, Any]]:
    """Return the first rules of a connection, as its own page shows them."""
    page = list_rules(visit.ports, visit.person, connection.connection_id, None, _FIRST)
    return _rows(visit, page.items)


@pages.at("GET /console/connections/{connection_id}/rules/{user_id}")
def show_person(visit: Visit) -> Answer:
    standing = _standing(visit)
    held = now_of(standing)
    account_id = visit.person.account_id
    direct = visit.ports.store.directory.organizations(
        account_id, sorted(held.scope.organization_ids)[:SHOWN]
    )
    return visit.page(
        "rule",
        **facts_of(standing),
        groups=sorted(names_of_groups(visit, held.scope).values(), key=str.casefold),
        organizations=sorted((one.name for one in direct.values()), key=str.casefold),
        direct_count=len(held.scope.organization_ids),
        all_organizations=held.scope.all_organizations,
        reach_today=organizations_in_reach(visit.ports, account_id, held.scope),
    )


@pages.at("POST /console/connections/{connection_id}/rules/{user_id}")
def begin(visit: Visit) -> Answer:
    draft = begin_rule(visit.ports, visit.person, *_named(visit))
    return visit.go(f"/console/drafts/{draft.draft_id}/role")


@pages.at("GET /console/connections/{connection_id}/rules/{user_id}/{step}")
def show_step(visit: Visit) -> Answer:
    return step(visit, _SHOW)


@pages.at("POST /console/connections/{connection_id}/rules/{user_id}/{step}")
def take_step(visit: Visit) -> Answer:
    return step(visit, _TAKE)


def _ask_deny(visit: Visit) -> Answer:
    return _ask(visit, "deny", DENIED)


def _ask_remove(visit: Visit, problem: str | None = None, status: int = 200) -> Answer:
    return _ask(visit, "remove", None, problem, status)


def _ask(
    visit: Visit,
    kind: str,
    after: Holding | None,
    problem: str | None = None,
    status: int = 200,
) -> Answer:
    standing = _standing(visit)
    facts = facts_of(standing)
    return visit.page(
        "rule-check",
        status,
        errors={"part-grant": problem} if problem else None,
        kind=kind,
        draft=None,
        key=f"{kind}.{standing.user.user_id}.{facts['etag']}.{standing.connection.version}",
        action=f"{facts['here']}/{kind}",
        **facts,
        **rows_of(visit, standing, after or granted_of(standing)),
    )


def _deny(visit: Visit) -> Answer:
    try:
        name = put_rule(visit, *_named(visit), RuleTerms(denied=True))
    except (EtagStale, EtagMissing) as stale:
        return _ask(visit, "deny", DENIED, stale.detail, stale.status)
    return visit.go(_place(visit), f"{name} is denied: nothing is open from the next click on.")


def _remove(visit: Visit) -> Answer:
    connection_id, user_id = _named(visit)
    etag = visit.form.get("etag") or None
    try:
        visit.once(
            visit.form.get("key", ""),
            lambda keep: remove_rule(visit.ports, visit.person, connection_id, user_id, etag, keep),
            lambda _: {},
        )
    except EtagStale as stale:
        return _ask_remove(visit, stale.detail, stale.status)
    return visit.go(
        f"/console/connections/{connection_id}/rules",
        "The rule was removed. What the connection grants holds again, at once.",
    )


def _rows(visit: Visit, rules: tuple[Described, ...]) -> list[dict[str, Any]]:
    scopes = [one.scope for one in rules]
    names = names_of_groups(visit, *scopes)
    return [
        {
            "user_id": one.rule.user_id,
            "etag": str(one.rule.version),
            "name": one.user.name if one.user else None,
            "own_role": one.user.role.value if one.user else None,
            "effective_role": one.effective_role.value if one.effective_role else None,
            "denied": one.rule.denied,
            "reach": "nothing" if one.rule.denied else in_words(names, scope),
        }
        for one, scope in zip(rules, scopes, strict=True)
    ]


def _standing(visit: Visit) -> Standing:
    return standing_of(visit.ports, visit.person, *_named(visit))


def _named(visit: Visit) -> tuple[str, str]:
    return visit.path["connection_id"], visit.path["user_id"]


def _place(visit: Visit) -> str:
    return "/console/connections/{}/rules/{}".format(*_named(visit))


_SHOW: Final[Mapping[str, Page]] = {"deny": _ask_deny, "remove": _ask_remove}
_TAKE: Final[Mapping[str, Page]] = {"deny": _deny, "remove": _remove}
