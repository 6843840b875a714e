"""People of the account: the list, adding somebody, and each one's page."""

from typing import Any, Final

from gatehouse.domain.errors import (
    EmailTaken,
    EtagStale,
    GatehouseError,
    LastAdministrator,
    Malformed,
    Refused,
    SeatsTaken,
)
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import Principal
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status, User
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import (
    SHOWN,
    Field,
    key_of,
    list_of,
    new_key,
    roles_of,
    sentences_of,
    typed,
    without,
    words_of,
)
from gatehouse.http.routes.console.group_choices import group_choices, is_search
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import users
from gatehouse.usecases.find import find_users
from gatehouse.usecases.invite_user import invitation_of
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.users import Described
from gatehouse.usecases.writers import Writer, writer

pages = Pages()
PATH: Final = "/console/users"
_LIST: Final = "console users"
FIELDS: Final = {
    "/name": Field("name", "The name", "Enter the person's name."),
    "/email": Field(
        "email", "The e-mail address", "Enter the e-mail address that they sign in with."
    ),
    "/role": Field("role-read_only", "The role", "Choose a role."),
    "/group_ids": Field("groups", "The groups", "Choose groups."),
    "/all_organizations": Field("all_organizations", "This", "Choose."),
}


@pages.at("GET /console/users")
def list_users(visit: Visit) -> Answer:
    return users_page(visit)


def users_page(visit: Visit, errors: Errors | None = None) -> Answer:
    """Answer the list; on top of it what is wrong with what was chosen in it."""
    role = visit.call.chosen("role", Role)
    found = find_users(
        visit.ports, visit.person, words_of(visit), visit.call.after(_LIST), SHOWN, role
    )
    who = writer(visit.person, "see users")
    return visit.page(
        "users",
        422 if errors else 200,
        errors=errors,
        users=[row_of(one, who) for one in found.items],
        role=role.value if role else "",
        roles=[one.value for one in Role],
        chips=_chips(visit, role),
        **list_of(visit, PATH, _LIST, found),
    )


@pages.at("GET /console/users/new")
def ask_for_user(visit: Visit) -> Answer:
    writer(visit.person, "create users")
    return _new_page(visit)


@pages.at("POST /console/users/new")
def add_user(visit: Visit) -> Answer:
    writer(visit.person, "create users")
    if is_search(visit):
        return _new_page(visit)
    body = {
        "name": typed(visit, "name"),
        "email": typed(visit, "email"),
        **({"role": visit.form["role"]} if visit.form.get("role") else {}),
        "group_ids": sorted(visit.ticked("group.")),
        "all_organizations": "all_organizations" in visit.form,
        "send_invitation": "send_invitation" in visit.form,
    }
    try:
        new = bodies.read(bodies.UserBody, body).user()
        bodies.check_sizes(visit.ports.limits, new.scope)
        users.must_be_able_to_create(visit.ports, visit.person, new)
        done = visit.once(
            key_of(visit),
            lambda keep: users.create_user(visit.ports, visit.person, new, keep),
            lambda made: {"user_id": made.user.user_id, "name": made.user.name},
        )
    except (Malformed, Refused) as refusal:
        return _new_page(visit, sentences_of(refusal, FIELDS))
    except (EmailTaken, SeatsTaken) as taken:
        return _new_page(visit, {_place_of(taken): taken.detail}, 409)
    mailed = new.send_invitation
    how = "gets a mail with a link to sign in" if mailed else "can sign in with this address"
    return visit.go(
        f"{PATH}/{done['user_id']}",
        f"{one_line(done['name'])} was added and {how}.",
    )


def _new_page(visit: Visit, errors: Errors | None = None, status: int = 422) -> Answer:
    return visit.page(
        "user-new",
        status if errors else 200,
        errors=errors,
        key=new_key(visit),
        typed={
            "name": typed(visit, "name"),
            "email": typed(visit, "email"),
            "role": visit.form.get("role", ""),
            "all_organizations": "all_organizations" in visit.form,
            "send_invitation": "send_invitation" in visit.form or not visit.form,
        },
        **_choices(visit, visit.ticked("group.")),
    )


def _chips(visit: Visit, role: Role | None) -> list[dict[str, str]]:
    """Return what the list is narrowed to, each with the address without it."""
    words = words_of(visit)
    labels = {"words": f"“{words}”" if words else "", "role": role.label if role else ""}
    return [
        {"label": label, "without": without(visit, PATH, name)}
        for name, label in labels.items()
        if label
    ]


@pages.at("GET /console/users/{user_id}")
def show_user(visit: Visit) -> Answer:
    return _user_page(visit)


