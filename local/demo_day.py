"""A hundred technicians' working day, as demo data: `make demo-day`, then `make run`.

Everything is recorded in the shapes that the product records: connections by the use cases,
decisions by the deciding function on what the store has, entries in bulk, and counted by the
function that follows the log. Only the clock is another: it stands where the day was.
"""

import random
import sys
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from typing import Any, Final

from gatehouse import wiring
from gatehouse.config import Settings
from gatehouse.domain.activity import Activity, Category, Outcome, Resource
from gatehouse.domain.decision import Decision, Facts, Pair, decide
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import Scope
from gatehouse.domain.pages import every
from gatehouse.domain.policy import NO_DEMANDS, Circumstances
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.answer import ById, accept
from gatehouse.usecases.asking import Ask, entry_of
from gatehouse.usecases.invite import Invitation, invite
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import no_receipt
from local.follower import Follower
from local.options import Options
from local.resources import client, stream_arn
from local.runtime import Runtime, demo_world, start_engine
from local.seed import Seeder
from local.state import StateFolder
from local.template import read_template
from local.trouble import Trouble
from local.wiring import log_to

ENTRIES: Final = 30_000
TECHNICIANS: Final = 100
_BEFORE: Final = (180, 420, 510, 460, 90)
"""How many entries the days before had, the earliest first."""
_AGO: Final = timedelta(days=9)
"""How long ago the companies came together."""
_AT_ONCE: Final = 500
_CARELESS: Final = 0.02
"""How often somebody asks for whatever comes to mind; else they try on, so often."""
_TRIES: Final = 12
_REPORTED: Final = 0.45
"""How much of what was allowed is reported as done."""
_HOURS: Final = (0, 0, 0, 0, 0, 1, 3, 8, 14, 15, 14, 11, 6, 12, 14, 13, 10, 6, 3, 2, 1, 1, 0, 0)
"""How busy each hour (UTC) of a working day is: a morning, a lunch, an afternoon."""
_ACTIONS: Final = {"view": 60, "edit": 24, "create": 8, "archive": 3, "delete": 4, "restore": 1}
_THINGS: Final = {
    "password": ("Router", "Domain administrator", "Wi-Fi", "Backup console", "Firewall"),
    "document": ("Onboarding", "Network plan", "Printer guide", "Recovery plan"),
    "configuration": ("SRV-01", "NAS-02", "FW-01", "AP-07"),
    "ticket": ("Cannot print", "New laptop", "Mailbox full", "VPN drops"),
}
_GUESTS: Final = (
    # subdomain, name, technicians, maximum role, groups of acme (none: all organizations)
    ("continuum", "Continuum", 0, Role.EDITOR, ("Level 1", "Level 2", "Projects")),
    ("northdesk", "Northdesk", 34, Role.EDITOR, ()),
    ("afterhours", "After Hours", 26, Role.CREATOR, ("Level 1", "Night shift", "Key accounts")),
    ("fieldworks", "Fieldworks", 18, Role.MANAGER, ("Level 2", "Projects")),
)
_FIRST: Final = (
    "Ana Bo Cleo Dan Eva Fay Gus Hal Ida Jo Kai Lea Max Nia Oli Pia Ray Sue Tim Una".split()
)
_LAST: Final = (
    "Adler Berg Cruz Dahl Evans Fox Grau Holm Ito Jain Khan Lund Meyer Nash Ortiz".split()
)
Say = Callable[[str], None]


class Moment:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Technician:
    """Somebody of a guest, with what their company has with the host."""

    user: User
    pair: Pair
    network: str


