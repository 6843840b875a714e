"""Some rows of a sheet, gathered into one commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from gatehouse.domain.errors import GatehouseError, Unable
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.principal import Person
from gatehouse.domain.sheet import (
    Fault,
    FaultFound,
    GroupRow,
    OrganizationRow,
    Row,
    SheetKind,
    UserRow,
)
from gatehouse.usecases.gathering import Full, Gathering
from gatehouse.usecases.import_faults import fault_of
from gatehouse.usecases.import_rows import Act, Names, Plan, plan

WIDTH: Final = {SheetKind.USERS: 30, SheetKind.GROUPS: 1, SheetKind.ORGANIZATIONS: 46}
"""Rows of a chunk: as many as a transaction takes, if each is new. A group has many acts."""
_ACTS: Final = 30
"""Acts whose reads are made at once."""


@dataclass
class Chunk:
    """What was gathered: the row to go on with, what became of those before it.

    ``rest`` is what the row at ``at`` still has to do, and ``did`` what it came to so far.
    """

    at: int
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    rest: Plan | None = None
    did: str | None = None

    def settle(self, outcome: str) -> None:
        """Go on to the next row."""
        self.at += 1
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.rest = self.did = None


class Gatherer:
    """Plans rows and gathers what they come to, from the names and rights of one moment.

    ``rehearsal`` is asked before a row of several acts is begun, where that was not done for all.
    ``invites`` mails new users a link to sign in.
    """

    def __init__(
        self,
        gathering: Gathering,
        names: Names,
        person: Callable[[], Person | None],
        position: Mapping[str, Any],
        rehearsal: Callable[[Row], object] | None = None,
        *,
        invites: bool = False,
    ) -> None:
        self._gathering = gathering
        self._names = names
        self._person = person
        self._rehearsal = rehearsal
        self._invites = invites
        self._rest: Plan | None = None
        self._did: str | None = position.get("did")

    def rehearse(self, row: Row) -> str:
        """Return what a row would come to. Raises FaultFound, or what a use case refuses with."""
        planned = self._plan(row)
        for number, act in enumerate(planned.acts):
            self._read_for(planned.acts, number)
            act.do(self._gathering.ports, self._whoever())
        return planned.outcome

    def gather(self, rows: Sequence[Row], at: int) -> Chunk:
        """Gather rows from the one at ``at`` on, as many and as far as fit."""
        chunk = Chunk(at, rest=self._rest, did=self._did)
        if chunk.rest is None:
            self.read_ahead(rows)
        for row in rows:
            if not self._add(row, chunk):
                break
        return chunk

    def committed(self, chunk: Chunk) -> None:
        """Go on after this chunk."""
        self._rest, self._did = chunk.rest, chunk.did

    def read_ahead(self, rows: Sequence[Row]) -> None:
        """Read at once what the plans of these rows will ask for."""
        known, names = self._gathering.known, self._names
        emails: list[str] = []
        users: list[str] = []
        groups: list[str] = []
        organizations: list[str] = []
        for row in rows:
            match row:
                case UserRow():
                    emails += [row.email] if row.email else []
                    users += [row.user_id] if row.user_id else []
                    groups += _of(names.groups, row.groups)
                    organizations += _of(names.organizations, row.organizations)
                case GroupRow():
                    emails += [one for one in row.members or () if "@" in one]
                    users += [one for one in row.members or () if "@" not in one]
                    groups += _of(names.groups, [row.group_id or row.name or ""])
                case OrganizationRow():
                    wanted = [row.organization_id or row.name or "", row.parent or ""]
                    organizations += _of(names.organizations, wanted)
        owned = known.owners(emails).values()
        own = [one for one in owned if home_account_of(one) == self._whoever().account_id]
        read = known.users([*users, *own])
        grants = [(one.account_id, one.grant_id) for one in read.values() if one.grant_id]
        known.grants(grants)
        known.groups(groups)
        known.organizations(organizations)

    def _add(self, row: Row, chunk: Chunk) -> bool:
        """Gather a row; False if the chunk ends with it, or before its end."""
        first = chunk.rest is None
        try:
            planned = chunk.rest or self._plan(row)
            if first and self._rehearsal is not None and len(planned.acts) > 1:
                self._rehearsal(row)  # a row that cannot be written whole is not begun
        except Unable:
            raise
        except (FaultFound, GatehouseError) as wrong:
            return self._refuse(row, wrong, chunk)
        outcome = chunk.did or planned.outcome
        mark = self._gathering.mark()
        for number, act in enumerate(planned.acts):
            self._read_for(planned.acts, number)
            try:
                self._gathering.attempt(partial(act.do, self._gathering.ports, self._whoever()))
            except Full:
                chunk.rest = Plan(outcome, planned.acts[number:])
                chunk.did = outcome if number or not first else chunk.did
                return False
            except Unable:
                raise
            except (FaultFound, GatehouseError) as wrong:
                self._gathering.restore(mark)
                self._refuse(row, wrong, chunk)
                return number == 0
        chunk.settle(outcome)
        return True

    def _plan(self, row: Row) -> Plan:
        ports = self._gathering.ports
        return plan(ports, self._whoever(), row, self._names, invites=self._invites)

    def _refuse(self, row: Row, wrong: FaultFound | GatehouseError, chunk: Chunk) -> bool:
        chunk.faults.append(fault_of(row, wrong, partly=chunk.did is not None))
        chunk.settle("refused")
        return True

    def _read_for(self, acts: Sequence[Act], number: int) -> None:
        if number % _ACTS == 0:
            next_ones = acts[number : number + _ACTS]
            self._gathering.known.users(id_ for act in next_ones for id_ in act.user_ids)
            self._gathering.known.organizations(
                id_ for act in next_ones for id_ in act.organization_ids
            )

    def _whoever(self) -> Person:
        person = self._person()
        # It was looked at just before, in the same reading.
        assert person is not None
        return person


def _of(names: Mapping[str, Sequence[str]], texts: Sequence[str] | None) -> list[str]:
    """Return the ids of names, and what may be ids, of which there is but one each."""
    found: list[str] = []
    for text in texts or ():
        ids = names.get(text, ())
        found += ids if len(ids) == 1 else [text] if text[3:4] == "_" else []
    return found
