"""Groups: the list, a new one, and each one's page with whom it concerns."""

from typing import Any, Final

from gatehouse.domain.errors import Malformed, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import (
    SHOWN,
    Field,
    key_of,
    list_of,
    new_key,
    sentences_of,
    typed,
    words_of,
)
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import groups
from gatehouse.usecases.affected import MOST_COUNTED, Affected, affected_by
from gatehouse.usecases.find import find_groups
from gatehouse.usecases.writers import writer

pages = Pages()
PATH: Final = "/console/groups"
_LIST: Final = "console groups"
FIELDS: Final = {
    "/name": Field("name", "The name", "Enter the group's name."),
    "/description": Field("description", "The description", "Enter what the group is for."),
}


@pages.at("GET /console/groups")
def list_groups(visit: Visit) -> Answer:
    found = find_groups(visit.ports, visit.person, words_of(visit), visit.call.after(_LIST), SHOWN)
    return visit.page("groups", groups=found.items, **list_of(visit, PATH, _LIST, found))


@pages.at("GET /console/groups/new")
def ask_for_group(visit: Visit) -> Answer:
    writer(visit.person, "create groups")
    return _new_page(visit)


@pages.at("POST /console/groups/new")
def add_group(visit: Visit) -> Answer:
    writer(visit.person, "create groups")
    try:
        body = read_group(visit)
        done = visit.once(
            key_of(visit),
            lambda keep: groups.create_group(
                visit.ports, visit.person, body.name, body.description, keep
            ),
            lambda made: {"group_id": made.group_id, "name": made.name},
        )
    except (Malformed, Refused) as refusal:
        return _new_page(visit, sentences_of(refusal, FIELDS))
    return visit.go(
        f"{PATH}/{done['group_id']}",
        f"The group {one_line(done['name'])} was created. It reaches nothing yet.",
    )


def read_group(visit: Visit) -> bodies.GroupBody:
    """Read a group's form as the API reads its body."""
    body = {"name": typed(visit, "name"), "description": visit.form.get("description", "").strip()}
    return bodies.read(bodies.GroupBody, body)


def _new_page(visit: Visit, errors: Errors | None = None) -> Answer:
    return visit.page(
        "group-new",
        422 if errors else 200,
        errors=errors,
        key=new_key(visit),
        typed={"name": typed(visit, "name"), "description": visit.form.get("description", "")},
        is_manager=visit.person.user.role is not Role.ADMINISTRATOR,
    )


@pages.at("GET /console/groups/{group_id}")
def show_group(visit: Visit) -> Answer:
    group_id = visit.path["group_id"]
    group = groups.read_group(visit.ports, visit.person, group_id)
    members = groups.group_members(visit.ports, visit.person, group_id, None, SHOWN)
    reached = groups.group_organizations(visit.ports, visit.person, group_id, None, SHOWN)
    return visit.page(
        "group",
        group=group,
        members=sorted(members.items, key=lambda user: user.name.casefold()),
        organizations=sorted(reached.items, key=lambda one: one.name.casefold()),
        sees_users=True,
        **concerns(visit, affected_by(visit.ports, visit.person, group_id)),
    )


def concerns(visit: Visit, affected: Affected) -> dict[str, Any]:
    """Return whom a group concerns, and what the visitor may therefore change."""
    return {
        "affected": affected,
        "members_said": _counted(affected.members),
        "may_change_reach": is_administrator(visit.person) or not affected.is_lent,
        "may_delete": is_administrator(visit.person),
    }


def _counted(members: int) -> str:
    if members > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} people"
    return "1 person" if members == 1 else f"{members:,} people"


def is_administrator(person: Person) -> bool:
    """Say whether somebody is an Administrator."""
    return person.user.role is Role.ADMINISTRATOR
