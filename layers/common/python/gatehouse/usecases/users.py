"""Create, change and remove users of the caller's own account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import EmailTaken, LastAdministrator, NotAllowed, NotFound
from gatehouse.domain.grant import GrantState, Scope, via_of
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status, User
from gatehouse.usecases.changes import (
    Change,
    Claim,
    Dismiss,
    Enrol,
    ListMember,
    Release,
    Remove,
    Save,
    UnlistMember,
)
from gatehouse.usecases.ports import Page, Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import check_scope, prepare_grant, retire_grant, scope_of
from gatehouse.usecases.writers import Writer, check_etag, reader, writer

_ROWS: Final = 90


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be."""

    email: str
    name: str
    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class UserChange:
    """What to change; None leaves a thing as it is."""

    email: str | None = None
    name: str | None = None
    role: Role | None = None
    status: Status | None = None
    group_ids: frozenset[str] | None = None
    organization_ids: frozenset[str] | None = None
    all_organizations: bool | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A user with the direct organizations, as far as the caller may see them."""

    user: User
    group_ids: frozenset[str]
    organization_ids: frozenset[str]


def list_users(
    ports: Ports, principal: Principal, after: str | None, limit: int
) -> Page[Described]:
    """Return the account's users in the order they were created."""
    who = reader(principal, "see users")
    page = ports.store.users.page(who.account_id, after, limit)
    return Page(tuple(_described(ports, who, page.items)), page.after)


def read_user(ports: Ports, principal: Principal, user_id: str) -> Described:
    """Return one user of the account."""
    who = reader(principal, "see users")
    return _described(ports, who, [_own(ports, who, user_id)])[0]


def create_user(ports: Ports, principal: Principal, new: NewUser, keep: Keep) -> Described:
    """Add a person to the account. Their address must be nobody else's in the whole system."""
    who = writer(principal, "create users")
    who.must_not_touch_administrators(new.role)
    _check_gift(ports, who, new.scope.group_ids, new.scope.organization_ids, new.scope)

    def attempt() -> Described:
        fence = check_scope(ports, who.account_id, new.scope, may_be_empty=True)
        user_id = ports.ids.user(who.account_id)
        grant_id, in_force = prepare_grant(
            ports, who.account_id, user_id, new.scope.organization_ids
        )
        user = User(
            account_id=who.account_id,
            user_id=user_id,
            email=new.email,
            name=new.name,
            role=new.role,
            created_at=ports.clock.now(),
            group_ids=new.scope.group_ids,
            grant_id=grant_id,
            all_organizations=new.scope.all_organizations,
        )
        _list(ports, user, user.group_ids)
        result = Described(user, user.group_ids, new.scope.organization_ids)
        ports.store.commit(
            Save(user),
            _claim(user),
            Enrol(user) if user.is_active_administrator else None,
            *in_force,
            fence,
            who.still(),
            who.entry(ports, "user.created", _resource(user), {"role": (None, user.role.value)}),
            keep(result),
        )
        return result

    return settled(attempt)


