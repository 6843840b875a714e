"""Work at exports, of everything or of the log alone, and clear them away when their time is over."""

from collections.abc import Iterator
from dataclasses import replace

from gatehouse.domain.job import Job
from gatehouse.usecases.changes import Save
from gatehouse.usecases.pack import delete_archive, pack
from gatehouse.usecases.pack_log import delete_log_file, is_of_log, pack_log
from gatehouse.usecases.ports import Ports


def exporting(ports: Ports, job: Job) -> Iterator[Job]:
    """Do an export's work; see :data:`gatehouse.usecases.work.Steps`."""
    return pack_log(ports, job) if is_of_log(job) else pack(ports, job)


def delete_files(ports: Ports, job: Job) -> None:
    """Delete the files of an export that is over: what it made, and pieces that were left."""
    if is_of_log(job):
        delete_log_file(ports, job)
    else:
        delete_archive(ports, job)
    ports.store.commit(Save(replace(job, due_at=None, version=job.version + 1), job))
