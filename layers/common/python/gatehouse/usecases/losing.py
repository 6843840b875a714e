"""Who would lose what if a group or an organization were deleted, before it is.

What is said is counted from the same sets that decisions read. It is read one after the other, so
it is a preview and not a promise: what changes meanwhile shows when it is read again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from gatehouse.domain.account import AccountName
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.connection import State
from gatehouse.domain.decision import Pair
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Application, Principal
from gatehouse.domain.roles import Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import Status, User
from gatehouse.usecases.denials import types_denied_to
from gatehouse.usecases.groups import read_group
from gatehouse.usecases.organizations import read_organization
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.writers import Writer, reader

T = TypeVar("T")
MOST: Final = 1_000
"""How many people, and how many organizations, are looked at; of more, these alone are counted."""
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Loss:
    """What one pending or active connection would lose.

    ``organizations`` are those that it would reach no other way, ``people`` how many of its rules
    for single people lose something, ``nothing_left`` says that it would reach nothing any more.
    """

    connection_id: str
    guest: AccountName
    state: State
    maximum_role: Role
    organizations: int
    people: int
    nothing_left: bool


@dataclass(frozen=True, slots=True)
class Losing:
    """What would be lost: by own people, of organizations, through connections.

    ``connections`` is None for who sees none. ``denied_types`` are the resource types that the
    group denies its holders, who would no longer be denied them. Not ``whole``: there are more
    people or organizations than were looked at.
    """

    people: int
    organizations: int
    connections: tuple[Loss, ...] | None
    denied_types: tuple[str, ...]
    whole: bool


def losing_group(ports: Ports, principal: Principal, group_id: str) -> Losing:
    """Return who would lose what without a group: what they reach through it and no other way."""
    read_group(ports, principal, group_id)
    who = reader(principal, "see groups")
    directory, account_id = ports.store.directory, who.account_id
    reached = _first(
        lambda after: directory.group_organizations_page(account_id, group_id, after, _PAGE)
    )
    members = _first(lambda after: directory.members_page(account_id, group_id, after, _PAGE))

    def lost(holder: Holder) -> int:
        only = (f"group:{group_id}",)
        return sum(via_of(holder, one) == only for one in reached.items)

    account = ports.store.accounts.get(account_id)
    return Losing(
        sum(_comes_in(user) and lost(user) > 0 for user in members.items),
        len(reached.items),
        _losses(ports, who, lost, group_id),
        types_denied_to(account, group_id) if account else (),
        reached.after is None and members.after is None,
    )


def losing_organization(ports: Ports, principal: Principal, organization_id: str) -> Losing:
    """Return who would lose an organization: everybody who reaches it."""
    who = reader(principal, "see who reaches an organization")
    organization = read_organization(ports, principal, organization_id)
    users = _first(lambda after: ports.store.users.page(who.account_id, after, _PAGE))

    def lost(holder: Holder) -> int:
        return int(bool(via_of(holder, organization)))

    return Losing(
        sum(_comes_in(user) and lost(user) > 0 for user in users.items),
        1,
        _losses(ports, who, lost, None),
        (),
        users.after is None,
    )


def _losses(
    ports: Ports, who: Writer, lost: Callable[[Holder], int], group_id: str | None
) -> tuple[Loss, ...] | None:
    """Return what each connection would lose, by the guest's subdomain; None for who sees none."""
    if not _sees_connections(who.principal):
        return None
    now = ports.clock.now()
    live = [pair for pair in ports.store.connections.pairs(who.account_id) if pair.is_live_at(now)]
    ruled = _by_connection(ports, live)
    guests = ports.store.accounts.many(pair.guest_account_id for pair in live)
    found = [
        Loss(
            pair.connection_id,
            guests[pair.guest_account_id].named,
            pair.state,
            pair.maximum_role,
            organizations,
            people,
            organizations > 0 and not _reaches_more(ports, pair, organizations, group_id),
        )
        for pair in live
        for organizations in [lost(pair)]
        for people in [sum(lost(rule) > 0 for rule in ruled.get(pair.connection_id, ()))]
        if organizations or people or group_id in pair.group_ids
    ]
    return tuple(sorted(found, key=lambda one: one.guest.subdomain))


def _reaches_more(ports: Ports, pair: Pair, lost: int, group_id: str | None) -> bool:
    """Say whether a connection reaches anything besides what it would lose."""
    if group_id is not None:
        pair, lost = replace(pair, group_ids=pair.group_ids - {group_id}), 0
    page = ports.store.directory.reach_page(pair.host_account_id, pair, None, lost + 1)
    return len(page.items) > lost


def _by_connection(ports: Ports, live: Iterable[Pair]) -> Mapping[str, Sequence[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in ports.store.connections.rules(pair for pair in live if pair.is_active).values():
        if not rule.denied:
            found.setdefault(rule.connection_id, []).append(rule)
    return found


def _sees_connections(principal: Principal) -> bool:
    if isinstance(principal, Application):
        return ApiScope.CONNECTIONS_READ in principal.key.scopes
    return principal.user.role is Role.ADMINISTRATOR


def _comes_in(user: User) -> bool:
    return user.status is Status.ACTIVE and user.role is not Role.LITE


def _first(read: Callable[[str | None], Page[T]]) -> Page[T]:
    """Return the first of a list, as many as are looked at."""
    items: list[T] = []
    after: str | None = None
    while len(items) < MOST:
        page = read(after)
        items += page.items
        after = page.after
        if after is None:
            break
    return Page(tuple(items), after)
