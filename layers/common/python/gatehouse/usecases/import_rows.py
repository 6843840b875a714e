"""From a row of a sheet to what has to be done for it: nothing, if all is as it says already.

What is done is done by the use cases of the account area, with their rules; a row only finds out
which one is meant, and what differs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.grant import Scope
from gatehouse.domain.ids import home_account_of, is_id
from gatehouse.domain.pages import every
from gatehouse.domain.principal import Person
from gatehouse.domain.sheet import (
    Cause,
    FaultFound,
    GroupRow,
    OrganizationRow,
    Row,
    SheetKind,
    UserRow,
)
from gatehouse.domain.user import Status, User
from gatehouse.usecases.groups import GroupChange, change_group, change_reach, create_group
from gatehouse.usecases.memberships import change_membership
from gatehouse.usecases.organizations import (
    UNCHANGED,
    OrganizationChange,
    change_organization,
    create_organization,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.users import NewUser, UserChange, change_user, create_user, described
from gatehouse.usecases.writers import Writer

T = TypeVar("T")
_PAGE: Final = 200
_REPAIR_ID: Final = "Use the id instead of the name; exports and lists have it."


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do, and whom and what it is going to read."""

    do: Callable[[Ports, Person], object]
    user_ids: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a row comes to: ``created``, ``changed`` or ``left``, and what is to do for it."""

    outcome: str
    acts: Sequence[Act] = ()


@dataclass
class Names:
    """Which groups and organizations have a name; a Manager knows the names of their own groups."""

    groups: Mapping[str, list[str]]
    organizations: dict[str, list[str]]

    @classmethod
    def read(cls, ports: Ports, who: Writer, kind: SheetKind) -> "Names":
        """Read the names that the rows of a kind may use."""
        groups = defaultdict(list)
        if kind is not SheetKind.ORGANIZATIONS:
            for group_id, name in ports.store.directory.group_names(who.account_id):
                if who.manager is None or group_id in who.manager.group_ids:
                    groups[name].append(group_id)
        organizations = defaultdict(list)
        for organization_id, name in ports.store.directory.organization_names(who.account_id):
            organizations[name].append(organization_id)
        return cls(groups, organizations)

    def group(self, text: str, column: str) -> str:
        """Return the group of a name or id. Raises FaultFound."""
        return text if is_id(text, "grp") else self._one(self.groups, text, "group", column)

    def organization(self, text: str, column: str) -> str:
        """Return the organization of a name or id. Raises FaultFound."""
        if is_id(text, "org"):
            return text
        return self._one(self.organizations, text, "organization", column)

    def rename(self, old: Organization, new: Organization) -> None:
        """Let later rows know an organization by its new name alone, as a later start would."""
        if old.name != new.name:
            rest = [one for one in self.organizations[old.name] if one != old.organization_id]
            self.organizations[old.name] = rest
            self.organizations.setdefault(new.name, []).append(new.organization_id)

    @staticmethod
    def _one(known: Mapping[str, list[str]], text: str, what: str, column: str) -> str:
        found = known.get(text, [])
        if not found:
            raise FaultFound(
                Cause.UNKNOWN,
                f"There is no {what} called {text}.",
                f"Correct the name, or import the {what} first.",
                column,
            )
        if len(found) > 1:
            raise FaultFound(
                Cause.AMBIGUOUS, f"{len(found)} {what}s are called {text}.", _REPAIR_ID, column
            )
        return found[0]


def plan(ports: Ports, person: Person, row: Row, names: Names, *, invites: bool = False) -> Plan:
    """Say what a row comes to; ``invites`` mails new users a link to sign in.

    Raises FaultFound, or what a use case refuses with.
    """
    match row:
        case UserRow():
            return _user(ports, person, row, names, invites)
        case GroupRow():
            return _group(ports, person, row, names)
        case OrganizationRow():
            return _organization(ports, row, names, person.account_id)


# ---- users


def _user(ports: Ports, person: Person, row: UserRow, names: Names, invites: bool) -> Plan:
    old = _meant_user(ports, person, row)
    groups = _ids(row.groups, names.group, "groups", ports.limits.group_ids)
    organizations = _ids(
        row.organizations, names.organization, "organizations", ports.limits.organization_ids
    )
    if old is None:
        new = replace(_new_user(row, groups, organizations), send_invitation=invites)
        return Plan(
            "created", [Act(lambda ports, person: create_user(ports, person, new, no_receipt))]
        )
    (now,) = described(ports, Writer(person), [old])
    change = UserChange(
        email=_other(row.email, old.email),
        name=_other(row.name, old.name),
        role=_other(row.role, old.role),
        status=_other(row.status, old.status),
        group_ids=_other(groups, now.group_ids),
        organization_ids=_other(organizations, now.organization_ids),
        all_organizations=_other(row.all_organizations, old.all_organizations),
    )
    if change == UserChange():
        return Plan("left")
    if old.user_id == person.user.user_id and change != UserChange(name=change.name):
        raise FaultFound(
            Cause.OWN_ROW,
            "This row changes your own rights or address, which could stop the import half-way.",
            "Change yourself on your page, or let another Administrator do it; leave the row out.",
            "email",
        )
    user_id = old.user_id
    return Plan(
        "changed",
        [Act(lambda ports, person: change_user(ports, person, user_id, change, None, no_receipt))],
    )


def _meant_user(ports: Ports, person: Person, row: UserRow) -> User | None:
    if row.user_id is not None:
        user = ports.store.users.get(row.user_id)
        if user is None or user.account_id != person.account_id:
            raise FaultFound(
                Cause.UNKNOWN,
                "Your account has no user with this id.",
                "Correct the id, or leave the cell empty to go by the e-mail address.",
                "user_id",
            )
        return user
    user_id = ports.store.accounts.owner("email", row.email or "")
    # Somebody else's user is not looked at: that the address is taken is all that is told.
    if user_id is None or home_account_of(user_id) != person.account_id:
        return None
    return ports.store.users.get(user_id)


def _new_user(
    row: UserRow, groups: frozenset[str] | None, organizations: frozenset[str] | None
) -> NewUser:
    for column, value in (("email", row.email), ("name", row.name), ("role", row.role)):
        if value is None:
            raise FaultFound(
                Cause.EMPTY, f"A new user needs a {column}.", f"Enter the {column}.", column
            )
    if row.status is Status.DEACTIVATED:
        raise FaultFound(
            Cause.VALUE,
            "A new user is active.",
            "Leave the row out, or the cell empty.",
            "status",
        )
    assert row.email is not None
    assert row.name is not None
    assert row.role is not None
    scope = Scope(groups or frozenset(), organizations or frozenset(), bool(row.all_organizations))
    return NewUser(row.email, row.name, row.role, scope)


# ---- groups


def _group(ports: Ports, person: Person, row: GroupRow, names: Names) -> Plan:
    account_id = person.account_id
    old = _meant_group(ports, account_id, row, names)
    wanted = _ids(row.organizations, names.organization, "organizations", None)
    members = None if row.members is None else _members(ports, account_id, row.members)
    acts: list[Act] = []
    of: list[str] = []
    if old is None:
        name, description = row.name or "", row.description or ""

        def create(ports: Ports, person: Person) -> None:
            of[:] = [create_group(ports, person, name, description, no_receipt).group_id]

        acts.append(Act(create))
    else:
        of.append(old.group_id)
        change = GroupChange(_other(row.name, old.name), _other(row.description, old.description))
        if change != GroupChange():
            acts.append(
                Act(lambda ports, who: change_group(ports, who, of[0], change, None, no_receipt))
            )
    leaving: frozenset[str] = frozenset()
    if members is not None:
        had = _member_ids(ports, account_id, of)
        acts += [_membership(of, user_id, member=True) for user_id in sorted(members - had)]
        leaving = had - members
    if wanted is not None:
        had = _organization_ids(ports, account_id, of)
        acts += [_reach(of, one, reached=False) for one in sorted(had - wanted)]
        acts += [_reach(of, one, reached=True) for one in sorted(wanted - had)]
    # A Manager who takes themselves out of the group can do no more with it, so that comes last.
    last = sorted(leaving, key=lambda user_id: (user_id == person.user.user_id, user_id))
    acts += [_membership(of, user_id, member=False) for user_id in last]
    if old is None:
        return Plan("created", acts)
    return Plan("changed" if acts else "left", acts)


def _meant_group(ports: Ports, account_id: str, row: GroupRow, names: Names) -> Group | None:
    group_id = row.group_id
    if group_id is None:
        if not names.groups.get(row.name or ""):
            return None
        group_id = names.group(row.name or "", "name")
    group = ports.store.directory.group(account_id, group_id)
    if group is None or all(group_id not in ids for ids in names.groups.values()):
        raise FaultFound(
            Cause.UNKNOWN,
            "Your account has no group with this id.",
            "Correct the id, or leave the cell empty to go by the name.",
            "group_id",
        )
    return group


def _members(ports: Ports, account_id: str, wanted: Iterable[str]) -> frozenset[str]:
    found = set()
    for text in wanted:
        user_id = text if is_id(text, "usr") else ports.store.accounts.owner("email", text)
        user = ports.store.users.get(user_id) if user_id is not None else None
        # An address of another account's user is answered like one of nobody.
        if user is None or user.account_id != account_id:
            raise FaultFound(
                Cause.UNKNOWN,
                f"Your account has no user {text}.",
                "Correct the address, or import the user first.",
                "members",
            )
        found.add(user.user_id)
    return frozenset(found)


def _member_ids(ports: Ports, account_id: str, of: Sequence[str]) -> frozenset[str]:
    if not of:
        return frozenset()
    read = ports.store.directory.members_page
    members = every(lambda after: read(account_id, of[0], after, _PAGE))
    return frozenset(user.user_id for user in members)


def _organization_ids(ports: Ports, account_id: str, of: Sequence[str]) -> frozenset[str]:
    if not of:
        return frozenset()
    read = ports.store.directory.group_organizations_page
    reached = every(lambda after: read(account_id, of[0], after, _PAGE))
    return frozenset(organization.organization_id for organization in reached)


def _membership(of: Sequence[str], user_id: str, *, member: bool) -> Act:
    def do(ports: Ports, person: Person) -> None:
        change_membership(ports, person, of[0], user_id, member=member, keep=no_receipt)

    return Act(do, user_ids=(user_id,))


def _reach(of: Sequence[str], organization_id: str, *, reached: bool) -> Act:
    def do(ports: Ports, person: Person) -> None:
        change_reach(ports, person, of[0], organization_id, reached=reached, keep=no_receipt)

    return Act(do, organization_ids=(organization_id,))


# ---- organizations


def _organization(ports: Ports, row: OrganizationRow, names: Names, account_id: str) -> Plan:
    old = _meant_organization(ports, account_id, row, names)
    parent_id = names.organization(row.parent, "parent") if row.parent else None
    if old is None:
        name = row.name or ""

        def create(ports: Ports, person: Person) -> None:
            new = create_organization(ports, person, name, parent_id, no_receipt)
            names.organizations[name] = [new.organization_id]

        return Plan("created", [Act(create)])
    change = OrganizationChange(
        _other(row.name, old.name),
        UNCHANGED if row.parent is None or parent_id == old.parent_id else parent_id,
    )
    if change == OrganizationChange():
        return Plan("left")

    def alter(ports: Ports, person: Person) -> None:
        new = change_organization(ports, person, old.organization_id, change, None, no_receipt)
        names.rename(old, new)

    return Plan("changed", [Act(alter)])


def _meant_organization(
    ports: Ports, account_id: str, row: OrganizationRow, names: Names
) -> Organization | None:
    organization_id = row.organization_id
    if organization_id is None:
        if not names.organizations.get(row.name or ""):
            return None
        organization_id = names.organization(row.name or "", "name")
    organization = ports.store.directory.organization(account_id, organization_id)
    if organization is None:
        raise FaultFound(
            Cause.UNKNOWN,
            "Your account has no organization with this id.",
            "Correct the id, or leave the cell empty to go by the name.",
            "organization_id",
        )
    return organization


# ---- what they share


def _other(wanted: T | None, there: T) -> T | None:
    return None if wanted is None or wanted == there else wanted


def _ids(
    texts: Sequence[str] | None,
    find: Callable[[str, str], str],
    column: str,
    most: int | None,
) -> frozenset[str] | None:
    if texts is None:
        return None
    if most is not None and len(texts) > most:
        raise FaultFound(
            Cause.LIMIT,
            f"A user has at most {most} {column} of their own; this row names {len(texts)}.",
            "Use groups, or all organizations, for more.",
            column,
        )
    return frozenset(find(text, column) for text in texts)
