"""Many writes of the account area as one commit, by the very use cases that write one thing.

A use case reads, decides and commits. Given the ports of a gathering it does the same, but what it
commits is collected, what it reads is what the commit will make of it, and what many of them read
is read at once, ahead. ``flush`` makes one transaction of it: every condition of every use case is
in it, each item once. So a row of an import obeys each rule of an ordinary write, whatever is added
to those, at a thirtieth of the round trips.

A rehearsal collects nothing and writes nothing: it finds out what a write would be answered.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar, cast

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.grant import GrantState
from gatehouse.domain.user import User
from gatehouse.usecases import changes as c
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.reading_ahead import ReadAhead

T = TypeVar("T")
_MOST: Final = 94
"""Items of a transaction, of which DynamoDB takes 100: the job's own take up to four."""
_LISTED: Final = 20
"""More rows of a group's list than these are written beside the transaction, not in it."""
_ROWS: Final = 90
Item = tuple[str, ...]


class Full(Exception):
    """Say that this does not go into the same transaction: flush, and do it again."""


class Gathering:
    """Collect what use cases commit, until it is flushed or dropped.

    ``ports`` are what use cases are given. Nothing here is shared between threads.
    """

    def __init__(self, ports: Ports, account_id: str, *, rehearsal: bool = False) -> None:
        self._real = ports
        self.is_rehearsal = rehearsal
        self._pending: dict[Item, c.Change] = {}
        self._afterwards: list[c.Change] = []
        self.known = ReadAhead(ports, account_id)
        self.ports = cast(Ports, _GatheredPorts(ports, self))

    def clear(self) -> None:
        """Forget what was read and drop what was collected."""
        self._pending, self._afterwards = {}, []
        self.known.clear()

    @property
    def is_empty(self) -> bool:
        return not self._pending and not self._afterwards

    def mark(self) -> tuple[dict[Item, c.Change], list[c.Change]]:
        """Remember what is collected so far."""
        return dict(self._pending), list(self._afterwards)

    def restore(self, mark: tuple[dict[Item, c.Change], list[c.Change]]) -> None:
        """Drop what was collected since. What was learned since stays learned."""
        self._pending, self._afterwards = mark

    def attempt(self, work: Callable[[], T]) -> T:
        """Let a use case work; what it collected goes if it raises. Raises Full."""
        before = self.mark()
        try:
            return work()
        except BaseException:
            self.restore(before)
            raise

    def flush(self, *more: c.Change) -> None:
        """Commit what was collected, and more, at one instant; then forget what was read.

        Raises what the commit raises; nothing is written then, and nothing forgotten.
        """
        self._real.store.commit(*self._pending.values(), *more)
        afterwards = self._afterwards
        self.clear()
        for start in range(0, len(afterwards), _ROWS):
            self._real.store.commit(*afterwards[start : start + _ROWS])

    def commit(self, *changes: c.Change | None) -> None:
        """Collect changes, all of them or, raising Full, none."""
        wanted = [change for change in changes if change is not None]
        if self.is_rehearsal:
            self._expect(wanted)
        elif _only(wanted, c.KeepGrant) and _are_prepared(wanted):
            self._real.store.commit(*wanted)  # nobody has it yet, so it may stand there early
        elif _only(wanted, c.ListMember) and len(wanted) > _LISTED:
            self._real.store.commit(*wanted)  # a row too many is shown to nobody
        elif _only(wanted, c.UnlistMember) and len(wanted) > _LISTED:
            self._afterwards += wanted
        else:
            trial = dict(self._pending)
            for change in wanted:
                _put(trial, change)
            if sum(map(_weight, trial.values())) > _MOST:
                raise Full
            self._pending = trial
        self._learn(wanted)

    def _expect(self, wanted: Iterable[c.Change]) -> None:
        """Raise what the commit would, as far as what was read tells."""
        for change in wanted:
            if isinstance(change, c.Save) and isinstance(change.new, User):
                old = change.replaces
                self.known.seat(old if isinstance(old, User) else None, change.new)
            if isinstance(change, c.Reach):
                organization = self.known.organization(change.organization_id)
                most = self._real.limits.grants_per_organization
                if organization is None or len(organization.groups) >= most:
                    raise change.otherwise or c.LostRace

    def _learn(self, wanted: Iterable[c.Change]) -> None:
        for change in wanted:
            match change:
                case c.Save(new=User() | Group() | Organization() as new):
                    self.known.learn(new)
                case c.Claim("email", name, owner_id):
                    self.known.learn_owner(name, owner_id)
                case c.Release("email", name):
                    self.known.learn_owner(name, None)
                case c.Reach() | c.Unreach():
                    self.known.learn_reach(
                        change.organization_id, change.group_id, isinstance(change, c.Reach)
                    )
                case c.KeepGrant():
                    self.known.learn_grant(change.grant)


def _put(pending: dict[Item, c.Change], change: c.Change) -> None:
    """Put a change to those of a transaction, in which each item stands once."""
    item = _item(change)
    there = pending.get(item)
    if there is None:
        pending[item] = change
    elif _is_check(change):
        # What is saved in the same transaction is held to the version that was read anyway.
        if not isinstance(there, c.Save) and _version(there) != _version(change):
            raise Full
    elif isinstance(change, c.Save) and (isinstance(there, c.Save) or _is_check(there)):
        replaces = there.replaces if isinstance(there, c.Save) else change.replaces
        pending[item] = c.Save(change.new, replaces, change.otherwise)
    elif isinstance(change, c.RequireRemovals) and isinstance(there, c.RequireRemovals):
        if there.count != change.count:
            raise Full
        names = there.names or change.names
        pending[item] = c.RequireRemovals(change.account_id, change.count, names)
    elif there != change or isinstance(change, c.CountAttempt):
        raise Full


