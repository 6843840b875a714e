"""A whole log is read page by page while others write: what was there is there, once, in order."""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from gatehouse.domain.activity import Activity, Actor, Category, Outcome
from tests.proof.field import THREADS, Field
from tests.support.people import an_activity
from tests.support.proof import Proof
from tests.support.trials import trials

pytestmark = [pytest.mark.ministack]

ENTRIES = 120
MOST = 40
"""How much one thread writes at most, lest the walk never ends."""
WALKS = 100
PEOPLE = ("nora", "omar", "sam")


class Log:
    """A host's log: what stands in it before anybody walks, and writers that go on."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.host = field.company(organizations=["Alder", "Birch"])
        self.guest = field.company()
        (self.connection,) = field.actives([(self.host, self.guest)])
        field.world.clock.advance(days=40)  # a log begins with its account
        self._dice = random.Random(5)
        before = [self._entry(number) for number in range(ENTRIES)]
        field.ports.store.log.record(before)
        field.world.clock.advance(minutes=1)

    def _entry(self, number: int) -> Activity:
        name = self._dice.choice(PEOPLE)
        return an_activity(
            number,
            # Many of one moment, over the end of a month and of a year.
            self.field.world.clock.now() - timedelta(hours=number // 3),
            account_id=self.host.account_id,
            actor=Actor(
                "user", name, self.guest.users[name], home_account_id=self.guest.account_id
            ),
            category=Category.DECISION,
            outcome=self._dice.choice([Outcome.ALLOWED, Outcome.DENIED]),
            connection_id=self.connection.connection_id,
            guest_account_id=self.guest.account_id,
            organization_id=self._dice.choice([*self.host.organizations.values()]),
        )

    def orders(self) -> dict[str, dict[str, str]]:
        """Return the order of time, and each that has a name, by what is asked."""
        return {
            "time": {},
            "one user": {"user_id": self.guest.users["sam"]},
            "one organization": {"organization_id": self.host.organizations["Alder"]},
            "the connection": {"connection_id": self.connection.connection_id},
            "the guest": {"guest_account_id": self.guest.account_id},
        }

    def walk(self, query: dict[str, str], limit: int) -> Iterator[dict[str, Any]]:
        """Read all of it through the route."""
        token = self.field.token(self.host)
        asked = {"from": "2020-01-01T00:00:00Z", "limit": str(limit), **query}
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            address = f"/activities?{urlencode({**asked, **more})}"
            reply = self.field.world.api("GET", address, token=token)
            assert reply.status == 200, reply
            yield from reply.json["items"]
            cursor = reply.json["next_cursor"]
            if cursor is None:
                return

    def write(self, stop: threading.Event, seed: int) -> int:
        """Decide and report, as applications do, until told to stop; return how often."""
        dice, written = random.Random(seed), 0
        organizations = [*self.host.organizations.values()]
        while not stop.is_set() and written < MOST:
            user_id = self.guest.users[dice.choice(PEOPLE)]
            organization_id = dice.choice(organizations)
            if dice.random() < 0.5:
                self.field.world.may(self.host, user_id, "view", organization_id)
            else:
                self._report(user_id, organization_id, dice)
            written += 1
        return written

    def _report(self, user_id: str, organization_id: str, dice: random.Random) -> None:
        """Report what was done some time ago: it stands among what is being read."""
        earlier = self.field.world.clock.now() - timedelta(minutes=dice.randrange(1, 1_200))
        body = {
            "user_id": user_id,
            "action": "view",
            "organization_id": organization_id,
            "resource": {"type": "password", "id": "1"},
            "time": f"{earlier:%Y-%m-%dT%H:%M:%S}.000Z",
        }
        reply = self.field.world.api("POST", "/activities", body, token=self.host.key)
        assert reply.status == 201, reply


ORDERS = ("time", "one user", "one organization", "the connection", "the guest")


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_there_is_read_once_and_in_order_while_others_write(
    field: Field, proof: Proof, order: str
) -> None:
    walks = trials(WALKS // len(ORDERS), least=2)
    met = written = 0
    for number in range(walks):
        log = Log(field)
        query = log.orders()[order]
        there = [one["activity_id"] for one in log.walk(query, 200)]
        assert len(there) > ENTRIES // 5
        stop = threading.Event()
        found, *counts = field.meet(
            _walking(log, query, stop),
            *(_writing(log, stop, 99 * number + n) for n in range(THREADS)),
        )
        ids = [one["activity_id"] for one in found]
        assert len(ids) == len({*ids}), "an entry came twice"
        known = {*there}
        assert [one for one in ids if one in known] == there, "not as it was"
        places = [(one["time"], one["activity_id"]) for one in found]
        assert places == sorted(places, reverse=True)
        for wanted, value in query.items():
            assert {_named(one, wanted) for one in found} == {value}
        met += len(ids) - len(there)
        written += sum(counts)
    assert written > met > 0, "nothing was written into what was still to be read"
    proof.record(
        f"a walk through {ENTRIES} entries in the order of {order}, while {THREADS} threads write",
        walks,
        "walks",
        f"every entry of the start once and in order; {written:,} were written meanwhile, "
        f"{met:,} of them met on the way",
    )


def _walking(
    log: Log, query: dict[str, str], stop: threading.Event
) -> Callable[[], list[dict[str, Any]]]:
    def walk() -> list[dict[str, Any]]:
        try:
            return [*log.walk(query, 10)]
        finally:
            stop.set()

    return walk


def _writing(log: Log, stop: threading.Event, seed: int) -> Callable[[], int]:
    return lambda: log.write(stop, seed)


def _named(entry: dict[str, Any], what: str) -> Any:
    return entry["actor"]["user_id"] if what == "user_id" else entry[what]
