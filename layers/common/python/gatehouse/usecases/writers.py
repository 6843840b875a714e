"""Who may write the directory, and how far: Administrators wholly, Managers within their reach.

A Manager gives nobody more than the Manager has: no role above Manager, no group the Manager is
not in, no organization the Manager does not reach. A key with ``directory:write`` acts for the
whole account but never makes or touches an Administrator.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.activity import Category, Resource
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import Contended, EtagStale, NotAllowed, NotFound
from gatehouse.domain.grant import Scope, via_of
from gatehouse.domain.principal import Application, Person, Principal, with_scope
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, Record, RequireAdministrator, RequireUnchanged
from gatehouse.usecases.entries import done
from gatehouse.usecases.ports import Ports

_OTHERWISE: Final = (
    "Your own user was changed while this was done, so it is not certain that you may. "
    "Nothing was written; try again."
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who may read and write the directory, with the limits of their role."""

    principal: Principal

    @property
    def account_id(self) -> str:
        return self.principal.account_id

    @property
    def user(self) -> User | None:
        return self.principal.user if isinstance(self.principal, Person) else None

    @property
    def is_administrator(self) -> bool:
        return self.user is not None and self.user.role is Role.ADMINISTRATOR

    @property
    def manager(self) -> User | None:
        """Return the user whose own reach limits this writer; None if nothing does."""
        return self.user if self.user is not None and not self.is_administrator else None

    def touches(self, *roles: Role) -> bool:
        """Say whether the writer may make, change or remove users of these roles."""
        return self.is_administrator or Role.ADMINISTRATOR not in roles

    def must_not_touch_administrators(self, *roles: Role) -> None:
        """Refuse to make, change or remove an Administrator unless the writer is one."""
        if not self.touches(*roles):
            raise NotAllowed(
                "Only Administrators make, change or remove Administrators. "
                "Ask an Administrator of your account."
            )

    def must_have_groups(self, group_ids: Iterable[str]) -> None:
        """Refuse groups that the Manager does not belong to; they are not even there for them."""
        if self.manager is None:
            return
        for group_id in sorted(set(group_ids) - self.manager.group_ids):
            raise NotFound(
                f"You belong to no group {group_id}. Managers work with their own groups."
            )

    def must_reach(self, ports: Ports, organization_ids: frozenset[str]) -> None:
        """Refuse organizations that the Manager does not reach."""
        for organization_id in sorted(organization_ids - self.seen(ports, organization_ids)):
            raise NotFound(
                f"You reach no organization {organization_id}. "
                "Managers give only what they reach themselves."
            )

    def seen(self, ports: Ports, organization_ids: frozenset[str]) -> frozenset[str]:
        """Return those of the organizations that the writer reaches."""
        manager = self.manager
        if manager is None or manager.reaches_everything:
            return organization_ids
        known = ports.store.directory.organizations(self.account_id, organization_ids)
        return frozenset(id_ for id_, found in known.items() if via_of(manager, found))

    def must_be_able_to_give(self, ports: Ports, gift: Scope) -> None:
        """Refuse to give (or take) what the writer does not have; ``gift`` is what changes."""
        if self.manager is None:
            return
        lacking = (gift.group_ids - self.manager.group_ids) | (
            gift.organization_ids - self.seen(ports, gift.organization_ids)
        )
        if lacking:
            raise NotAllowed(
                f"You do not have {', '.join(sorted(lacking))} yourself. Managers give and take "
                "only what they have. Ask an Administrator of your account."
            )
        if gift.all_organizations:
            self.must_reach_everything("give or take all organizations")

    def must_reach_as_far_as(
        self, ports: Ports, user: User, organization_ids: frozenset[str]
    ) -> None:
        """Refuse a Manager to raise or reactivate somebody who reaches more than the Manager."""
        manager = self.manager
        if manager is None or manager.reaches_everything:
            return
        if (
            user.all_organizations
            or user.group_ids - manager.group_ids
            or organization_ids - self.seen(ports, organization_ids)
        ):
            raise NotAllowed(
                f"{user.name} reaches organizations that you do not, so only an Administrator can "
                "raise their role or reactivate them. Ask an Administrator of your account."
            )

    def merged_groups(self, had: frozenset[str], wanted: frozenset[str] | None) -> frozenset[str]:
        """Replace somebody's groups; a Manager replaces only what a Manager sees."""
        if wanted is None:
            return had
        return wanted if self.manager is None else (had - self.manager.group_ids) | wanted

    def merged_organizations(
        self, ports: Ports, had: frozenset[str], wanted: frozenset[str] | None
    ) -> frozenset[str]:
        """Replace somebody's organizations; a Manager replaces only what a Manager sees."""
        return had if wanted is None else (had - self.seen(ports, had)) | wanted

    def must_reach_everything(self, doing: str) -> None:
        """Refuse what takes all organizations."""
        if self.manager is not None and not self.manager.reaches_everything:
            raise NotAllowed(
                f"Only Administrators, and Managers with all organizations, may {doing}. "
                "Ask an Administrator of your account."
            )

    def still(self, changed: User | None = None) -> Change | None:
        """Return what holds the write to the writer's rights at that very moment.

        ``changed`` is the user being written, as read: of the writer's own it is looked at here,
        because a transaction takes an item once, and the write itself holds it to that reading.
        """
        if isinstance(self.principal, Application):
            return RequireUnchanged(
                self.principal.key,
                NotAllowed("This API key was changed or revoked meanwhile. Nothing was written."),
            )
        user = self.principal.user
        if changed is not None and changed.user_id == user.user_id:
            if _rights(changed) != _rights(user):
                raise Contended(_OTHERWISE)
            return None
        if self.is_administrator:
            return RequireAdministrator(user)
        return RequireUnchanged(user, Contended(_OTHERWISE))

    def entry(
        self,
        ports: Ports,
        action: str,
        resource: Resource,
        changes: dict[str, tuple[object, object]] | None = None,
        *,
        category: Category = Category.DIRECTORY,
        organization_id: str | None = None,
    ) -> Record:
        """Return the log entry of a change to the directory."""
        return done(
            ports,
            self.principal,
            action,
            resource,
            category=category,
            organization_id=organization_id,
            changes=changes,
        )


def reader(principal: Principal, doing: str) -> Writer:
    """Return who may read users and groups: Administrators, Managers, keys that may."""
    if isinstance(principal, Application):
        return Writer(with_scope(principal, ApiScope.DIRECTORY_READ, doing))
    return _manager_or_higher(principal, doing)


def writer(principal: Principal, doing: str) -> Writer:
    """Return who may write the directory: Administrators, Managers, keys that may."""
    if isinstance(principal, Application):
        return Writer(with_scope(principal, ApiScope.DIRECTORY_WRITE, doing))
    return _manager_or_higher(principal, doing)


def check_etag(expected: str | None, version: int) -> None:
    """Refuse a write on a version that is no longer the stored one."""
    if expected is not None and expected not in {str(version), "*"}:
        raise EtagStale("This changed since you read it. Read it again and repeat your change.")


def _rights(user: User) -> tuple[object, ...]:
    return user.role, user.status, user.group_ids, user.grant_id, user.all_organizations


def _manager_or_higher(person: Person, doing: str) -> Writer:
    if not person.user.role.reaches(Role.MANAGER):
        raise NotAllowed(
            f"Only Administrators and Managers may {doing}; your role is "
            f"{person.user.role.label}. Ask an Administrator of your account."
        )
    return Writer(person)
