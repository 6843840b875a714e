"""Load one company of a world, in a few large transactions.

Idempotent by subdomain: what is there already (a user by address, a group or an organization by
name) keeps its id, what is missing is added. A world may be such as no use case would make it, say
a company without an Administrator, and have thousands of everything; so the loader commits the same
changes that use cases commit, many at once.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final, TypeVar

from gatehouse.domain import secrets
from gatehouse.domain.account import Account
from gatehouse.domain.activity import SYSTEM, Activity, Category, Outcome, Resource
from gatehouse.domain.api_key import ApiKey, ApiScope
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.errors import EmailTaken
from gatehouse.domain.pages import every
from gatehouse.domain.seats import NO_PLAN
from gatehouse.domain.user import User
from gatehouse.usecases.account import USUAL_LIFETIME
from gatehouse.usecases.changes import (
    Change,
    Claim,
    Enrol,
    ListMember,
    Reach,
    Record,
    Save,
    SetPlan,
)
from gatehouse.usecases.ports import Ports
from local.world import WantedAccount, WantedUser

T = TypeVar("T")
IdentityOf = Callable[[str], str]
_AT_ONCE: Final = 40  # changes a transaction; DynamoDB takes 100 items, and a change is one or two
_SIDE_BY_SIDE: Final = 8
_PAGE: Final = 200


class AccountLoader:
    """Bring one account to where the world wants it."""

    def __init__(
        self,
        ports: Ports,
        identity_of: IdentityOf,
        wanted: WantedAccount,
        threads: int = _SIDE_BY_SIDE,
    ) -> None:
        self._ports = ports
        self._store = ports.store
        self._identity_of = identity_of
        self._wanted = wanted
        self._threads = threads
        self._now = ports.clock.now()

    def load(self) -> dict[str, Any]:
        """Load and return the account's tree with ids."""
        account = self._account()
        self._account_id = account.account_id
        organizations = self._organizations()
        groups = self._groups()
        self._reach(groups, organizations)
        users = self._users(groups)
        self._plan()
        return {
            "account_id": account.account_id,
            "subdomain": account.subdomain,
            "name": account.name,
            "region": account.region.value,
            "api_key": self._api_key(),
            "users": [
                {"user_id": u.user_id, "email": u.email, "name": u.name, "role": u.role.value}
                for u in users
            ],
            "groups": [
                {
                    "group_id": group.group_id,
                    "name": group.name,
                    "members": list(wanted.members),
                    "organizations": list(wanted.organizations),
                }
                for wanted, group in zip(self._wanted.groups, groups, strict=True)
            ],
            "organizations": [
                {"organization_id": o.organization_id, "name": o.name} for o in organizations
            ],
        }

    def _account(self) -> Account:
        subdomain = self._wanted.subdomain
        account_id = self._store.accounts.owner("subdomain", subdomain)
        found = self._store.accounts.get(account_id) if account_id else None
        if found is not None:
            return found
        account = Account(
            account_id=self._ports.ids.account(),
            subdomain=subdomain,
            name=self._wanted.name,
            region=self._wanted.region,
            invitation_expires_in_days=USUAL_LIFETIME,
            created_at=self._now,
        )
        entry = Activity(
            account_id=account.account_id,
            activity_id=self._ports.ids.new("act"),
            time=self._now,
            category=Category.DIRECTORY,
            action="account.created",
            outcome=Outcome.DONE,
            actor=SYSTEM,
            resource=Resource("account", account.account_id, account.name),
        )
        self._store.commit(
            Save(account),
            Claim("subdomain", subdomain, account.account_id),
            Record(entry),
        )
        return account

    def _plan(self) -> None:
        """Set the plan last: who is in a world is in, however few seats it gives."""
        known, wanted = self._store.seats.get(self._account_id).plan, self._wanted.plan
        if wanted not in {known, NO_PLAN}:
            self._store.commit(SetPlan(self._account_id, wanted, known))

    def _organizations(self) -> list[Organization]:
        directory = self._store.directory
        there = _by_name(
            every(lambda after: directory.organizations_page(self._account_id, after, _PAGE))
        )
        ids: dict[str, str] = {}
        loaded: list[Organization] = []
        new: list[Organization] = []
        for wanted in self._wanted.organizations:
            known = there[wanted.name]
            if known:
                organization = known.pop(0)
            else:
                organization = Organization(
                    account_id=self._account_id,
                    organization_id=self._ports.ids.new("org"),
                    name=wanted.name,
                    parent_id=None,
                    created_at=self._now,
                )
                new.append(organization)
            ids.setdefault(wanted.name, organization.organization_id)
            loaded.append(organization)
        parents = {
            organization.organization_id: ids[wanted.parent]
            for wanted, organization in zip(self._wanted.organizations, loaded, strict=True)
            if wanted.parent is not None
        }
        self._commit_each(Save(replace(o, parent_id=parents.get(o.organization_id))) for o in new)
        return loaded

    def _groups(self) -> list[Group]:
        directory = self._store.directory
        there = _by_name(every(lambda after: directory.groups_page(self._account_id, after, _PAGE)))
        loaded: list[Group] = []
        new: list[Group] = []
        for wanted in self._wanted.groups:
            known = there[wanted.name]
            if known:
                loaded.append(known.pop(0))
            else:
                group_id = self._ports.ids.new("grp")
                new.append(Group(self._account_id, group_id, wanted.name, "", self._now))
                loaded.append(new[-1])
        self._commit([Save(group)] for group in new)
        return loaded

    def _reach(self, groups: Sequence[Group], organizations: Sequence[Organization]) -> None:
        """Let groups reach organizations; one transaction touches an organization once."""
        first = {o.name: o for o in reversed(organizations)}
        rounds: dict[int, list[Change]] = defaultdict(list)
        missing: dict[str, int] = defaultdict(int)
        for wanted, group in zip(self._wanted.groups, groups, strict=True):
            for name in dict.fromkeys(wanted.organizations):
                organization = first[name]
                if group.group_id not in organization.groups:
                    id_ = organization.organization_id
                    rounds[missing[id_]].append(Reach(self._account_id, group.group_id, id_))
                    missing[id_] += 1
        for changes in rounds.values():
            self._commit([change] for change in changes)

    def _users(self, groups: Sequence[Group]) -> list[User]:
        group_ids: dict[str, set[str]] = defaultdict(set)
        for wanted_group, group in zip(self._wanted.groups, groups, strict=True):
            for member in wanted_group.members:
                group_ids[member].add(group.group_id)
        users = self._store.users
        there = {
            u.email: u for u in every(lambda after: users.page(self._account_id, after, _PAGE))
        }
        loaded: list[User] = []
        together: list[list[Change]] = []
        for wanted in self._wanted.users:
            old = there.get(wanted.email)
            new = self._user(wanted, old, frozenset(group_ids[wanted.email]))
            loaded.append(new)
            if new == old:
                continue
            there[wanted.email] = new
            joined = new.group_ids - (old.group_ids if old else frozenset())
            changes: list[Change] = [Save(new, old)]
            changes += [ListMember(new, group_id) for group_id in sorted(joined)]
            taken = EmailTaken(f"{new.email} is a user of another account already.")
            if old is None:
                changes.append(Claim("email", new.email, new.user_id, taken))
            if new.identity and (old is None or old.identity is None):
                changes.append(Claim("identity", new.identity, new.user_id, taken))
            if old is None and new.is_active_administrator:
                self._store.commit(*changes, Enrol(new))  # each changes the account's one list
            else:
                together.append(changes)
        self._commit(together)
        return loaded

    def _user(self, wanted: WantedUser, old: User | None, group_ids: frozenset[str]) -> User:
        identity = self._identity_of(wanted.email)
        if old is None:
            return User(
                account_id=self._account_id,
                user_id=self._ports.ids.user(self._account_id),
                email=wanted.email,
                name=wanted.name,
                role=wanted.role,
                created_at=self._now,
                group_ids=group_ids,
                identity=identity,
            )
        if old.identity is not None and group_ids <= old.group_ids:
            return old
        return replace(
            old,
            group_ids=old.group_ids | group_ids,
            identity=old.identity or identity,
            version=old.version + 1,
        )

    def _api_key(self) -> str:
        text = secrets.ApiKeyText(
            self._account_id, self._ports.ids.api_key(), self._ports.ids.token()
        )
        key = ApiKey.new(
            self._account_id,
            text.api_key_id,
            "Local",
            frozenset(ApiScope),
            secrets.hash_of(text.secret),
            self._now,
        )
        self._store.commit(Save(key))
        return text.text

    def _commit_each(self, changes: Iterable[Change]) -> None:
        """Commit in a transaction each, side by side, what counts itself in one common item."""
        with ThreadPoolExecutor(self._threads) as threads:
            deque(threads.map(self._store.commit, changes), maxlen=0)

    def _commit(self, groups_of_changes: Iterable[list[Change]]) -> None:
        """Commit in transactions of bounded size; what belongs together stays together."""
        batch: list[Change] = []
        for changes in groups_of_changes:
            if batch and len(batch) + len(changes) > _AT_ONCE:
                self._store.commit(*batch)
                batch = []
            batch += changes
        if batch:
            self._store.commit(*batch)


def _by_name(things: Iterable[Any]) -> dict[str, list[Any]]:
    named: dict[str, list[Any]] = defaultdict(list)
    for thing in things:
        named[thing.name].append(thing)
    return named
