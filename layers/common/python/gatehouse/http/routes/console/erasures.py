"""Erasing a person from the log: what it means, said before the button, and how far it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gatehouse.domain.errors import NotFound
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.plain_text import one_line
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import key_of, new_key
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases.erase import done_of, eraser, read_erasure, request_erasure
from gatehouse.usecases.read_log import read_log
from gatehouse.usecases.stored import LogQuery

_COUNTED: Final = 200
_ALWAYS: Final = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who is to leave the log, as far as the log itself tells of them."""

    user_id: str
    name: str | None
    company: str | None
    is_here: bool
    entries: int
    has_more: bool


def ask(visit: Visit) -> Answer:
    """Say what erasing somebody means, and who it is as far as the log knows."""
    eraser(visit.person)
    subject = _subject(visit, visit.path["user_id"])
    return visit.page("user-erase", subject=subject, here=_path(visit), sent_once=new_key(visit))


def begin(visit: Visit) -> Answer:
    """Begin to erase somebody."""
    eraser(visit.person)
    _subject(visit, visit.path["user_id"])
    asked = visit.once(
        key_of(visit),
        lambda keep: request_erasure(visit.ports, visit.person, visit.path["user_id"], keep),
        lambda job: {"erasure_id": job.job_id},
    )
    address = f"{_path(visit)}/erasure?id={asked['erasure_id']}"
    return visit.go(address, "The erasure has begun.")


def show(visit: Visit) -> Answer:
    """Show how far an erasure of somebody is."""
    job = read_erasure(visit.ports, visit.person, visit.call.wanted("id") or "")
    if job.options["user_id"] != visit.path["user_id"]:
        raise NotFound("This is the erasure of another person.")
    return visit.page(
        "user-erasure",
        here=f"{_path(visit)}/erasure?id={job.job_id}",
        user_id=job.options["user_id"],
        state=job.state.value,
        looks_again=job.position.get("phase") == "again",
        entries=done_of(job),
        created_at=job.created_at,
        finished_at=job.finished_at,
        failure=job.problem or "",
    )


def _path(visit: Visit) -> str:
    return f"/console/users/{visit.path['user_id']}"


def _subject(visit: Visit, user_id: str) -> Subject:
    query = LogQuery(since=_ALWAYS, until=visit.ports.clock.now(), user_id=user_id)
    page = read_log(visit.ports, visit.person, query, None, _COUNTED)
    name = next((entry.actor.name for entry in page.items if entry.actor.name), None)
    home = home_account_of(user_id)
    is_own = home == visit.person.account_id
    if home is None or not (is_own or page.items or page.after):
        raise NotFound("No entry of your log has this person as the one who acted.")
    user = visit.ports.store.users.get(user_id) if is_own else None
    # Whom the log does not know may be anybody's: of them nothing is read but the log.
    company = visit.ports.store.accounts.get(home) if not is_own else None
    return Subject(
        user_id,
        user.name if user else one_line(name) if name else None,
        company.name if company else None,
        user is not None,
        len(page.items),
        page.after is not None,
    )
