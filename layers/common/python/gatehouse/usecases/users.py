"""Create, change and remove users of the caller's own account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import NotAllowed
from gatehouse.domain.grant import GrantState, Scope
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status, User
from gatehouse.usecases.addresses import claim, moved, must_be_free
from gatehouse.usecases.administrators import administration, dismiss
from gatehouse.usecases.changes import Change, Enrol, Release, Remove, Save
from gatehouse.usecases.invite_user import (
    added_by,
    in_outbox,
    invited,
    invited_at_new_address,
    told,
)
from gatehouse.usecases.memberships import list_under, own_user, unlist_from
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import check_scope, prepare_grant, retire_grant, scope_of, tidy_up
from gatehouse.usecases.writers import Writer, check_etag, reader, writer


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be; ``send_invitation`` mails them a link to sign in."""

    email: str
    name: str
    role: Role
    scope: Scope
    send_invitation: bool = True


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
    return Page(tuple(described(ports, who, page.items)), page.after)


def read_user(ports: Ports, principal: Principal, user_id: str) -> Described:
    """Return one user of the account."""
    who = reader(principal, "see users")
    return described(ports, who, [own_user(ports, who, user_id)])[0]


def must_be_able_to_create(ports: Ports, principal: Principal, new: NewUser) -> Writer:
    """Refuse whoever may not add this user, or may not any more."""
    who = writer(principal, "create users")
    who.must_not_touch_administrators(new.role)
    who.must_be_able_to_give(ports, new.scope)
    return who


def create_user(ports: Ports, principal: Principal, new: NewUser, keep: Keep) -> Described:
    """Add a person to the account. Their address must be nobody else's in the whole system."""
    who = must_be_able_to_create(ports, principal, new)

    def attempt() -> tuple[Described, Mailing | None]:
        fence = check_scope(ports, who.account_id, new.scope, may_be_empty=True)
        must_be_free(ports, new.email)
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
            added_by=added_by(principal),
        )
        mail: Mailing | None = None
        if new.send_invitation:
            user, mail = invited(ports, user, principal)
        list_under(ports, user, user.group_ids)
        result = Described(user, user.group_ids, new.scope.organization_ids)
        given = {"role": user.role.value, "invited": mail is not None, **new.scope.parts}
        ports.store.commit(
            Save(user),
            claim(user),
            Enrol(user) if user.is_active_administrator else None,
            *in_force,
            fence,
            *in_outbox(ports, user, mail),
            who.still(),
            who.entry(
                ports, "user.created", _resource(user), {k: (None, v) for k, v in given.items()}
            ),
            keep(result),
        )
        return result, mail

    return told(ports, *settled(attempt))


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

    def attempt() -> tuple[Described, Mailing | None]:
        old = own_user(ports, who, user_id)
        check_etag(etag, old.version)
        had = scope_of(ports, who.account_id, old.grant_id)
        role = change.role or old.role
        who.must_not_touch_administrators(old.role, role)
        if change.email is not None and change.email != old.email and not who.is_administrator:
            raise NotAllowed("Only Administrators change e-mail addresses: they lead to sign-in.")
        if change.email is not None and change.email != old.email:
            must_be_free(ports, change.email)
        groups = who.merged_groups(old.group_ids, change.group_ids)
        organizations = who.merged_organizations(ports, had, change.organization_ids)
        everything = (
            old.all_organizations if change.all_organizations is None else change.all_organizations
        )
        who.must_be_able_to_give(
            ports,
            Scope(
                groups ^ old.group_ids, organizations ^ had, everything is not old.all_organizations
            ),
        )
        status = change.status or old.status
        reactivated = old.status is not Status.ACTIVE and status is Status.ACTIVE
        if reactivated or role.rank > old.role.rank:
            who.must_reach_as_far_as(ports, old, had)
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
            session_epoch=old.session_epoch + (status is not old.status),
            version=old.version + 1,
        )
        new, mail = invited_at_new_address(ports, old, new, principal)
        list_under(ports, new, new.group_ids - old.group_ids)
        result = described(ports, who, [new], {user_id: organizations})[0]
        ports.store.commit(
            Save(new, old),
            *moved(old, new),
            *administration(old, new),
            *switch,
            fence,
            *in_outbox(ports, new, mail),
            who.still(old),
            who.entry(
                ports, "user.changed", _resource(new), _changed(old, new, had, organizations)
            ),
            keep(result),
        )
        unlist_from(ports, new, old.group_ids - new.group_ids)
        tidy_up(ports, switch)
        if new.session_epoch != old.session_epoch:
            ports.store.sessions.clear(user_id, new.session_epoch)
        return result, mail

    return told(ports, *settled(attempt))


def remove_user(
    ports: Ports, principal: Principal, user_id: str, etag: str | None, keep: Keep
) -> None:
    """Delete a person; what they did stays in the log under their name."""
    who = Writer(administrator(principal, "delete users"))

    def attempt() -> None:
        old = own_user(ports, who, user_id)
        check_etag(etag, old.version)
        ports.store.commit(
            Remove(old),
            Release("email", old.email, user_id),
            Release("identity", old.identity, user_id) if old.identity else None,
            dismiss(old) if old.is_active_administrator else None,
            *retire_grant(ports, who.account_id, old.grant_id, GrantState.REPLACED),
            who.still(old),
            who.entry(ports, "user.deleted", _resource(old)),
            keep(None),
        )
        unlist_from(ports, old, old.group_ids)
        ports.store.sessions.clear(user_id, None)

    settled(attempt)


def described(
    ports: Ports,
    who: Writer,
    users: Iterable[User],
    known: dict[str, frozenset[str]] | None = None,
) -> list[Described]:
    """Add to users their direct organizations; leave out what the reader does not see."""
    users = list(users)
    grants = (
        {}
        if known is not None
        else ports.store.grants.many(
            {(who.account_id, user.grant_id) for user in users if user.grant_id is not None}
        )
    )
    found = []
    for user in users:
        if known is not None:
            organizations = known[user.user_id]
        else:
            grant = grants.get(user.grant_id or "")
            organizations = grant.organization_ids if grant else frozenset()
        groups = user.group_ids
        if who.manager is not None:
            groups &= who.manager.group_ids
            organizations = who.seen(ports, organizations)
        found.append(Described(user, groups, organizations))
    return found


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
