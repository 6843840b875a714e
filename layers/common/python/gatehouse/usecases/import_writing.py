"""Write the rows of a sheet, chunk by chunk, each with the position after it."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from gatehouse.domain.errors import Contended, GatehouseError, Unable
from gatehouse.domain.job import Job
from gatehouse.domain.sheet import Row
from gatehouse.usecases.changes import Change, LostRace, Notes, Save
from gatehouse.usecases.gathering import Gathering
from gatehouse.usecases.import_chunk import WIDTH, Chunk, Gatherer
from gatehouse.usecases.import_faults import entries_of, fault_of, with_causes
from gatehouse.usecases.import_job import ImportJob
from gatehouse.usecases.import_rows import Names
from gatehouse.usecases.writers import Writer

_TRIES: Final = 8
"""So often others may be faster before a row counts as refused for it."""


def write(run: ImportJob, rows: Sequence[Row]) -> Iterator[Job]:
    """Write from the job's position on; yield the job after each commit."""
    writing = _Writing(run, rows)
    while not run.job.is_over:
        if run.person(run.ports) is None:
            yield run.stop(len(rows))
        elif writing.step():
            yield run.job


class _Writing:
    def __init__(self, run: ImportJob, rows: Sequence[Row]) -> None:
        self._run = run
        self._rows = rows
        self._gathering = Gathering(run.ports, run.job.account_id)
        self._gatherer: Gatherer | None = None
        self._alone_until = 0
        self._lost = 0

    def step(self) -> bool:
        """Write a chunk; False if it has to be tried anew."""
        at = self._run.job.position["row"]
        width = 1 if at < self._alone_until else WIDTH[self._run.kind]
        gatherer = self._gatherer = self._gatherer or self._read_names()
        if gatherer is None:
            return False
        chunk = gatherer.gather(self._rows[at : at + width], at)
        try:
            self._commit(chunk)
        except Unable:
            raise
        except GatehouseError as refusal:
            return self._met(refusal, at, width)
        except LostRace:
            self._run.must_be_mine()
            self._lost += 1
            return self._met(_contended() if self._lost >= _TRIES else None, at, width)
        gatherer.committed(chunk)
        self._lost = 0
        return True

    def _met(self, trouble: GatehouseError | None, at: int, width: int) -> bool:
        """Read all anew; what several rows ran into together, each meets alone."""
        self._gathering.clear()
        self._gatherer = None
        if trouble is None:
            return False
        self._lost = 0
        if width > 1:
            self._alone_until = at + width
            return False
        if self._run.person(self._run.ports) is None:
            return False
        did = self._run.job.position.get("did")
        fault = fault_of(self._rows[at], trouble, partly=did is not None)
        self._commit(Chunk(at + 1, {"refused": 1}, [fault]))
        return True

    def _commit(self, chunk: Chunk) -> None:
        run = self._run
        if chunk.faults and run.is_whole:
            run.refuse(chunk.faults)
            return
        counts = with_causes(run.job.counts, chunk.faults)
        for name, number in chunk.outcomes.items():
            counts[name] = counts.get(name, 0) + number
            counts["done"] = counts.get("done", 0) + number
        position = {**run.job.position, "row": chunk.at, "did": chunk.did}
        after = run.job.advanced(run.now, position, counts, notes=1 if chunk.faults else 0)
        more: list[Change] = []
        if chunk.faults:
            more.append(Notes(run.job, run.job.notes, entries_of(chunk.faults)))
        if chunk.at == len(self._rows):
            after = after.finished(run.now)
            more.append(run.entry(after))
        self._gathering.flush(Save(after, run.job), *more)
        run.moved(after)

    def _read_names(self) -> Gatherer | None:
        ports = self._gathering.ports
        person = self._run.person(ports)
        if person is None:
            return None
        run = self._run
        names = Names.read(ports, Writer(person), run.kind)
        rehearse = partial(self._rehearse, names) if run.job.options["partial"] else None
        of = partial(run.person, ports)
        invites = bool(run.job.options.get("send_invitations"))
        return Gatherer(self._gathering, names, of, run.job.position, rehearse, invites=invites)

    def _rehearse(self, names: Names, row: Row) -> str:
        run = self._run
        gathering = Gathering(run.ports, run.job.account_id, rehearsal=True)
        return Gatherer(gathering, names, partial(run.person, gathering.ports), {}).rehearse(row)


def _contended() -> Contended:
    return Contended("Others kept changing the same thing while this row was tried.")