def guests() -> dict[str, Any]:
    """Return the guests that the demo world does not have, in the shape of a world."""
    names = (
        f"{_FIRST[n % len(_FIRST)]} {_LAST[(7 * n + n // len(_FIRST)) % len(_LAST)]}"
        for n in count()
    )
    accounts = []
    for subdomain, name, technicians, *_ in _GUESTS:
        if technicians:
            people = [(next(names), "administrator"), (next(names), "manager")]
            roles = ("editor", "editor", "creator", "editor", "read_only")
            people += [(next(names), roles[n % len(roles)]) for n in range(technicians - 2)]
            users = [
                {
                    "email": f"{who.replace(' ', '.').lower()}@{subdomain}.test",
                    "name": who,
                    "role": r,
                }
                for who, r in people
            ]
            accounts.append(
                {
                    "subdomain": subdomain,
                    "name": name,
                    "region": "na",
                    "plan": "Enterprise",
                    "users": users,
                    "groups": [],
                    "organizations": [],
                }
            )
    return {"accounts": accounts}


class Day:
    """Makes the entries of days, in the order of time."""

    def __init__(self, ports: Ports, clock: Moment, host_account_id: str, seed: int = 7) -> None:
        self._ports = ports
        self._clock = clock
        self._host = host_account_id
        self._dice = random.Random(seed)  # noqa: S311  # a day, no secret
        self._organizations = [*_organizations(ports, host_account_id)]
        self.technicians = [*_technicians(ports, host_account_id)]

    def entries(self, midnight: datetime, number: int) -> Iterator[Activity]:
        """Make a day's entries: decisions, and of what was allowed often the report of it."""
        made: list[Activity] = []
        while len(made) < number:
            self._clock.at = at = self._moment(midnight)
            ask, facts, decision = self._question()
            made.append(entry_of(self._ports, self._host, ask, facts, decision, Category.DECISION))
            if decision.allowed and self._dice.random() < _REPORTED:
                self._clock.at = at + timedelta(milliseconds=self._dice.randrange(200, 900))
                done = entry_of(self._ports, self._host, ask, facts, decision, Category.ACTIVITY)
                made.append(replace(done, reason=None))
        yield from sorted(made[:number], key=lambda one: one.time)

    def _moment(self, midnight: datetime) -> datetime:
        sums = [*accumulate(_HOURS)]
        hour = bisect(sums, self._dice.random() * sums[-1])
        return midnight + timedelta(hours=hour, milliseconds=self._dice.randrange(3_600_000))

    def _question(self) -> tuple[Ask, Facts, Decision]:
        """Ask something that mostly is allowed: people know what they work on."""
        who = self._dice.choice(self.technicians)
        tries = 1 if self._dice.random() < _CARELESS else _TRIES
        action, facts, decision = self._tried(who)
        while not decision.allowed and tries > 1:
            action, facts, decision = self._tried(who)
            tries -= 1
        kind = self._dice.choice([*_THINGS])
        name = self._dice.choice(_THINGS[kind])
        thing = Resource(kind, f"{kind}-{self._dice.randrange(1, 400)}", name)
        ask = Ask(
            "user",
            who.user.user_id,
            action,
            thing,
            user_agent="Documentation 4.2",
            circumstances=Circumstances(ip_address=who.network),
        )
        return ask, facts, decision

    def _tried(self, who: Technician) -> tuple[str, Facts, Decision]:
        # Some clients have far more tickets than others.
        place = int(len(self._organizations) * self._dice.random() ** 1.7)
        (action,) = self._dice.choices([*_ACTIONS], [*_ACTIONS.values()])
        facts = Facts(False, who.user, who.pair, self._organizations[place])
        return action, facts, decide(action, facts, NO_DEMANDS)


def _organizations(ports: Ports, account_id: str) -> Iterator[Organization]:
    return every(lambda after: ports.store.directory.organizations_page(account_id, after, 200))


def _technicians(ports: Ports, host_account_id: str) -> Iterator[Technician]:
    left = TECHNICIANS
    for place, (subdomain, *_) in enumerate(reversed(_GUESTS)):
        account_id = _account(ports, subdomain)
        pair = ports.store.connections.pair(host_account_id, account_id)
        assert pair is not None  # made before
        for number, user in enumerate(_people(ports, account_id)):
            if user.role is not Role.LITE and left:
                left -= 1
                yield Technician(user, pair, f"198.51.{100 + place}.{10 + number}")


