"""Every step of a connection stands once in both logs, whenever whoever took it was killed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.activity import Activity
from gatehouse.domain.errors import Unable
from gatehouse.usecases.stored import LogQuery
from tests.proof.attempts.attempt import DONE, ORGANIZATIONS, UNABLE, request
from tests.proof.faults import Fault, Wires
from tests.proof.field import Field
from tests.support.proof import Proof
from tests.support.trials import sample
from tests.support.world import Company

pytestmark = [pytest.mark.ministack]

NOTHING: list[str] = []
TERMS = {"maximum_role": "creator", "group_ids": [], "all_organizations": False}


@dataclass(frozen=True)
class Taking:
    """A step about to be taken between two companies, and what both logs have to say of it."""

    host: Company
    guest: Company
    take: Callable[[], str]
    changes: dict[str, Any]


Takings = Callable[[Field, int], Iterator[Taking]]


def invited(field: Field, count: int) -> Iterator[Taking]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS, groups={"Level 1": ["Alder"]})
    for key, (host, guest) in enumerate(pairs):
        birch, groups = [host.organizations["Birch"]], [*host.groups.values()]
        terms = {**TERMS, "group_ids": groups, "organization_ids": birch}
        body = {"guest_subdomain": guest.subdomain, **terms}
        take = request(field, key, 201, "POST", "/connections", body, token=field.token(host))
        changes = {
            "maximum_role": (None, "creator"),
            "group_ids": (NOTHING, groups),
            "organization_ids": (NOTHING, birch),
        }
        yield Taking(host, guest, take, changes)


def edited(field: Field, count: int) -> Iterator[Taking]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    for key, ((host, guest), one) in enumerate(zip(pairs, field.granted(pairs), strict=True)):
        alder, birch = ([host.organizations[name]] for name in ORGANIZATIONS)
        address = f"/connections/{one.connection_id}/grant"
        body = {**TERMS, "organization_ids": birch}
        how = {"token": field.token(host), "headers": {"if-match": str(one.version)}}
        take = request(field, key, 200, "PUT", address, body, **how)
        changes = {"maximum_role": ("editor", "creator"), "organization_ids": (alder, birch)}
        yield Taking(host, guest, take, changes)


def expired(field: Field, count: int) -> Iterator[Taking]:
    def sweep() -> str:
        try:
            return UNABLE if field.sweep().failed else DONE
        except Unable:
            return UNABLE

    for host, guest in field.pairs(count):
        field.offers([(host, guest)], lifetime=timedelta(minutes=1))
        field.world.clock.advance(minutes=61)
        yield Taking(host, guest, sweep, {})


def _answered(by: str, verb: str, *, active: bool) -> Takings:
    """Return takings of what one side does with a connection, and which changes no terms."""

    def takings(field: Field, count: int) -> Iterator[Taking]:
        pairs = field.pairs(count, organizations=ORGANIZATIONS)
        made = field.granted(pairs, active=active)
        for key, ((host, guest), one) in enumerate(zip(pairs, made, strict=True)):
            address = f"/{by}/{one.connection_id}/{verb}"
            token = field.token(host if by == "connections" else guest)
            take = request(field, key, 200, "POST", address, token=token)
            yield Taking(host, guest, take, {})

    return takings


STEPS: dict[str, Takings] = {
    "invited": invited,
    "resent": _answered("connections", "resend", active=False),
    "accepted": _answered("incoming-connections", "accept", active=False),
    "declined": _answered("incoming-connections", "decline", active=False),
    "expired": expired,
    "edited": edited,
    "revoked": _answered("connections", "revoke", active=True),
    "left": _answered("incoming-connections", "leave", active=True),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_stands_once_in_both_logs_whenever_it_was_killed(
    field: Field, proof: Proof, step: str
) -> None:
    wires = Wires(field.world)
    (undisturbed,) = STEPS[step](field, 1)
    with wires.counting() as calls:
        assert undisturbed.take() == DONE
    both = _both(field, undisturbed, step)
    assert [len(log) for log in both] == [1, 1]
    # Killed before each call is killed after the one before it; nothing after that takes effect.
    kills = sample([Fault(at, call, "reset", forever=True) for at, call in enumerate(calls)], 2)
    half_way = 0
    takings = STEPS[step](field, len(kills))
    for kill, taking in zip(kills, takings if step == "expired" else list(takings), strict=True):
        before = _steps(field, taking)
        with wires.cut(kill):
            taking.take()
        told = [len(log) for log in _both(field, taking, step)]
        assert told in ([0, 0], [1, 1]), f"{kill}: half a step is kept"
        assert len(_steps(field, taking)) == len(before) + told[0], kill
        half_way += told[0]
        assert taking.take() == DONE, kill
        ((host,), (guest,)) = _both(field, taking, step)
        assert (host.time, dict(host.changes)) == (guest.time, dict(guest.changes))
        assert dict(host.changes) == taking.changes, kill
        assert host.activity_id != guest.activity_id
    field.settled(hours=2)
    proof.record(
        f"{step}: killed before each of its calls, then taken again",
        len(kills),
        "kills",
        f"one entry in each log, {half_way} of them written before the kill; never one side alone",
    )


def _both(field: Field, taking: Taking, step: str) -> list[list[Activity]]:
    """Return the step's entries in the host's log and in the guest's."""
    sides = (taking.host.account_id, taking.guest.account_id)
    return [_entries(field, side, taking, f"connection.{step}") for side in sides]


def _steps(field: Field, taking: Taking) -> list[Activity]:
    return _entries(field, taking.host.account_id, taking)


def _entries(
    field: Field, account_id: str, taking: Taking, action: str | None = None
) -> list[Activity]:
    now = field.world.clock.now()
    query = LogQuery(now - timedelta(days=3650), now, action=action)
    connection = field.ports.store.connections.pair(taking.host.account_id, taking.guest.account_id)
    if connection is None:
        return []
    found = field.ports.store.log.page(account_id, query, None, 1_000).items
    return [one for one in found if one.connection_id == connection.connection_id]
