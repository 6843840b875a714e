"""Organizations: the list, and each one's page with who can reach it."""

from collections.abc import Iterable
from typing import Any, Final

from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import SHOWN, list_of, words_of
from gatehouse.http.routes.console.groups import is_administrator
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases.find import find_organizations
from gatehouse.usecases.organizations import parents_of, read_organization
from gatehouse.usecases.reach import Reaching, who_reaches

pages = Pages()
PATH: Final = "/console/organizations"
_LIST: Final = "console organizations"


@pages.at("GET /console/organizations")
def list_organizations(visit: Visit) -> Answer:
    found = find_organizations(
        visit.ports, visit.person, words_of(visit), visit.call.after(_LIST), SHOWN
    )
    return visit.page(
        "organizations",
        organizations=found.items,
        parents=parents_of(visit.ports, visit.person, found.items),
        may_write=may_write(visit.person),
        **list_of(visit, PATH, _LIST, found),
    )


@pages.at("GET /console/organizations/{organization_id}")
def show_organization(visit: Visit) -> Answer:
    organization_id = visit.path["organization_id"]
    found = read_organization(visit.ports, visit.person, organization_id)
    context: dict[str, Any] = {"reaching": None, "next": None, "later": False, "demands": None}
    if visit.person.user.role.reaches(Role.MANAGER):
        purpose = f"console reaching {organization_id}"
        page = who_reaches(
            visit.ports, visit.person, organization_id, visit.call.after(purpose), SHOWN
        )
        context = {
            "reaching": _named(visit, page.items),
            "next": visit.more(purpose, page.after),
            "later": "cursor" in visit.query,
            "demands": visit.account.policy,
        }
    return visit.page(
        "organization",
        organization=found,
        parent=parents_of(visit.ports, visit.person, [found]).get(organization_id),
        may_write=may_write(visit.person),
        sees_guests=is_administrator(visit.person),
        **context,
    )


def may_write(person: Person) -> bool:
    """Say whether somebody creates, changes and deletes organizations."""
    return person.user.role.reaches(Role.MANAGER) and person.user.reaches_everything


def _named(visit: Visit, found: Iterable[Reaching]) -> list[dict[str, Any]]:
    """Return who reaches an organization, each with all ways in words."""
    found = list(found)
    ids = {way.removeprefix("group:") for one in found for way in one.via if ":" in way}
    groups = visit.ports.store.directory.groups(visit.person.account_id, ids)
    seen = groups.keys() if is_administrator(visit.person) else visit.person.user.group_ids
    names = {one: one_line(group.name) for one, group in groups.items() if one in seen}
    return [
        {
            "user_id": one.user.user_id,
            "name": one.user.name,
            "guest": one.guest,
            "connection_id": one.connection_id,
            "own_role": one.user.role.value,
            "effective_role": one.effective_role.value,
            "by_rule": one.by_rule,
            "through": [_way(way, one, names) for way in one.via],
        }
        for one in found
    ]


def _way(way: str, one: Reaching, names: dict[str, str]) -> str:
    if way == "direct":
        return "directly"
    if way == "all":
        at_home = one.guest is None
        is_administrator = at_home and one.user.role is Role.ADMINISTRATOR
        return "as Administrator" if is_administrator else "all organizations"
    return names.get(way.removeprefix("group:"), "a group that you are not in")