@pages.at("POST /console/users/{user_id}")
def change_user(visit: Visit) -> Answer:
    user_id = visit.path["user_id"]
    writer(visit.person, "change users")
    had = users.read_user(visit.ports, visit.person, user_id)
    if is_search(visit):
        return _user_page(visit)
    shown = frozenset(visit.form.get("shown", "").split())
    groups = (had.group_ids - shown) | visit.ticked("group.")
    body: dict[str, Any] = {"name": typed(visit, "name"), "group_ids": sorted(groups)}
    if "email" in visit.form:
        body["email"] = typed(visit, "email")
    if visit.form.get("role"):
        body["role"] = visit.form["role"]
    if visit.person.user.reaches_everything:
        body["all_organizations"] = "all_organizations" in visit.form
    try:
        read = bodies.read(bodies.UserChangeBody, body)
        bodies.check_sizes(visit.ports.limits, read.scope)
        changed = users.change_user(
            visit.ports,
            visit.person,
            user_id,
            read.change(),
            visit.form.get("etag", ""),
            no_receipt,
        )
    except (Malformed, Refused) as refusal:
        return _user_page(visit, sentences_of(refusal, FIELDS))
    except (EmailTaken, LastAdministrator, SeatsTaken, EtagStale) as refusal:
        return _user_page(visit, {_place_of(refusal): _said(refusal)}, refusal.status)
    return visit.go(
        f"{PATH}/{user_id}",
        f"Saved. It holds from the next click of {one_line(changed.user.name)}.",
    )


def _place_of(refusal: GatehouseError) -> str:
    if isinstance(refusal, LastAdministrator | SeatsTaken):
        return "role-read_only"
    return "email" if isinstance(refusal, EmailTaken) else "name"


def _said(refusal: GatehouseError) -> str:
    if isinstance(refusal, EtagStale):
        return (
            "Somebody else changed this person while you did. Nothing was saved. "
            "Look at what stands here, which is what you typed, and save again."
        )
    return refusal.detail


def _user_page(visit: Visit, errors: Errors | None = None, status: int = 422) -> Answer:
    one = users.read_user(visit.ports, visit.person, visit.path["user_id"])
    who = writer(visit.person, "see users")
    sent = bool(visit.form)
    ticked = visit.ticked("group.") if sent else one.group_ids
    organizations = visit.ports.store.directory.organizations(
        who.account_id, sorted(one.organization_ids)[:SHOWN]
    )
    return visit.page(
        "user",
        status if errors else 200,
        errors=errors,
        user=facts_of(visit.ports, one, who),
        invitation=invitation_facts(visit, one.user),
        typed={
            "name": typed(visit, "name") if sent else one.user.name,
            "email": visit.form.get("email", one.user.email)[:400],
            "role": visit.form.get("role", "") if sent else one.user.role.value,
            "all_organizations": "all_organizations" in visit.form
            if sent
            else one.user.all_organizations,
        },
        organizations=sorted((found.name for found in organizations.values()), key=str.casefold),
        **_choices(visit, ticked, one.group_ids),
    )


def _choices(
    visit: Visit, ticked: frozenset[str], had: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return what a person's form offers: roles, and groups, those that they have first."""
    return {
        "roles": roles_of(visit),
        "offered": group_choices(visit, visit.form, ticked, had),
        "may_give_everything": visit.person.user.reaches_everything,
    }


def row_of(one: Described, who: Writer) -> dict[str, Any]:
    """Return a person as lists show them."""
    return {
        "user_id": one.user.user_id,
        "name": one.user.name,
        "email": one.user.email,
        "role": one.user.role.value,
        "is_active": one.user.status is Status.ACTIVE,
        "has_signed_in": one.user.identity is not None,
        "everything": one.user.reaches_everything,
        "group_count": len(one.group_ids),
        "organization_count": len(one.organization_ids),
        "may_change": who.touches(one.user.role),
    }


def facts_of(ports: Ports, one: Described, who: Writer) -> dict[str, Any]:
    """Return a person as their own pages show them."""
    user = one.user
    administrators = (
        ports.store.users.administrators(user.account_id) if user.is_active_administrator else ()
    )
    return {
        **row_of(one, who),
        "etag": str(user.version),
        "created_at": user.created_at,
        "is_lite": user.role is Role.LITE,
        "is_self": is_self(who.principal, user.user_id),
        "is_last_administrator": len(administrators) == 1,
        "may_change_address": who.is_administrator,
        "may_delete": who.is_administrator,
    }


def invitation_facts(visit: Visit, user: User) -> dict[str, Any]:
    """Return how far somebody is on the way to their first sign-in, as pages show it."""
    found = invitation_of(visit.ports, user)
    return {
        "state": found.state_at(visit.ports.clock.now()).value,
        "delivery": found.delivery.value if found.delivery else None,
        "expires_at": found.mailing.expires_at if found.mailing else None,
    }


def is_self(principal: Principal, user_id: str) -> bool:
    """Say whether somebody looks at themselves."""
    return principal.caller_id == user_id