def change_user(
    ports: Ports,
    principal: Principal,
    user_id: str,
    change: UserChange,
    etag: str | None,
    keep: Keep,
) -> Described:
    """Change a person's name, role, status, address, groups or organizations."""
    who = writer(principal, "change users")

    def attempt() -> Described:
        old = _own(ports, who, user_id)
        check_etag(etag, old.version)
        had = scope_of(ports, who.account_id, old.grant_id)
        role = change.role or old.role
        who.must_not_touch_administrators(old.role, role)
        if change.email is not None and change.email != old.email and not who.is_administrator:
            raise NotAllowed("Only Administrators change e-mail addresses: they lead to sign-in.")
        groups = _merged(who, old.group_ids, change.group_ids)
        organizations = had if change.organization_ids is None else change.organization_ids
        if who.manager is not None and change.organization_ids is not None:
            organizations = _kept(ports, who.manager, had) | change.organization_ids
        everything = (
            old.all_organizations if change.all_organizations is None else change.all_organizations
        )
        scope = Scope(groups, organizations, everything)
        _check_gift(
            ports, who, groups ^ old.group_ids, organizations ^ had, scope, old.all_organizations
        )
        status = change.status or old.status
        reactivated = old.status is not Status.ACTIVE and status is Status.ACTIVE
        if reactivated or role.rank > old.role.rank:
            _check_raise(ports, who, old, had)
        fence = check_scope(
            ports,
            who.account_id,
            Scope(groups - old.group_ids, organizations - had),
            may_be_empty=True,
        )
        grant_id = old.grant_id
        switch: list[Change] = []
        if organizations != had:
            grant_id, switch = prepare_grant(ports, who.account_id, user_id, organizations)
            switch += retire_grant(ports, who.account_id, old.grant_id, GrantState.REPLACED)
        new = replace(
            old,
            email=change.email or old.email,
            name=change.name or old.name,
            role=role,
            status=status,
            group_ids=groups,
            grant_id=grant_id,
            all_organizations=everything,
            version=old.version + 1,
        )
        _list(ports, new, new.group_ids - old.group_ids)
        result = _described(ports, who, [new], {user_id: organizations})[0]
        ports.store.commit(
            Save(new, old),
            *_addresses(old, new),
            *_administration(old, new),
            *switch,
            fence,
            who.still() if who.user and who.user.user_id != user_id else None,
            who.entry(
                ports, "user.changed", _resource(new), _changed(old, new, had, organizations)
            ),
            keep(result),
        )
        _unlist(ports, new, old.group_ids - new.group_ids)
        return result

    return settled(attempt)


def remove_user(
    ports: Ports, principal: Principal, user_id: str, etag: str | None, keep: Keep
) -> None:
    """Delete a person; what they did stays in the log under their name."""
    who = Writer(administrator(principal, "delete users"))

    def attempt() -> None:
        old = _own(ports, who, user_id)
        check_etag(etag, old.version)
        ports.store.commit(
            Remove(old),
            Release("email", old.email, user_id),
            Release("identity", old.identity, user_id) if old.identity else None,
            _dismiss(old) if old.is_active_administrator else None,
            *retire_grant(ports, who.account_id, old.grant_id, GrantState.REPLACED),
            who.still() if who.user and who.user.user_id != user_id else None,
            who.entry(ports, "user.deleted", _resource(old)),
            keep(None),
        )
        _unlist(ports, old, old.group_ids)

    settled(attempt)


def change_membership(
    ports: Ports, principal: Principal, group_id: str, user_id: str, *, member: bool, keep: Keep
) -> None:
    """Put a user into a group or take them out; doing it twice changes nothing."""
    who = writer(principal, "change the members of groups")
    who.must_have_groups({group_id})

    def attempt() -> None:
        if ports.store.directory.group(who.account_id, group_id) is None:
            raise NotFound(f"Your account has no group {group_id}.")
        old = _own(ports, who, user_id)
        who.must_not_touch_administrators(old.role)
        if (group_id in old.group_ids) is member:
            ports.store.commit(keep(None))
            return
        fence = check_scope(ports, who.account_id, Scope(frozenset({group_id})), may_be_empty=True)
        groups = old.group_ids | {group_id} if member else old.group_ids - {group_id}
        new = replace(old, group_ids=groups, version=old.version + 1)
        ports.store.commit(
            Save(new, old),
            ListMember(new, group_id) if member else UnlistMember(new, group_id),
            fence,
            who.still() if who.user and who.user.user_id != user_id else None,
            who.entry(
                ports,
                "group.member_added" if member else "group.member_removed",
                Resource("group", group_id),
                {"user_id": (None, user_id) if member else (user_id, None)},
            ),
            keep(None),
        )

    settled(attempt)


def _own(ports: Ports, who: Writer, user_id: str) -> User:
    user = ports.store.users.get(user_id)
    if user is None or user.account_id != who.account_id:
        raise NotFound(f"Your account has no user {user_id}.")
    return user


def _check_gift(
    ports: Ports,
    who: Writer,
    groups: Iterable[str],
    organizations: Iterable[str],
    scope: Scope,
    had_everything: bool = False,
) -> None:
    who.must_have_groups(groups)
    who.must_reach(ports, organizations)
    if scope.all_organizations is not had_everything:
        who.must_reach_everything("give or take all organizations")