def _item(change: c.Change) -> Item:
    """Return what a change is about; two about the same do not go into one transaction as they are."""
    match change:
        case c.Save(new=User(user_id=id_)) | c.RequireAdministrator(user=User(user_id=id_)):
            return "entity", id_
        case c.RequireUnchanged(read=User(user_id=id_)):
            return "entity", id_
        case c.Save(new=Group(group_id=id_)) | c.RequireGroup(group_id=id_):
            return "entity", id_
        case c.Save(new=Organization(organization_id=id_)):
            return "entity", id_
        case c.RequireUnchanged(read=Organization(organization_id=id_)):
            return "entity", id_
        case c.Claim(kind, name) | c.Release(kind, name):
            return "claim", kind, name
        case c.Enrol() | c.Dismiss():
            return ("administrators",)
        case c.ListMember(user, group_id) | c.UnlistMember(user, group_id):
            return "member", group_id, user.user_id
        case c.Reach() | c.Unreach():
            return "entity", change.organization_id
        case c.KeepGrant(grant):
            return "grant", grant.grant_id
        case c.RequireRemovals() | c.RequireNamings():
            return type(change).__name__, change.account_id
        case c.Record(activity):
            return "entry", activity.activity_id
        case c.CountAttempt(account_id, name):
            return "attempts", account_id, name
    return type(change).__name__, repr(change)


def _is_check(change: c.Change) -> bool:
    return isinstance(change, c.RequireAdministrator | c.RequireUnchanged | c.RequireGroup)


def _version(check: c.Change) -> int | None:
    return check.read.version if isinstance(check, c.RequireUnchanged) else None


def _weight(change: c.Change) -> int:
    """Return how many items of a transaction a change takes, at most."""
    return 2 if isinstance(change, c.Reach | c.Unreach) else 1


def _only(changes: list[c.Change], kind: type[Any]) -> bool:
    return bool(changes) and all(isinstance(change, kind) for change in changes)


def _are_prepared(changes: list[Any]) -> bool:
    return all(change.grant.state is GrantState.PREPARING for change in changes)


class _Delegate:
    """Stands before a port: what it does not do itself, that does."""

    def __init__(self, real: Any, gathering: Gathering) -> None:
        self._real = real
        self._gathering = gathering

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _GatheredPorts(_Delegate):
    @property
    def store(self) -> Any:
        return _GatheredStore(self._real.store, self._gathering)


class _GatheredStore(_Delegate):
    @property
    def accounts(self) -> Any:
        return _GatheredAccounts(self._real.accounts, self._gathering)

    @property
    def users(self) -> Any:
        return _GatheredUsers(self._real.users, self._gathering)

    @property
    def directory(self) -> Any:
        return _GatheredDirectory(self._real.directory, self._gathering)

    @property
    def mailings(self) -> Any:
        return _GatheredMailings(self._real.mailings, self._gathering)

    @property
    def grants(self) -> Any:
        return _GatheredGrants(self._real.grants, self._gathering)

    def commit(self, *changes: c.Change | None) -> None:
        self._gathering.commit(*changes)


class _GatheredAccounts(_Delegate):
    def owner(self, kind: str, name: str) -> str | None:
        if kind != "email":
            return cast(str | None, self._real.owner(kind, name))
        return self._gathering.known.owner(name)

    def attempt(self, *what: Any) -> int | None:
        """Count an attempt; a rehearsal is none."""
        if self._gathering.is_rehearsal:
            return None
        return cast(int | None, self._real.attempt(*what))

    def removals(self, account_id: str) -> int:
        return self._gathering.known.count("removals", account_id)

    def namings(self, account_id: str) -> int:
        return self._gathering.known.count("namings", account_id)


class _GatheredMailings(_Delegate):
    def arm(self, *_: Any) -> bool:
        """Hand nothing over: what is queued here is not committed yet, and the sweep's to send."""
        return False


class _GatheredUsers(_Delegate):
    def get(self, user_id: str) -> User | None:
        return self._gathering.known.user(user_id)

    def many(self, user_ids: Iterable[str]) -> Mapping[str, User]:
        return self._gathering.known.users(user_ids)


class _GatheredDirectory(_Delegate):
    def group(self, account_id: str, group_id: str) -> Group | None:
        return self.groups(account_id, [group_id]).get(group_id)

    def groups(self, _account_id: str, group_ids: Iterable[str]) -> Mapping[str, Group]:
        return self._gathering.known.groups(group_ids)

    def organization(self, _account_id: str, organization_id: str) -> Organization | None:
        return self._gathering.known.organization(organization_id)

    def organizations(
        self, _account_id: str, organization_ids: Iterable[str]
    ) -> Mapping[str, Organization]:
        return self._gathering.known.organizations(organization_ids)


class _GatheredGrants(_Delegate):
    def get(self, account_id: str, grant_id: str) -> Any:
        return self.many([(account_id, grant_id)]).get(grant_id)

    def many(self, keys: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
        return self._gathering.known.grants(keys)

    def spread(self, grant: Any) -> None:
        if not self._gathering.is_rehearsal:
            self._real.spread(grant)

    def gather(self, grant: Any) -> None:
        """Leave it to the sweep: what replaces this grant is not committed yet."""
