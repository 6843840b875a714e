"""Create and change groups, and the organizations they give access to."""

from dataclasses import dataclass, replace

from gatehouse.domain.activity import Resource
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.errors import NotAllowed, NotFound, Refused
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal
from gatehouse.domain.user import User
from gatehouse.usecases.changes import (
    Change,
    ListMember,
    Reach,
    RequireGroup,
    RequireNamings,
    Save,
    Unreach,
)
from gatehouse.usecases.organizations import with_living_parents
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.rules import rules_naming
from gatehouse.usecases.writers import Writer, check_etag, reader, writer


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What to change; None leaves a thing as it is."""

    name: str | None = None
    description: str | None = None


def list_groups(ports: Ports, principal: Principal, after: str | None, limit: int) -> Page[Group]:
    """Return the account's groups; to a Manager those the Manager belongs to."""
    who = reader(principal, "see groups")
    if who.manager is None:
        return ports.store.directory.groups_page(who.account_id, after, limit)
    mine = sorted(group_id for group_id in who.manager.group_ids if group_id > (after or ""))
    found = ports.store.directory.groups(who.account_id, mine[:limit])
    items = tuple(found[group_id] for group_id in mine[:limit] if group_id in found)
    return Page(items, mine[limit - 1] if len(mine) > limit else None)


def read_group(ports: Ports, principal: Principal, group_id: str) -> Group:
    """Return one group."""
    who = reader(principal, "see groups")
    who.must_have_groups({group_id})
    return _own(ports, who, group_id)


def group_members(
    ports: Ports, principal: Principal, group_id: str, after: str | None, limit: int
) -> Page[User]:
    """Return who has the group."""
    who = reader(principal, "see groups")
    who.must_have_groups({group_id})
    _own(ports, who, group_id)
    return ports.store.directory.members_page(who.account_id, group_id, after, limit)


def group_organizations(
    ports: Ports, principal: Principal, group_id: str, after: str | None, limit: int
) -> Page[Organization]:
    """Return what the group gives access to."""
    who = reader(principal, "see groups")
    who.must_have_groups({group_id})
    _own(ports, who, group_id)
    page = ports.store.directory.group_organizations_page(who.account_id, group_id, after, limit)
    return Page(with_living_parents(ports, page.items), page.after)


def create_group(
    ports: Ports, principal: Principal, name: str, description: str, keep: Keep
) -> Group:
    """Add a group; a Manager who creates one is in it."""
    who = writer(principal, "create groups")

    def attempt() -> Group:
        group = Group(who.account_id, ports.ids.new("grp"), name, description, ports.clock.now())
        ports.store.commit(
            Save(group),
            *(_joined(ports, who.manager, group) if who.manager else [who.still()]),
            who.entry(ports, "group.created", resource_of(group)),
            keep(group),
        )
        return group

    return settled(attempt)


def change_group(
    ports: Ports,
    principal: Principal,
    group_id: str,
    change: GroupChange,
    etag: str | None,
    keep: Keep,
) -> Group:
    """Rename or describe a group."""
    who = writer(principal, "change groups")
    who.must_have_groups({group_id})

    def attempt() -> Group:
        old = _own(ports, who, group_id)
        check_etag(etag, old.version)
        new = replace(
            old,
            name=old.name if change.name is None else change.name,
            description=old.description if change.description is None else change.description,
            version=old.version + 1,
        )
        ports.store.commit(
            Save(new, old),
            who.still(),
            who.entry(ports, "group.changed", resource_of(new), {"name": (old.name, new.name)}),
            keep(new),
        )
        return new

    return settled(attempt)


def change_reach(
    ports: Ports,
    principal: Principal,
    group_id: str,
    organization_id: str,
    *,
    reached: bool,
    keep: Keep,
) -> None:
    """Let a group give access to an organization, or no longer; at once, for everybody with it."""
    who = writer(principal, "change the organizations of groups")
    who.must_have_groups({group_id})
    account_id = who.account_id

    def attempt() -> None:
        group = _own(ports, who, group_id)
        organization = ports.store.directory.organization(account_id, organization_id)
        if organization is None:
            raise NotFound(f"Your account has no organization {organization_id}.")
        who.must_reach(ports, frozenset({organization_id}))
        if (group_id in organization.groups) is reached:
            ports.store.commit(keep(None))
            return
        unnamed: Change | None = None
        if not who.is_administrator:
            now = ports.clock.now()
            # A connection that gets the group after this look at them makes the write try again.
            unnamed = RequireNamings(account_id, ports.store.accounts.namings(account_id))
            pairs = ports.store.connections.pairs(account_id)
            ruled = rules_naming(ports, pairs, group_id)
            for pair in pairs:
                has_it = group_id in pair.group_ids or pair.guest_account_id in ruled
                if has_it and pair.is_live_at(now):
                    raise NotAllowed(
                        f"A connection has the group {group.name}, so only Administrators change "
                        "its organizations: it would change what another company reaches."
                    )
        ports.store.commit(
            Reach(
                account_id,
                group_id,
                organization_id,
                Refused(
                    "The organization is gone, or has as many groups and grants as one "
                    "organization can have. Remove some first."
                ),
            )
            if reached
            else Unreach(account_id, group_id, organization_id),
            RequireGroup(account_id, group_id, NotFound(f"Your account has no group {group_id}.")),
            unnamed,
            who.still(),
            who.entry(
                ports,
                "group.organization_added" if reached else "group.organization_removed",
                resource_of(group),
                organization_id=organization_id,
            ),
            keep(None),
        )

    settled(attempt)


def _own(ports: Ports, who: Writer, group_id: str) -> Group:
    group = ports.store.directory.group(who.account_id, group_id)
    if group is None:
        raise NotFound(f"Your account has no group {group_id}.")
    return group


def _joined(ports: Ports, manager: User, group: Group) -> list[Change]:
    old = ports.store.users.get(manager.user_id)
    if old is None or (old.role, old.status) != (manager.role, manager.status):
        raise NotAllowed("You are no longer an active Manager of your account.")
    new = replace(old, group_ids=old.group_ids | {group.group_id}, version=old.version + 1)
    return [Save(new, old), ListMember(new, group.group_id)]


def resource_of(group: Group) -> Resource:
    """Return how the log names a group."""
    return Resource("group", group.group_id, group.name)