def _check_raise(ports: Ports, who: Writer, user: User, organizations: frozenset[str]) -> None:
    """Refuse a Manager to raise or reactivate somebody who reaches more than the Manager does."""
    manager = who.manager
    if manager is None or manager.reaches_everything:
        return
    if (
        user.all_organizations
        or user.group_ids - manager.group_ids
        or organizations - _seen(ports, manager, organizations)
    ):
        raise NotAllowed(
            f"{user.name} reaches organizations that you do not, so only an Administrator can "
            "raise their role or reactivate them. Ask an Administrator of your account."
        )


def _merged(who: Writer, had: frozenset[str], wanted: frozenset[str] | None) -> frozenset[str]:
    """A Manager replaces only what a Manager sees: the rest of somebody's groups stays."""
    if wanted is None:
        return had
    return wanted if who.manager is None else (had - who.manager.group_ids) | wanted


def _kept(ports: Ports, manager: User, had: frozenset[str]) -> frozenset[str]:
    return had - _seen(ports, manager, had)


def _seen(ports: Ports, manager: User, organization_ids: frozenset[str]) -> frozenset[str]:
    if manager.reaches_everything:
        return organization_ids
    known = ports.store.directory.organizations(manager.account_id, organization_ids)
    return frozenset(id_ for id_, organization in known.items() if via_of(manager, organization))


def _described(
    ports: Ports,
    who: Writer,
    users: Iterable[User],
    known: dict[str, frozenset[str]] | None = None,
) -> list[Described]:
    users = list(users)
    grants = (
        {}
        if known is not None
        else ports.store.grants.many(
            who.account_id, {user.grant_id for user in users if user.grant_id is not None}
        )
    )
    described = []
    for user in users:
        if known is not None:
            organizations = known[user.user_id]
        else:
            grant = grants.get(user.grant_id or "")
            organizations = grant.organization_ids if grant else frozenset()
        groups = user.group_ids
        if who.manager is not None:
            groups &= who.manager.group_ids
            organizations = _seen(ports, who.manager, organizations)
        described.append(Described(user, groups, organizations))
    return described


def _addresses(old: User, new: User) -> list[Change]:
    if new.email == old.email:
        return []
    return [Release("email", old.email, old.user_id), _claim(new)]


def _claim(user: User) -> Claim:
    return Claim(
        "email",
        user.email,
        user.user_id,
        EmailTaken(
            "This e-mail address already belongs to a user. A person has one home account; "
            "use another address, or ask the person."
        ),
    )


def _administration(old: User, new: User) -> list[Change]:
    if old.is_active_administrator is new.is_active_administrator:
        return []
    return [_dismiss(new) if old.is_active_administrator else Enrol(new)]


def _dismiss(user: User) -> Dismiss:
    return Dismiss(
        user,
        LastAdministrator(
            f"{user.name} is the last active Administrator. Make somebody else an Administrator "
            "first."
        ),
    )


def _list(ports: Ports, user: User, group_ids: Iterable[str]) -> None:
    _in_rows(ports, [ListMember(user, group_id) for group_id in sorted(group_ids)])


def _unlist(ports: Ports, user: User, group_ids: Iterable[str]) -> None:
    _in_rows(ports, [UnlistMember(user, group_id) for group_id in sorted(group_ids)])


def _in_rows(ports: Ports, rows: list[Change]) -> None:
    for start in range(0, len(rows), _ROWS):
        ports.store.commit(*rows[start : start + _ROWS])


def _resource(user: User) -> Resource:
    return Resource("user", user.user_id, user.name)


def _changed(
    old: User, new: User, had: frozenset[str], has: frozenset[str]
) -> dict[str, tuple[Any, Any]]:
    pairs: dict[str, tuple[Any, Any]] = {
        "email": (old.email, new.email),
        "name": (old.name, new.name),
        "role": (old.role.value, new.role.value),
        "status": (old.status.value, new.status.value),
        "group_ids": (sorted(old.group_ids), sorted(new.group_ids)),
        "organization_ids": (sorted(had), sorted(has)),
        "all_organizations": (old.all_organizations, new.all_organizations),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
