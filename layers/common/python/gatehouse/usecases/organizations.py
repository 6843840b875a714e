"""Create, change and remove organizations of the caller's own account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gatehouse.domain.activity import Resource
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.directory import Organization
from gatehouse.domain.errors import NotAllowed, NotFound, Refused
from gatehouse.domain.grant import via_of
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Application, Person, Principal, with_scope
from gatehouse.domain.roles import Role
from gatehouse.usecases.changes import Change, RequireUnchanged, Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import Writer, check_etag, writer

_DEEPEST: Final = 32


class Unchanged:
    """Stands for a field that a change leaves as it is, where None means something."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, slots=True)
class OrganizationChange:
    """What to change. ``parent_id`` None takes the organization out from under its parent."""

    name: str | None = None
    parent_id: str | Unchanged | None = UNCHANGED


def list_organizations(
    ports: Ports, principal: Principal, after: str | None, limit: int
) -> Page[Organization]:
    """Return the organizations that the caller reaches at home."""
    if isinstance(principal, Application):
        with_scope(principal, ApiScope.DIRECTORY_READ, "see organizations")
        page = ports.store.directory.organizations_page(principal.account_id, after, limit)
    else:
        _must_be_admitted(principal)
        page = ports.store.directory.reach_page(principal.account_id, principal.user, after, limit)
    return Page(with_living_parents(ports, page.items), page.after)


def read_organization(ports: Ports, principal: Principal, organization_id: str) -> Organization:
    """Return one organization that the caller reaches."""
    if isinstance(principal, Application):
        with_scope(principal, ApiScope.DIRECTORY_READ, "see organizations")
    else:
        _must_be_admitted(principal)
    organization = _own(ports, principal.account_id, organization_id)
    if isinstance(principal, Person) and not via_of(principal.user, organization):
        raise NotFound(f"You reach no organization {organization_id}.")
    return with_living_parents(ports, [organization])[0]


def with_living_parents(
    ports: Ports, organizations: Sequence[Organization]
) -> tuple[Organization, ...]:
    """Return organizations of one account; whose parent was deleted stands below nothing."""
    named = {one.parent_id for one in organizations if one.parent_id is not None}
    if not named:
        return tuple(organizations)
    account_id = organizations[0].account_id
    there = ports.store.directory.organizations(account_id, sorted(named)).keys() | {None}
    return tuple(
        one if one.parent_id in there else replace(one, parent_id=None) for one in organizations
    )


def parents_of(
    ports: Ports, person: Person, children: Iterable[Organization]
) -> Mapping[str, Organization]:
    """Return the parents that the person reaches too, by the id of each child."""
    children = list(children)
    parent_ids = {one.parent_id for one in children if one.parent_id is not None}
    known = ports.store.directory.organizations(person.account_id, sorted(parent_ids))
    seen = {id_: found for id_, found in known.items() if via_of(person.user, found)}
    return {one.organization_id: seen[one.parent_id] for one in children if one.parent_id in seen}


def create_organization(
    ports: Ports, principal: Principal, name: str, parent_id: str | None, keep: Keep
) -> Organization:
    """Add an organization; everybody with all organizations reaches it at once."""
    who = organizations_writer(principal, "create organizations")

    def attempt() -> Organization:
        above = below(ports, who.account_id, None, parent_id)
        organization = Organization(
            who.account_id, ports.ids.new("org"), name, parent_id, ports.clock.now()
        )
        ports.store.commit(
            Save(organization),
            *above,
            who.still(),
            who.entry(
                ports,
                "organization.created",
                resource_of(organization),
                organization_id=organization.organization_id,
            ),
            keep(organization),
        )
        return organization

    return settled(attempt)


def change_organization(
    ports: Ports,
    principal: Principal,
    organization_id: str,
    change: OrganizationChange,
    etag: str | None,
    keep: Keep,
) -> Organization:
    """Rename an organization or put it under another parent; neither changes who reaches it."""
    who = organizations_writer(principal, "change organizations")

    def attempt() -> Organization:
        stored = _own(ports, who.account_id, organization_id)
        check_etag(etag, stored.version)
        old = with_living_parents(ports, [stored])[0]
        parent_id = old.parent_id if isinstance(change.parent_id, Unchanged) else change.parent_id
        moves = parent_id != old.parent_id
        above = below(ports, who.account_id, organization_id, parent_id) if moves else []
        new = replace(
            old, name=change.name or old.name, parent_id=parent_id, version=old.version + 1
        )
        ports.store.commit(
            Save(new, stored),
            *above,
            who.still(),
            who.entry(
                ports,
                "organization.changed",
                resource_of(new),
                {
                    key: pair
                    for key, pair in {
                        "name": (old.name, new.name),
                        "parent_id": (old.parent_id, new.parent_id),
                    }.items()
                    if pair[0] != pair[1]
                },
                organization_id=organization_id,
            ),
            keep(new),
        )
        return new

    return settled(attempt)


def organizations_writer(principal: Principal, doing: str) -> Writer:
    """Return who writes organizations: Administrators, Managers with all of them, keys that may."""
    who = writer(principal, doing)
    who.must_reach_everything(doing)
    return who


def _own(ports: Ports, account_id: str, organization_id: str) -> Organization:
    organization = ports.store.directory.organization(account_id, organization_id)
    if organization is None:
        raise NotFound(f"Your account has no organization {organization_id}.")
    return organization


def below(
    ports: Ports, account_id: str, organization_id: str | None, parent_id: str | None
) -> list[Change]:
    """Return what has to hold for an organization to be put below a parent, for the same write.

    Everything above the parent stays as it was read: two that are put below each other at once
    would each find nothing wrong, and both together make a ring.
    """
    above: list[Organization] = []
    next_id = parent_id
    while next_id is not None and next_id != organization_id and len(above) < _DEEPEST:
        found = ports.store.directory.organization(account_id, next_id)
        if found is None:
            break
        above.append(found)
        next_id = found.parent_id
    if parent_id is not None and not above and parent_id != organization_id:
        raise Refused.at("/parent_id", f"There is no organization {parent_id}.")
    if next_id is not None and next_id == organization_id:
        raise Refused.at("/parent_id", "An organization cannot stand below itself.")
    if len(above) == _DEEPEST:
        raise Refused.at("/parent_id", f"Organizations stand at most {_DEEPEST} levels deep.")
    return [RequireUnchanged(one) for one in above]


def _must_be_admitted(person: Person) -> None:
    if person.user.role is Role.LITE:
        raise NotAllowed("The role Lite reaches no organizations. Ask an Administrator for a role.")


def resource_of(organization: Organization) -> Resource:
    """Return how the log names an organization."""
    return Resource("organization", organization.organization_id, organization.name)
