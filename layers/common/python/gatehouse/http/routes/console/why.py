"""Why somebody can or cannot do something: the answer first, then the parts it is made of."""

from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.connection import EndReason
from gatehouse.domain.decision import Decision, Reason
from gatehouse.domain.ids import is_id
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.policy import ORGANIZATION, Circumstances
from gatehouse.domain.wording import moment_in_words
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import OFFERED
from gatehouse.http.routes.console.remedies import group_in_words, remedy_in_words
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases.explain import Explanation, actions_of, explain, find_people, may_ask
from gatehouse.usecases.find import find_organizations

pages = Pages()
_HERE: Final = "/console/why"
_ON_IT: Final = frozenset({"edit", "archive", "delete", "restore"})
_BECAUSE: Final = {
    Reason.ACTION_NEVER_DELEGATED: "no decision ever allows this to anybody, whatever the role",
    Reason.ACTION_UNKNOWN: "your account gives no role this action",
    Reason.UNKNOWN_SUBJECT: "nobody of this id is of your account or of a guest of yours",
    Reason.CONNECTION_NOT_ACTIVE: "the connection with their company is not active",
    Reason.DENIED_BY_RULE: "a rule of your account denies them",
    Reason.SUBJECT_INACTIVE: "their user is deactivated at home",
    Reason.ROLE_NOT_ADMITTED: "their own role is Lite, which gets in nowhere",
    Reason.MFA_REQUIRED: "your account lets guests in with a second factor only",
    Reason.NETWORK_NOT_ALLOWED: "your account lets guests in from its own networks only",
    Reason.UNKNOWN_RESOURCE: "your account has no such organization",
    Reason.ORGANIZATION_NOT_GRANTED: "the organization is not in their reach",
    Reason.RESOURCE_TYPE_DENIED: "your account denies this type of resource to a group they hold",
    Reason.ROLE_TOO_LOW: "their role here is too low for it",
}


@pages.at("GET /console/why")
def ask_why(visit: Visit) -> Answer:
    may_ask(visit.person)
    user_id = _id(visit, "user_id", "person", "usr")
    organization_id = _id(visit, "organization_id", "organization", "org")
    action = visit.query.get("action", "")[:256]
    errors: dict[str, str] = {}
    circumstances = Circumstances(
        amr=frozenset({"mfa"} if "mfa" in visit.query else ()),
        ip_address=visit.query.get("ip_address", "").strip()[:64] or None,
    )
    people = _people(visit, errors) if not user_id else []
    organizations = _organizations(visit, errors) if not organization_id else []
    # An answer that was found is taken at once: whoever typed a whole name means it.
    if len(people) == 1:
        user_id = people[0]["id"]
    if len(organizations) == 1:
        organization_id = organizations[0]["id"]
    found = None
    if user_id or organization_id:
        found = explain(
            visit.ports,
            visit.person,
            action or "view",
            user_id,
            organization_id,
            circumstances,
            _kind(visit),
        )
    is_asked = bool(user_id and organization_id and action)
    policy = visit.account.policy
    return visit.page(
        "why",
        422 if errors else 200,
        errors=errors,
        here=_HERE,
        typed={name: visit.query.get(name, "")[:100] for name in ("person", "organization")},
        others={name: _without(visit, name) for name in ("user_id", "organization_id")},
        actions=[(one, one.replace("_", " ")) for one in actions_of(policy)],
        action=action,
        people=people if not user_id else [],
        organizations=organizations if not organization_id else [],
        person=_chosen_person(found, user_id),
        organization=_chosen_organization(found, organization_id),
        kinds=sorted(policy.denied_resource_types),
        kind=_kind(visit),
        demands=policy.require_mfa or bool(policy.networks),
        mfa="mfa" in visit.query,
        ip_address=visit.query.get("ip_address", "")[:64],
        answer=_answer(visit, found, action) if found and is_asked else None,
        most=OFFERED,
    )


def _id(visit: Visit, name: str, typed: str, kind: str) -> str:
    """Return what was chosen; whoever types an id where a name is asked for has chosen too."""
    text = visit.query.get(typed, "").strip()
    return visit.query.get(name, "")[:200] or (text if is_id(text, kind) else "")


def _kind(visit: Visit) -> str:
    """Return the type of what is asked about: the organization itself, or one that is denied."""
    kind = visit.query.get("type", "")
    return kind if kind in visit.account.policy.denied_resource_types else ORGANIZATION


def _without(visit: Visit, name: str) -> str:
    drop = {name, "person" if name == "user_id" else "organization"}
    left = {key: value for key, value in visit.query.items() if value and key not in drop}
    return f"{_HERE}?{urlencode(left)}" if left else _HERE


def _people(visit: Visit, errors: dict[str, str]) -> list[dict[str, str]]:
    words = visit.query.get("person", "").strip()[:100]
    if not words:
        if "person" in visit.query:
            errors["person"] = "Enter a name, or a part of it."
        return []
    found = find_people(visit.ports, visit.person, words, OFFERED)
    if not found.items:
        errors["person"] = (
            f"Nobody of your account, and nobody of a guest that is or was in, has “{one_line(words)}” in "
            "the name."
        )
    homes = visit.ports.store.accounts.many({one.account_id for one in found.items})
    return [
        {
            "id": one.user_id,
            "name": one.name,
            "about": f"{one.role.label} of {one_line(homes[one.account_id].name)}"
            if one.role
            else f"of {one_line(homes[one.account_id].name)}, whose connection ended",
        }
        for one in found.items
        if one.account_id in homes
    ]