def _people(ports: Ports, account_id: str) -> Iterator[User]:
    return every(lambda after: ports.store.users.page(account_id, after, 200))


def _account(ports: Ports, subdomain: str) -> str:
    found = ports.store.accounts.owner("subdomain", subdomain)
    assert found is not None  # it was seeded
    return found


def connect(ports: Ports, host_account_id: str) -> None:
    """Let every guest in, as their Administrators do."""
    (host, *_) = ports.store.users.administrators(host_account_id)
    names = dict(ports.store.directory.group_names(host_account_id))
    groups = {name: group_id for group_id, name in names.items()}
    for subdomain, _, _, maximum, reached in _GUESTS:
        scope = Scope(
            frozenset(groups[name] for name in reached), frozenset(), all_organizations=not reached
        )
        made, _ = invite(ports, Person(host), Invitation(subdomain, maximum, scope), no_receipt)
        (guest, *_) = ports.store.users.administrators(_account(ports, subdomain))
        accept(ports, Person(guest), ById(made.connection_id), None, no_receipt)


def load(options: Options, say: Say) -> None:
    """Load the day into the state folder; raise Trouble if it has a younger world already."""
    began = time.monotonic()
    template = read_template()
    state = StateFolder(options.state_dir)
    with ExitStack() as stack:
        state.open()
        stack.callback(state.close)
        log_to(state.log)
        engine = start_engine(state, template, say)
        stack.callback(engine.stop)
        runtime = Runtime(options.base_url, engine.endpoint, state, template)
        if runtime.ports.store.accounts.owner("subdomain", "acme"):
            raise Trouble(
                f"{options.state_dir} has a world already, which began later than this day. "
                "`make clean-local` first, or set STATE_DIR to another folder."
            )
        now = runtime.clock.now()
        clock = Moment(now - _AGO)
        ports = wiring.build(Settings.from_environment(), clock=clock)
        runtime.seeder = Seeder(ports, runtime.people, runtime.issuer.identity_of)
        demo_world(runtime, state, say)
        say("Bringing the guests together ...")
        runtime.seeder.seed(guests())
        host = _account(ports, "acme")
        clock.at += timedelta(hours=1)
        connect(ports, host)
        streams = client("dynamodbstreams", engine.endpoint)
        follower = Follower(streams, stream_arn(engine.endpoint), runtime.functions)
        follower.start()
        _record(ports, clock, host, now, say)
        say("Counting the rest ...")
        follower.stop()
        say("Saving ...")
    say(
        f"Loaded in {time.monotonic() - began:.0f} s. `make run` serves it; sign in as Ada of acme."
    )


def _record(ports: Ports, clock: Moment, host: str, now: datetime, say: Say) -> None:
    day = Day(ports, clock, host)
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) - timedelta(days=1)
    counts = (*_BEFORE, ENTRIES)
    total, written, shown, denied = sum(counts), 0, 0, 0
    say(f"Recording the day of {len(day.technicians)} technicians of {len(_GUESTS)} guests ...")
    for back, number in zip(range(len(counts) - 1, -1, -1), counts, strict=True):
        batch: list[Activity] = []
        for entry in day.entries(midnight - timedelta(days=back), number):
            batch.append(entry)
            denied += entry.outcome is Outcome.DENIED
            if len(batch) == _AT_ONCE:
                ports.store.log.record(batch)
                written, batch = written + len(batch), []
                if written - shown >= total // 10:
                    shown = written
                    say(f"  {written:,} of {total:,} entries")
        if batch:
            ports.store.log.record(batch)
            written += len(batch)
    say(f"  {written:,} of {total:,} entries, {denied:,} of them denied")


def main() -> int:
    """Load; return the exit code."""
    console = sys.stdout
    try:
        load(Options.from_environment(), lambda text: print(text, file=console, flush=True))
    except Trouble as trouble:
        print(f"Gatehouse: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped half-way: `make clean-local` drops what was loaded.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
