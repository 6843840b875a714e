"""Remedies in words: what would turn a denial into an allow, and the page where it is made."""

from urllib.parse import urlencode

from gatehouse.domain.plain_text import one_line
from gatehouse.domain.remedies import (
    ActivateConnection,
    AllowResourceType,
    GrantOrganization,
    MapAction,
    RaiseMaximumRole,
    RaiseOwnRole,
    RaiseRulesRole,
    ReactivateUser,
    Remedy,
    RemoveRule,
    ShowSecondFactor,
    UseNetwork,
)
from gatehouse.domain.user import User
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases.explain import Explanation


def remedy_in_words(visit: Visit, found: Explanation, one: Remedy) -> dict[str, str | None]:
    """Write a remedy in words, with the page where it is made if that is in this account."""
    user = found.user
    who = one_line(user.name) if user else "the person"
    home = one_line(found.home.name) if found.home else "their company"
    own = found.facts.own
    at_home = f"/console/users/{user.user_id}" if own and isinstance(user, User) else None
    match one:
        case MapAction():
            return {
                "words": "Give the action a minimum role in the account's settings.",
                "at": None,
            }
        case ActivateConnection(connection_id):
            words = "Let the guest accept the invitation, or invite it anew; then ask again."
            if found.ended:
                words = f"Invite {home} again, and let it accept; then ask again."
            return {"words": words, "at": f"/console/connections/{connection_id}"}
        case ReactivateUser():
            return {"words": f"Let an Administrator of {home} reactivate {who}.", "at": at_home}
        case RaiseOwnRole(to=to):
            words = f"Let an Administrator of {home} raise {who}'s own role to {to.label}."
            return {"words": words, "at": at_home}
        case RaiseMaximumRole(connection_id, to):
            words = f"Raise the maximum role of the connection with {home} to {to.label}."
            return {"words": words, "at": f"/console/connections/{connection_id}"}
        case RemoveRule(connection_id, user_id):
            words = f"Remove the rule that denies {who}: what the connection grants holds then."
            return {"words": words, "at": _rule(connection_id, user_id)}
        case RaiseRulesRole(connection_id, user_id, to):
            words = f"Raise the maximum role of the rule for {who} to {to.label}."
            return {"words": words, "at": _rule(connection_id, user_id)}
        case AllowResourceType(resource_type, group_ids):
            groups = ", ".join(group_in_words(visit, group_id) for group_id in group_ids)
            kind = one_line(resource_type)
            words = f"No longer deny the resource type {kind} to the groups {groups}."
            at = f"/console/settings/types-denied?{urlencode({'type': resource_type})}"
            return {"words": words, "at": at}
        case GrantOrganization():
            return _grant(visit, found, one, who, home)
        case ShowSecondFactor():
            return {"words": f"Let {who} sign in with a second factor.", "at": None}
        case UseNetwork(networks):
            return {"words": f"Let {who} come from {', '.join(networks)}.", "at": None}


def _grant(
    visit: Visit, found: Explanation, one: GrantOrganization, who: str, home: str
) -> dict[str, str | None]:
    organization = found.facts.organization
    what = one_line(organization.name) if organization else "the organization"
    whom = who if one.connection_id is None else f"the connection with {home}"
    if one.connection_id and one.user_id:
        whom = f"the rule for {who}"
    words = f"Grant {whom} the organization {what}"
    if one.group_id:
        words += f", or let the group {group_in_words(visit, one.group_id)} reach it"
    at = f"/console/connections/{one.connection_id}" if one.connection_id else None
    if one.user_id:
        at = f"/console/users/{one.user_id}"
    if one.connection_id and one.user_id:
        at = _rule(one.connection_id, one.user_id)
    return {"words": f"{words}.", "at": at}


def group_in_words(visit: Visit, group_id: str) -> str:
    group = visit.ports.store.directory.group(visit.person.account_id, group_id)
    return one_line(group.name) if group else group_id


def _rule(connection_id: str, user_id: str) -> str:
    return f"/console/connections/{connection_id}/rules/{user_id}"