def _organizations(visit: Visit, errors: dict[str, str]) -> list[dict[str, str]]:
    words = visit.query.get("organization", "").strip()[:100]
    if not words:
        if "organization" in visit.query:
            errors["organization"] = "Enter the name of an organization, or a part of it."
        return []
    found = find_organizations(visit.ports, visit.person, words, None, OFFERED)
    if not found.items:
        errors["organization"] = f"No organization has “{one_line(words)}” in its name."
        if found.stopped:
            errors["organization"] += " The first 5,000 were looked at: enter its id instead."
    return [{"id": one.organization_id, "name": one.name, "about": ""} for one in found.items]


def _chosen_person(found: Explanation | None, user_id: str) -> dict[str, str] | None:
    if not user_id:
        return None
    user = found.user if found else None
    home = one_line(found.home.name) if found and found.home else ""
    return {
        "id": user_id,
        "name": user.name if user else "Somebody your account does not know",
        "about": user_id
        if user is None
        else f"of {home}"
        if found and found.ended
        else f"{user.role.label} of {home}",
    }


def _chosen_organization(found: Explanation | None, organization_id: str) -> dict[str, str] | None:
    if not organization_id:
        return None
    organization = found.facts.organization if found else None
    name = organization.name if organization else "An organization your account does not have"
    return {"id": organization_id, "name": name, "about": "" if organization else organization_id}


def _answer(visit: Visit, found: Explanation, action: str) -> dict[str, Any]:
    decision = found.decision
    who = one_line(found.user.name) if found.user else "This person"
    where = one_line(found.facts.organization.name) if found.facts.organization else "it"
    kind = _kind(visit)
    if kind != ORGANIZATION:
        where = f"“{one_line(kind)}” in {where}"
    verb = "look at" if action == "view" else action if action in _ON_IT else None
    what = f"{verb} {where}" if verb else f"do “{one_line(action.replace('_', ' '))}” in {where}"
    if action == "create":
        what = f"create something in {where}"
    because = "" if decision.allowed else f": {_because(found)}"
    return {
        "allowed": decision.allowed,
        "sentence": f"{who} {'can' if decision.allowed else 'cannot'} {what}{because}.",
        "parts": _parts(visit, found, action),
        "remedies": [remedy_in_words(visit, found, one) for one in decision.hint],
        "log": f"/console/log?{urlencode({'user_id': found.user.user_id})}" if found.user else None,
    }


def _because(found: Explanation) -> str:
    ended = found.ended
    if found.decision.reason is not Reason.CONNECTION_NOT_ACTIVE or ended is None:
        return _BECAUSE[found.decision.reason]
    left = ended.end_reason is EndReason.LEFT_BY_GUEST
    company = one_line(ended.guest.name if left else ended.host.name)
    who = f"{one_line(ended.ended_by.name)} of {company}" if ended.ended_by else company
    when = f" on {moment_in_words(ended.ended_at)}" if ended.ended_at else ""
    verb = "ended" if left else "revoked"
    return f"the connection with {one_line(ended.guest.name)} was {verb} by {who}{when}"


def _parts(visit: Visit, found: Explanation, action: str) -> list[tuple[str, str]]:
    decision, own = found.decision, found.facts.own
    home = one_line(found.home.name) if found.home else "their company"
    parts: list[tuple[str, str]] = []
    if decision.own_role:
        parts.append((f"Own role at {home}", decision.own_role.label))
        maximum = "None: this is home" if own else "—"
        if decision.maximum_role:
            maximum = decision.maximum_role.label
        rule = found.facts.rule
        if rule is not None and found.facts.pair is not None:
            maximum = found.facts.pair.maximum_role.label
        parts.append(("Maximum role of the connection", maximum))
        if rule is not None:
            says = "denies them" if rule.denied else "in the place of what the connection grants"
            parts.append(("Rule for this person alone", f"Yes: {says}"))
        if rule is not None and rule.maximum_role:
            parts.append(("Maximum role of the rule", rule.maximum_role.label))
    if decision.effective_role:
        lowered = " (lowered by the maximum)" if decision.capped else ""
        parts.append(("Effective role here", f"{decision.effective_role.label}{lowered}"))
    minimum = visit.account.policy.minimum_role(action)
    if decision.own_role and minimum:
        parts.append(("This action takes", f"{minimum.label} or higher"))
    if decision.own_role:
        parts.append(("In reach through", _through(visit, decision)))
    return parts


def _through(visit: Visit, decision: Decision) -> str:
    if decision.via is None:
        if decision.reason is Reason.ORGANIZATION_NOT_GRANTED:
            return "Nothing: neither directly nor through a group"
        # Of two obstacles the first is the reason, and what is granted comes before the role.
        is_granted = decision.reason is Reason.ROLE_TOO_LOW
        return "It is in reach; what is missing is the role" if is_granted else "—"
    if decision.via == "all":
        return "All organizations, current and future"
    if decision.via == "direct":
        return "This organization itself"
    return f"The group {group_in_words(visit, decision.via.removeprefix('group:'))}"
