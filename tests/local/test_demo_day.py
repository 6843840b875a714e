"""The day that `make demo-day` loads is what a hundred technicians would have left behind."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from gatehouse import wiring
from gatehouse.domain.activity import Category, Outcome
from local.demo import WORLD
from local.demo_day import Day, Moment, connect, guests
from local.loader import AccountLoader
from local.world import read_world
from tests.support import issuer
from tests.support.api import handler_of
from tests.support.stream import Bus, records_of
from tests.support.world import Company, World


def test_a_day_is_recorded_as_the_product_would_and_counted_as_it_is(world: World) -> None:
    for document in (WORLD, guests()):
        for wanted in read_world(document):
            AccountLoader(world.ports, issuer.identity_of, wanted, threads=1).load()
    host = world.ports.store.accounts.owner("subdomain", "acme")
    assert host
    connect(world.ports, host)
    clock = Moment(world.clock.now())
    day = Day(wiring.build(world.ports.settings, clock=clock), clock, host)
    assert len({one.user.user_id for one in day.technicians}) == 100
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    entries = [*day.entries(midnight, 300)]
    assert len(entries) == 300
    assert [one.time for one in entries] == sorted(one.time for one in entries)
    assert all(midnight <= one.time < midnight + timedelta(days=1) for one in entries)
    assert {one.category for one in entries} == {Category.DECISION, Category.ACTIVITY}
    outcomes = Counter(one.outcome for one in entries)
    assert 0 < outcomes[Outcome.DENIED] < 15
    assert len({one.guest_account_id for one in entries}) == 4
    assert len({one.organization_id for one in entries}) > 20

    world.ports.store.log.record(entries)
    world.ports.__dict__["events"] = Bus()
    acme = Company(host, "acme", "", "", {}, {}, {}, {})
    handler_of("follow")({"Records": records_of(world, acme)}, None)
    (counted,) = world.ports.store.uses.days_of_log(host, midnight.date(), midnight.date())
    assert counted.outcomes == outcomes
