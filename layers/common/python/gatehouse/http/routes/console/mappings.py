"""Actions and types: what the account adds to the table of roles, and where its data says whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from gatehouse.domain.account import Account
from gatehouse.domain.errors import EtagStale, GatehouseError, Malformed, NotFound, Refused
from gatehouse.domain.policy import ORGANIZATION_PROPERTY, Policy
from gatehouse.domain.roles import ACTIONS, NEVER_DELEGATED, Role
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.reading import pointer
from gatehouse.http.routes.console.forms import Field, new_key, sentences_of, typed
from gatehouse.http.routes.console.saving import CHANGED, save
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import account as accounts
from gatehouse.usecases.concerned import concerned

pages = Pages()
PATH: Final = "/console/settings/actions"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an account maps: ``action`` to a lowest role, ``type`` to a property."""

    name: str
    path: str
    attribute: str
    value: Field
    of: Callable[[Policy], Mapping[str, str]]

    @property
    def new(self) -> str:
        return f"/console/settings/new-{self.name}"

    def at(self, name: str) -> str:
        """Return the page of one that is mapped."""
        return f"/console/settings/{self.path}/{quote(name, safe='')}"


_NAME: Final = Field("name", "The name", "Enter the name that your applications use.")
_ACTION: Final = _Kind(
    "action",
    "actions",
    "mapped_actions",
    Field("role-read_only", "The role", "Choose the lowest role that may take it."),
    lambda policy: {name: role.value for name, role in policy.actions.items()},
)
_TYPE: Final = _Kind(
    "type",
    "types",
    "mapped_resource_types",
    Field("value", "The property", "Enter the property that names the organization."),
    lambda policy: policy.resource_types,
)
_KINDS: Final = {
    **{kind.path: kind for kind in (_ACTION, _TYPE)},
    **{f"new-{kind.name}": kind for kind in (_ACTION, _TYPE)},
}


def show_all(visit: Visit) -> Answer:
    policy = accounts.read_account(visit.ports, visit.person).policy
    return visit.page(
        "mappings",
        table_of_roles=[(name, role.value) for name, role in ACTIONS.items()],
        never=sorted(NEVER_DELEGATED),
        usual=ORGANIZATION_PROPERTY,
        mapped={
            kind.name: [
                (name, value, kind.at(name)) for name, value in sorted(kind.of(policy).items())
            ]
            for kind in (_ACTION, _TYPE)
        },
    )


def ask_for_new(visit: Visit) -> Answer:
    return _form_page(visit, _kind(visit), accounts.read_account(visit.ports, visit.person))


def add(visit: Visit) -> Answer:
    return _keep(visit, _kind(visit), None)


@pages.at("GET /console/settings/{kind}/{name}")
def show(visit: Visit) -> Answer:
    return _form_page(visit, _kind(visit), *_own(visit))


@pages.at("POST /console/settings/{kind}/{name}")
def change(visit: Visit) -> Answer:
    return _keep(visit, _kind(visit), _own(visit)[1])


@pages.at("GET /console/settings/{kind}/{name}/remove")
def ask_to_remove(visit: Visit) -> Answer:
    kind, (account, name) = _kind(visit), _own(visit)
    return visit.page(
        "mapping-remove",
        kind=kind.name,
        here=kind.at(name),
        word=name,
        value=kind.of(account.policy)[name],
        usual=ORGANIZATION_PROPERTY,
        etag=str(account.version),
        sent_once=new_key(visit),
    )


@pages.at("POST /console/settings/{kind}/{name}/remove")
def remove(visit: Visit) -> Answer:
    kind, (account, name) = _kind(visit), _own(visit)
    left = {one: value for one, value in kind.of(account.policy).items() if one != name}
    save(visit, bodies.read(bodies.AccountChangeBody, {kind.attribute: left}).change())
    return visit.go(PATH, f"{name} was removed. That holds from the next decision.")


def _kind(visit: Visit) -> _Kind:
    kind = _KINDS.get(visit.path.get("kind") or visit.path["step"])
    if kind is None:
        raise NotFound("There is nothing at this address.")
    return kind


def _own(visit: Visit) -> tuple[Account, str]:
    """Return the account, and which of what it maps the address names."""
    account, name = accounts.read_account(visit.ports, visit.person), visit.path["name"]
    if name not in _kind(visit).of(account.policy):
        raise NotFound(f"Your account does not map {name}.")
    return account, name


def _keep(visit: Visit, kind: _Kind, known: str | None) -> Answer:
    account = accounts.read_account(visit.ports, visit.person)
    mapped = kind.of(account.policy)
    name, value = known or typed(visit, "name"), typed(visit, "value")
    try:
        if known is None and name in mapped:
            raise Refused.at(pointer(kind.attribute, name), f"{name} is there already. Change it.")
        wish = {kind.attribute: {**mapped, name: value}}
        save(visit, bodies.read(bodies.AccountChangeBody, wish).change())
    except (Malformed, Refused) as refusal:
        return _form_page(visit, kind, account, known, _sentences(refusal, kind, name, value))
    except EtagStale:
        again = accounts.read_account(visit.ports, visit.person)
        return _form_page(visit, kind, again, known, {"name": CHANGED}, 412)
    said = f"{name} was {'changed' if known else 'added'}. It holds from the next decision."
    return visit.go(PATH, said)


def _sentences(refusal: GatehouseError, kind: _Kind, name: str, value: str) -> Errors:
    """Return sentences by field: of the shape each is about its part, a refusal about the name."""
    about = kind.value if isinstance(refusal, Malformed) else _NAME
    fields = {pointer(kind.attribute, name, "[key]"): _NAME, pointer(kind.attribute, name): about}
    errors = dict(sentences_of(refusal, fields))
    if not name:
        errors[_NAME.id] = _NAME.empty
    if not value:
        errors[kind.value.id] = kind.value.empty
    return errors


def _form_page(
    visit: Visit,
    kind: _Kind,
    account: Account,
    name: str | None = None,
    errors: Errors | None = None,
    status: int = 422,
) -> Answer:
    found = concerned(visit.ports, visit.person)
    now = kind.of(account.policy).get(name or "", "")
    return visit.page(
        "mapping-form",
        status if errors else 200,
        errors=errors,
        kind=kind.name,
        here=kind.at(name) if name else kind.new,
        word=name,
        typed_name=typed(visit, "name"),
        value=typed(visit, "value") if errors else now,
        roles=[(role.value, found.reaching(role)) for role in Role if role is not Role.LITE],
        people=found.people,
        company=account.name,
        guests=len(found.guests),
        usual=ORGANIZATION_PROPERTY,
        etag=str(account.version),
        sent_once=new_key(visit),
    )
