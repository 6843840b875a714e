"""Many companies in one table, invitations by the hundred, and threads that truly meet."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from gatehouse.domain.account import Account
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.mailing import Delivery, Mailing
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.usecases.changes import Change, Queue
from gatehouse.usecases.deliver import deliver
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.lifecycle import Step, changes_of, invitation_to
from gatehouse.usecases.scope import prepare_grant
from gatehouse.usecases.sweep import Swept, sweep
from tests.proof.ledger import Ledger
from tests.support import issuer
from tests.support.api import Reply
from tests.support.world import Company, World

HEAD_START = 0.06
"""Seconds."""
THREADS = 8
_AT_ONCE = 96
_FOREVER = timedelta(days=3650)


class Field:
    """A world for trials by the hundred: nothing in it is limited by the hour or the week."""

    def __init__(self, table_name: str) -> None:
        self.world = World(
            table_name, invite_attempts_per_hour=10**9, invitations_per_pair_and_week=10**6
        )
        self.ports = self.world.ports
        self._pool = ThreadPoolExecutor(2 * THREADS)
        self._tokens: dict[str, str] = {}
        self._made = 0
        issuer.key()  # made once, before threads could make one each

    def close(self) -> None:
        self._pool.shutdown()

    def company(self, **what: Any) -> Company:
        """Set up one more company: Nora and Omar run it, Sam is an Editor."""
        self._made += 1
        people = {"nora": "administrator", "omar": "administrator", "sam": "editor"}
        return self.world.company(f"company{self._made}", what.pop("people", people), **what)

    def pairs(self, count: int, **what: Any) -> list[tuple[Company, Company]]:
        """Return so many hosts and guests, no pair twice, from as few companies as will do."""
        side = max(1, round(count**0.5))
        people = {"people": what["people"]} if "people" in what else {}
        hosts = [self.company(**what) for _ in range(side)]
        guests = [self.company(**people) for _ in range(-(-count // side))]
        return list(product(hosts, guests))[:count]

    def token(self, company: Company, name: str = "nora") -> str:
        """Return an access token that outlives every trial, of a sign-in with two factors."""
        user_id = company.users[name]
        if user_id not in self._tokens:
            end = self.world.clock.now() + _FOREVER
            claims = {"exp": int(end.timestamp()), "amr": ["mfa"]}
            self._tokens[user_id] = self.world.token(company, name, **claims)
        return self._tokens[user_id]

    def person(self, company: Company, name: str = "nora") -> Person:
        user = self.ports.store.users.get(company.users[name])
        assert user is not None
        return Person(user)

    def offers(
        self,
        pairs: Sequence[tuple[Company, Company]],
        lifetime: timedelta = timedelta(days=7),
        **terms: Any,
    ) -> list[Connection]:
        """Invite all guests of the pairs as the use case would, many in one transaction.

        All organizations at most as Editor, unless the terms say otherwise; the mails count as
        bounced, nobody has the links.
        """
        made: list[Connection] = []
        changes: list[list[Change]] = []
        accounts = self.ports.store.accounts.many({c.account_id for pair in pairs for c in pair})
        people = {c.account_id: self.person(c) for pair in pairs for c in pair}
        for host, guest in pairs:
            connection, step = self._offer(
                accounts[host.account_id], accounts[guest.account_id], people, lifetime, terms
            )
            mailing = invitation_to(connection, [people[guest.account_id].user], step.now)
            changes.append(
                [*changes_of(self.ports, step), Queue(_bounced(mailing), step.now + _FOREVER)]
            )
            made.append(connection)
        self._commit(changes)
        return made

    def actives(self, pairs: Sequence[tuple[Company, Company]], **terms: Any) -> list[Connection]:
        """Let Nora of every guest accept what :meth:`offers` makes."""
        return self._accepted(pairs, self.offers(pairs, **terms))

    def granted(
        self,
        pairs: Sequence[tuple[Company, Company]],
        organization_ids: frozenset[str] = frozenset(),
        *,
        active: bool = True,
        **terms: Any,
    ) -> list[Connection]:
        """Make connections with a direct grant: of these organizations, or of the host's Alder."""
        made: list[Connection] = []
        for host, guest in pairs:
            wanted = organization_ids or frozenset({host.organizations["Alder"]})
            grant_id, in_force = prepare_grant(
                self.ports, host.account_id, self.ports.ids.new("con"), wanted
            )
            made += self.offers(
                [(host, guest)], grant_id=grant_id, all_organizations=False, **terms
            )
            self.ports.store.commit(*in_force)
        return self._accepted(pairs, made) if active else made

    def _accepted(
        self, pairs: Sequence[tuple[Company, Company]], offers: Sequence[Connection]
    ) -> list[Connection]:
        made: list[Connection] = []
        changes: list[list[Change]] = []
        for (_, guest), before in zip(pairs, offers, strict=True):
            now = self.world.clock.now()
            person = self.person(guest)
            after = before.accept(person.named, now)
            pair = self.ports.store.connections.pair(
                before.host.account_id, before.guest.account_id
            )
            step = Step("accepted", before, after, pair, person.actor, now)
            changes.append(changes_of(self.ports, step))
            made.append(after)
        self._commit(changes)
        return made

    def invite(self, host: Company, guest: Company, name: str = "nora", **more: Any) -> Reply:
        """Invite through the route: all organizations, at most as Editor, unless told otherwise."""
        headers = more.pop("headers", None)
        body = {
            "guest_subdomain": guest.subdomain,
            "maximum_role": "editor",
            "all_organizations": True,
            **more,
        }
        token = self.token(host, name)
        return self.world.api("POST", "/connections", body, token=token, headers=headers)

    def link_of(self, offer: Connection, guest: Company) -> str:
        """Send Nora the mail that :meth:`offers` left out; return the token of her link."""
        deliver(self.ports, offer, self.queue(offer))
        return self.world.outbox.to(guest.emails["nora"]).token

    def queue(self, offer: Connection) -> Mailing:
        """Queue the mails that :meth:`offers` left out."""
        mailings = self.ports.store.mailings
        mailing = mailings.get(offer.host.account_id, offer.connection_id, offer.mailing_id)
        assert mailing is not None
        recipients = {
            user_id: replace(recipient, delivery=Delivery.QUEUED)
            for user_id, recipient in mailing.recipients.items()
        }
        mailing = replace(mailing, recipients=recipients)
        self.ports.store.commit(queued(mailing))
        return mailing

    def meet(self, *contenders: Callable[[], Any], head_start: float = HEAD_START) -> list[Any]:
        """Let everybody run at once, a thread each; return what they got, in order.

        Who has less to do would always be first, so each kind of contender has a start of its own,
        within less than a request takes: over the rounds either side comes to win.
        """
        barrier = threading.Barrier(len(contenders))
        late = {id(one): random.uniform(0, head_start) for one in contenders}  # a race, no secret

        def run(contender: Callable[[], Any]) -> Any:
            barrier.wait()
            time.sleep(late[id(contender)])
            return contender()

        return list(self._pool.map(run, contenders))

    def send(self, method: str, address: str, body: Any = None, **how: Any) -> Callable[[], Reply]:
        """Return what sends a request when called."""
        return lambda: self.world.api(method, address, body, **how)

    def sweep(self) -> Swept:
        """Run the clean-up as if it had all the time it needs."""
        return sweep(self.ports, lambda: True)

    def ledger(self) -> Ledger:
        return Ledger(self.world)

    def settled(self, **later: float) -> Ledger:
        """Let time pass, clean up until nothing is due, and check everything."""
        self.world.clock.advance(**(later or {"minutes": 5}))
        assert self.sweep().failed == 0
        ledger = self.ledger()
        ledger.check()
        ledger.check_mails()
        ledger.check_tidy()
        return ledger

    def _offer(
        self,
        host: Account,
        guest: Account,
        people: dict[str, Person],
        lifetime: timedelta,
        terms: dict[str, Any],
    ) -> tuple[Connection, Step]:
        now = self.world.clock.now()
        person = people[host.account_id]
        connection = Connection(
            connection_id=self.ports.ids.new("con"),
            host=host.named,
            guest=guest.named,
            state=State.PENDING,
            maximum_role=Role.EDITOR,
            group_ids=frozenset(),
            grant_id=None,
            all_organizations=True,
            message=None,
            invited_by=person.named,
            created_at=now,
            expires_at=now + lifetime,
            lifetime_days=7,
            mailing_id=self.ports.ids.new("mlg"),
        )
        connection = replace(connection, **terms)
        pair = self.ports.store.connections.pair(host.account_id, guest.account_id)
        return connection, Step("invited", None, connection, pair, person.actor, now)

    def _commit(self, together: Iterable[list[Change]]) -> None:
        batch: list[Change] = []
        for changes in together:
            if len(batch) + len(changes) > _AT_ONCE * 4 // 5:
                self.ports.store.commit(*batch)
                batch = []
            batch += changes
        self.ports.store.commit(*batch)


def statuses(replies: Sequence[Reply]) -> list[int]:
    return sorted(reply.status for reply in replies)


def _bounced(mailing: Mailing) -> Mailing:
    recipients = {
        user_id: replace(recipient, delivery=Delivery.BOUNCED)
        for user_id, recipient in mailing.recipients.items()
    }
    return replace(mailing, recipients=recipients)
