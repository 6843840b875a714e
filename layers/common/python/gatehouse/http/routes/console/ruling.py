"""What a rule for one person would change, in words, before it is saved; and saving it."""

from dataclasses import dataclass
from typing import Any

from gatehouse.domain.draft import Draft
from gatehouse.domain.grant import Scope
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import Role, effective_role
from gatehouse.domain.user import Status
from gatehouse.domain.wording import scope_in_words
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.drafts import place_of
from gatehouse.http.routes.console.offers import (
    chosen,
    counted,
    in_words,
    names_of_groups,
    raised,
)
from gatehouse.http.routes.console.visit import Errors, Visit
from gatehouse.usecases.choose import organizations_in_reach
from gatehouse.usecases.rules import Described, Standing, standing_of
from gatehouse.usecases.set_rule import RuleTerms, set_rule


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds for one person, or would: by a rule, or by what the connection grants."""

    by: str
    maximum: Role | None
    """None for who is denied."""
    scope: Scope


def now_of(standing: Standing) -> Holding:
    """Return what holds now."""
    rule = standing.rule
    if rule is None:
        return granted_of(standing)
    if rule.denied:
        return DENIED
    limit = effective_role(standing.connection.maximum_role, rule.maximum_role)
    return Holding("A rule for this person", limit, standing.scope)


def granted_of(standing: Standing) -> Holding:
    """Return what holds without a rule."""
    maximum = standing.connection.maximum_role
    return Holding("What the connection grants", maximum, standing.granted)


DENIED = Holding("A rule that denies this person", None, Scope())


def rows_of(visit: Visit, standing: Standing, after: Holding) -> dict[str, Any]:
    """Return now, after and the difference in words, for one person."""
    now = now_of(standing)
    names = names_of_groups(visit, now.scope, after.scope)
    account_id = visit.person.account_id
    reach = [organizations_in_reach(visit.ports, account_id, one.scope) for one in (now, after)]
    roles = [_role_here(standing, one) for one in (now, after)]
    return {
        "rows": [
            ("What counts", now.by, after.by, "No change" if now.by == after.by else "Changed"),
            ("Role here", *map(_role_in_words, roles), _role_changed(*roles)),
            (
                "Reach",
                "Nothing" if now.maximum is None else in_words(names, now.scope),
                "Nothing" if after.maximum is None else in_words(names, after.scope),
                chosen(names, now.scope, after.scope),
            ),
            (
                "In reach today",
                *(scope_in_words(one, all_organizations=False) for one in reach),
                counted(*reach),
            ),
        ],
        "changed": now != after,
        "reach_now": reach[0],
        "reach_after": reach[1],
    }


def rule_check_page(
    visit: Visit, draft: Draft, maximum_role: Role, errors: Errors | None, status: int
) -> Answer:
    """Answer the page on which a drafted rule is looked at before it is saved."""
    standing = standing_of(
        visit.ports, visit.person, draft.connection_id or "", draft.for_user_id or ""
    )
    limit = effective_role(standing.connection.maximum_role, maximum_role)
    after = Holding("A rule for this person", limit, draft.scope)
    return visit.page(
        "rule-check",
        status,
        errors=errors,
        kind="set",
        draft=draft,
        key=f"{draft.draft_id}.{draft.version}",
        action=f"/console/drafts/{draft.draft_id}/check",
        **facts_of(standing),
        **rows_of(visit, standing, after),
    )


def save_rule(visit: Visit, draft: Draft, maximum_role: Role) -> Answer:
    """Save a drafted rule."""
    terms = RuleTerms(denied=False, maximum_role=maximum_role, scope=draft.scope)
    name = put_rule(visit, draft.connection_id or "", draft.for_user_id or "", terms)
    return visit.go(place_of(draft), f"Saved. It holds from the next click of {name}.")


def put_rule(visit: Visit, connection_id: str, user_id: str, terms: RuleTerms) -> str:
    """Set a rule once, as the form saw it; return the person's name."""

    def shown(made: Described) -> dict[str, str]:
        return {"name": made.user.name if made.user else ""}

    etag = visit.form.get("etag") or None
    done = visit.once(
        visit.form.get("key", ""),
        lambda keep: set_rule(visit.ports, visit.person, connection_id, user_id, terms, etag, keep),
        shown,
    )
    return one_line(done["name"])


def facts_of(standing: Standing) -> dict[str, Any]:
    """Return what every page about one person of a guest shows."""
    connection, user, rule = standing.connection, standing.user, standing.rule
    effective = standing.effective_role
    place = f"/console/connections/{connection.connection_id}"
    return {
        "guest": {"name": connection.guest.name, "subdomain": connection.guest.subdomain},
        "person": {
            "user_id": user.user_id,
            "name": user.name,
            "own_role": user.role.value,
            "is_active": user.status is Status.ACTIVE,
            "effective_role": effective.value if effective else None,
        },
        "rule": {
            "denied": rule.denied,
            "maximum_role": rule.maximum_role.value if rule.maximum_role else None,
        }
        if rule
        else None,
        "etag": str(rule.version) if rule else "",
        "maximum_role": connection.maximum_role.value,
        "place": place,
        "here": f"{place}/rules/{user.user_id}",
    }


def _role_here(standing: Standing, held: Holding) -> Role | None:
    user = standing.user
    if held.maximum is None or user.role is Role.LITE or user.status is not Status.ACTIVE:
        return None
    return effective_role(user.role, held.maximum)


def _role_in_words(role: Role | None) -> str:
    return role.label if role else "No access"


def _role_changed(before: Role | None, after: Role | None) -> str:
    if before is None or after is None:
        same, other = before is after, "Gets in" if before is None else "Shut out"
        return "No change" if same else other
    return raised(before, after)
