"""A Manager's and a guest's view of a log, page by page, against a naive model of who sees what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.account import AccountName
from gatehouse.domain.activity import Activity, Actor, Category, Outcome
from gatehouse.domain.connection import State
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.usecases.changes import Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.read_log import own_people_there, read_log
from gatehouse.usecases.stored import LogPage, LogQuery
from tests.support.people import (
    NOW,
    a_connection,
    a_user,
    an_account,
    an_activity,
    an_organization,
    numbered,
)
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import World

GROUPS = [numbered("grp", number) for number in (1, 2)]
GRANTS = [numbered("gra", number) for number in (1, 2)]
THERE, GONE = (1, 2, 3), 9
"""Organizations that the account has, and one that it had."""
CONNECTIONS = (1, 2)
_FRESH = count(1)


@dataclass(frozen=True)
class Reader:
    """A Manager by what they hold, in the words of the model."""

    groups: frozenset[str]
    grant: str | None
    everything: bool


@dataclass(frozen=True)
class Line:
    """An entry by what decides who sees it."""

    hours_ago: int
    organization: int | None
    by_guest: int | None
    connection: int | None
    denied: bool


@dataclass(frozen=True)
class Told:
    """A log, what reaches each organization, who reads, and how they ask."""

    reached_by: tuple[tuple[frozenset[str], frozenset[str]], ...]
    reader: Reader
    lines: tuple[Line, ...]
    active: bool
    limit: int
    hours: int
    only_denied: bool


def some(things: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(things))


TOLD = st.builds(
    Told,
    st.tuples(*(st.tuples(some(GROUPS), some(GRANTS)) for _ in THERE)),
    st.builds(
        Reader,
        some(GROUPS),
        st.sampled_from([None, *GRANTS]),
        st.sampled_from([False, False, False, True]),
    ),
    st.lists(
        st.builds(
            Line,
            st.integers(0, 40),
            st.sampled_from([None, *THERE, GONE]),
            st.sampled_from([None, 1, 1, 2]),
            st.sampled_from([None, *CONNECTIONS]),
            st.booleans(),
        ),
        max_size=14,
    ).map(tuple),
    st.booleans(),
    st.integers(1, 6),
    st.integers(0, 45),
    st.booleans(),
)


class Account:
    """A host of an example's own, with two guests, each through a connection, and a log."""

    def __init__(self, ports: Ports, told: Told) -> None:
        self._ports = ports
        self._told = told
        number = next(_FRESH)
        self.host, *guests = (
            AccountName(f"acc_{letter}{number:015d}", f"{letter}{number}", letter.upper())
            for letter in "hgf"
        )
        self._guests = dict(zip(CONNECTIONS, guests, strict=True))
        early = NOW - timedelta(days=9)
        state = State.ACTIVE if told.active else State.REVOKED
        ports.store.commit(
            Save(an_account(self.host, created_at=early)),
            *(
                Save(an_organization(one, self.host, groups=groups, grants=grants))
                for one, (groups, grants) in zip(THERE, told.reached_by, strict=True)
            ),
            *(
                Save(
                    a_connection(
                        self._id(one), host=self.host, guest=guest, state=state, accepted_at=early
                    )
                )
                for one, guest in self._guests.items()
            ),
        )
        self.entries = [self._entry(at, line) for at, line in enumerate(told.lines)]
        ports.store.log.record(self.entries)

    def _id(self, connection: int) -> int:
        return int(self.host.account_id[5:]) * 10 + connection

    def _entry(self, number: int, line: Line) -> Activity:
        guest = self._guests[line.by_guest] if line.by_guest else self.host
        return an_activity(
            number,
            NOW - timedelta(hours=line.hours_ago),
            account_id=self.host.account_id,
            category=Category.ACTIVITY,
            actor=Actor("user", "Sam", "usr_sam", home_account_id=guest.account_id),
            outcome=Outcome.DENIED if line.denied else Outcome.ALLOWED,
            organization_id=numbered("org", line.organization) if line.organization else None,
            connection_id=numbered("con", self._id(line.connection)) if line.connection else None,
        )

    def seen(self, sees: Callable[[Line], bool]) -> list[str]:
        """Return what of the span somebody sees by the model, newest first."""
        found = [
            (entry.time, entry.activity_id)
            for entry, line in zip(self.entries, self._told.lines, strict=True)
            if line.hours_ago <= self._told.hours and sees(line)
        ]
        return [activity_id for _, activity_id in sorted(found, reverse=True)]

    def as_manager(self) -> list[str]:
        told = self._told
        user = a_user(
            1,
            self.host,
            role=Role.MANAGER,
            group_ids=told.reader.groups,
            grant_id=told.reader.grant,
            all_organizations=told.reader.everything,
        )
        outcome = Outcome.DENIED if told.only_denied else None
        query = LogQuery(NOW - timedelta(hours=told.hours), NOW, outcome=outcome)
        return _walked(lambda after: read_log(self._ports, Person(user), query, after, told.limit))

    def as_guest(self, connection: int) -> list[str]:
        told, guest = self._told, self._guests[connection]
        nora = Person(a_user(1, guest, role=Role.ADMINISTRATOR))
        con, span = numbered("con", self._id(connection)), (NOW - timedelta(hours=told.hours), NOW)
        return _walked(
            lambda after: own_people_there(self._ports, nora, con, span, after, told.limit)
        )


def _walked(page_after: Callable[[str | None], LogPage]) -> list[str]:
    found: list[str] = []
    after: str | None = None
    for _ in range(60):
        page = page_after(after)
        found += [entry.activity_id for entry in page.items]
        after = page.after
        if after is None:
            return found
    raise AssertionError("this log never ends")


@settings(max_examples=trials(1_000, least=25))
@given(told=TOLD)
def test_views_of_a_log_are_what_the_rules_say(world: World, proof: Proof, told: Told) -> None:
    account = Account(world.ports, told)
    reader = told.reader

    def reaches(organization: int | None) -> bool:
        if reader.everything:
            return True
        if organization not in THERE:
            return False
        groups, grants = told.reached_by[THERE.index(organization)]
        return bool(groups & reader.groups) or reader.grant in grants

    def manager_sees(line: Line) -> bool:
        return reaches(line.organization) and (line.denied or not told.only_denied)

    assert account.as_manager() == account.seen(manager_sees)

    def guest_sees(connection: int) -> Callable[[Line], bool]:
        return lambda line: line.connection == line.by_guest == connection

    for connection in CONNECTIONS:
        assert account.as_guest(connection) == account.seen(guest_sees(connection))
    proof.count("Manager's and guests' views against a naive model", "random logs", "equal")
