"""Import a sheet in steps: check every row, then write them, chunk by chunk.

Checking rehearses each row on what stands in the table, strongly read, with the very use cases that
will write it, and writes nothing but its progress; stopped, it begins anew. Writing goes on from
the position in the job, which every chunk's transaction moves. What all-or-nothing means while
others write is in docs/adr/0028.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from gatehouse.domain.errors import FileGone, GatehouseError, Unable
from gatehouse.domain.job import Job
from gatehouse.domain.moments import from_text
from gatehouse.domain.sheet import Fault, FaultFound, Row, Sheet, SheetKind
from gatehouse.usecases.gathering import Gathering
from gatehouse.usecases.import_chunk import Gatherer
from gatehouse.usecases.import_faults import fault_of, with_causes
from gatehouse.usecases.import_job import ImportJob
from gatehouse.usecases.import_order import in_order
from gatehouse.usecases.import_rows import Names
from gatehouse.usecases.import_writing import write
from gatehouse.usecases.work import Steps
from gatehouse.usecases.writers import Writer

Reader = Callable[[SheetKind, Iterable[bytes]], Sheet]
"""Reads a file; raises nothing but what getting its chunks raises."""
_AT_ONCE: Final = 100
"""Rows that are rehearsed on what was read at once."""
_HEARD_OF: Final = 500
"""Rows after which the job says how far it is."""


def importing(read: Reader) -> Steps:
    """Return the steps of an import whose files are read by this reader."""
    return lambda ports, job: _steps(ImportJob(ports, job), read)


def _steps(run: ImportJob, read: Reader) -> Iterator[Job]:
    if "etag" not in run.job.position:
        yield _pin(run)
        if "etag" not in run.job.position:
            return
    try:
        name, etag = run.job.options["file"], run.job.position["etag"]
        sheet = read(run.kind, run.ports.files.read(name, etag))
    except FileGone as gone:
        yield run.end(gone.detail)
        return
    if sheet.broken:
        yield run.refuse(sheet.faults)
        return
    rows, contradictions = in_order(sheet.rows)
    faults = [*sheet.faults, *contradictions]
    if run.job.position["phase"] == "check":
        yield from _check(run, rows, faults)
    elif run.job.position["phase"] == "begin":
        yield _begin(run, len(rows), faults)
    if not run.job.is_over:
        yield from write(run, rows)


def _pin(run: ImportJob) -> Job:
    """Note which file is meant, so that no other one in its place is read."""
    options = run.job.options
    etag = options.get("etag")
    if etag is None:
        file = run.ports.files.find(options["file"])
        if file is None:
            until = from_text(options["until"])
            if run.now < until:
                return run.save(run.job.postponed(until))
            return run.end("No file was sent in time. Begin again.")
        if file.size > options["most"]:
            return run.end(
                f"The file has {file.size:,} bytes, and at most {options['most']:,} are read. "
                "Import it in several files."
            )
        etag = file.etag
    checks = options["dry_run"] or not options["partial"]
    position = {"etag": etag, "phase": "check" if checks else "begin", "row": 0}
    return run.save(run.job.advanced(run.now, position, {}))


def _check(run: ImportJob, rows: Sequence[Row], faults: list[Fault]) -> Iterator[Job]:
    """Rehearse every row; end with a report, or go on to write."""
    gathering = Gathering(run.ports, run.job.account_id, rehearsal=True)
    person = run.person(gathering.ports)
    if person is None:
        yield run.stop(len(rows))
        return
    names = Names.read(gathering.ports, Writer(person), run.kind)
    gatherer = Gatherer(gathering, names, partial(run.person, gathering.ports), {})
    total = len(rows) + len(faults)
    counts = {"rows": total, "checked": len(faults), "refused": len(faults)}
    for start in range(0, len(rows), _AT_ONCE):
        batch = rows[start : start + _AT_ONCE]
        gatherer.read_ahead(batch)
        for row in batch:
            try:
                outcome = gatherer.rehearse(row)
            except Unable:
                raise
            except (FaultFound, GatehouseError) as wrong:
                faults.append(fault_of(row, wrong))
                outcome = "refused"
            counts[outcome] = counts.get(outcome, 0) + 1
        counts["checked"] += len(batch)
        if (start + _AT_ONCE) % _HEARD_OF == 0:
            yield run.save(run.job.advanced(run.now, run.job.position, counts))
    if run.job.options["dry_run"]:
        yield run.conclude(counts, faults)
    elif faults:
        yield run.refuse(faults, counts)
    else:
        position = {**run.job.position, "phase": "write"}
        begun = {"rows": total, "checked": total}
        yield run.save(run.job.advanced(run.now, position, begun))


def _begin(run: ImportJob, count: int, faults: list[Fault]) -> Job:
    """Begin to write without checking all first; note what the file itself tells."""
    notes = run.note(sorted(faults, key=lambda fault: fault.line))
    counts = {"rows": count + len(faults), "refused": len(faults), "done": len(faults)}
    position = {**run.job.position, "phase": "write"}
    counted = with_causes(counts, faults)
    return run.save(run.job.advanced(run.now, position, counted, notes=notes))
