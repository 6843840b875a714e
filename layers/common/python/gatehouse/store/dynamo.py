"""The store: every port of the use cases, on one table.

Each part loads when it is first asked for: decisions use two of them.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from gatehouse.domain.decision import Facts, Pair
from gatehouse.domain.directory import Organization
from gatehouse.domain.ids import home_account_of, is_id
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import User
from gatehouse.store import keys as keys_of
from gatehouse.store import mapping
from gatehouse.store import table as t
from gatehouse.store.credentials import DynamoApiKeys
from gatehouse.store.engine import Table
from gatehouse.store.log import DynamoLog
from gatehouse.usecases.asking import Question, Snapshot

if TYPE_CHECKING:
    from gatehouse.store.accounts import DynamoAccounts, DynamoUsers
    from gatehouse.store.archive import DynamoArchive
    from gatehouse.store.commit import Commit
    from gatehouse.store.connections import DynamoConnections
    from gatehouse.store.directory import DynamoDirectory
    from gatehouse.store.drafts import DynamoDrafts
    from gatehouse.store.grants import DynamoGrants
    from gatehouse.store.jobs import DynamoJobs
    from gatehouse.store.mailings import DynamoMailings
    from gatehouse.store.objects import S3Objects
    from gatehouse.store.seats import DynamoSeats
    from gatehouse.store.sessions import DynamoSessions
    from gatehouse.store.uses import DynamoUses
    from gatehouse.usecases.changes import Change, Receipt
    from gatehouse.usecases.stored import Due

_DUE_PAGE = 100


class DynamoStore:
    """Implements :class:`gatehouse.usecases.ports.Store`.

    ``objects`` makes what the log's archive stands in, when something is read from it or written;
    by the clock ``now`` the log knows of what it need not look there for.
    """

    def __init__(
        self,
        table: Table,
        grants_per_organization: int = 1_000,
        objects: Callable[[], S3Objects] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._table = table
        self._most = grants_per_organization
        self._objects = objects or _no_objects
        self._now = now

    @cached_property
    def accounts(self) -> DynamoAccounts:
        from gatehouse.store.accounts import DynamoAccounts

        return DynamoAccounts(self._table)

    @cached_property
    def seats(self) -> DynamoSeats:
        from gatehouse.store.seats import DynamoSeats

        return DynamoSeats(self._table)

    @cached_property
    def users(self) -> DynamoUsers:
        from gatehouse.store.accounts import DynamoUsers

        return DynamoUsers(self._table)

    @cached_property
    def directory(self) -> DynamoDirectory:
        from gatehouse.store.directory import DynamoDirectory

        return DynamoDirectory(self._table)

    @cached_property
    def grants(self) -> DynamoGrants:
        from gatehouse.store.grants import DynamoGrants

        return DynamoGrants(self._table, self._most)

    @cached_property
    def connections(self) -> DynamoConnections:
        from gatehouse.store.connections import DynamoConnections

        return DynamoConnections(self._table)

    @cached_property
    def mailings(self) -> DynamoMailings:
        from gatehouse.store.mailings import DynamoMailings

        return DynamoMailings(self._table)

    @cached_property
    def log(self) -> DynamoLog:
        return DynamoLog(self._table, lambda: self.archive, self._now)

    @cached_property
    def archive(self) -> DynamoArchive:
        from gatehouse.store.archive import DynamoArchive

        return DynamoArchive(self._table, self._objects)

    @cached_property
    def uses(self) -> DynamoUses:
        from gatehouse.store.uses import DynamoUses

        return DynamoUses(self._table)

    @cached_property
    def api_keys(self) -> DynamoApiKeys:
        return DynamoApiKeys(self._table)

    @cached_property
    def sessions(self) -> DynamoSessions:
        from gatehouse.store.sessions import DynamoSessions

        return DynamoSessions(self._table)

    @cached_property
    def drafts(self) -> DynamoDrafts:
        from gatehouse.store.drafts import DynamoDrafts

        return DynamoDrafts(self._table)

    @cached_property
    def jobs(self) -> DynamoJobs:
        from gatehouse.store.jobs import DynamoJobs

        return DynamoJobs(self._table)

    @cached_property
    def _commit(self) -> Commit:
        from gatehouse.store.commit import Commit

        return Commit(self._table, self._most)

    def commit(self, *changes: Change | None) -> None:
        self._commit.run(changes)

    def snapshot(
        self, account_id: str, api_key_id: str | None, questions: Sequence[Question]
    ) -> Snapshot:
        keys = [t.account_key(account_id)]
        if api_key_id is not None:
            keys.append(t.api_key_key(account_id, api_key_id))
        wanted = [_keys(account_id, question) for question in questions]
        everything = list(dict.fromkeys([*keys, *(key for one in wanted for key in one if key)]))
        items = dict(zip(everything, self._table.snapshot(everything), strict=True))
        account_item, key_item = items[keys[0]], items[keys[1]] if api_key_id is not None else None
        # A batch asks about the same person or organization again and again: each is read once.
        made: dict[t.Key | None, Any] = {None: None}
        for one in wanted:
            for key, make in zip(one, (_user, _pair, _organization, _rule), strict=True):
                if key is not None and key not in made:
                    made[key] = make(items[key])
        return Snapshot(
            keys_of.api_key(t.LeanRow(key_item)) if key_item else None,
            mapping.account(t.LeanRow(account_item)) if account_item else None,
            tuple(
                Facts(
                    home_account_of(question.user_id) == account_id,
                    made[one.user],
                    made[one.pair],
                    made[one.organization],
                    made[one.rule],
                )
                for question, one in zip(questions, wanted, strict=True)
            ),
        )

    def standing(self, user_id: str, host_account_id: str) -> Facts:
        home = home_account_of(user_id) or ""
        own = home == host_account_id
        keys = [t.user_key(home, user_id)]
        if not own and is_id(host_account_id, "acc"):
            keys += [t.pair_key(host_account_id, home), t.rule_key(host_account_id, user_id)]
        user, pair, rule = (*self._table.snapshot(keys), None, None)[:3]
        return Facts(own, _user(user), _pair(pair), None, _rule(rule))

    def receipt(self, account_id: str, receipt_id: str, now: datetime) -> Receipt | None:
        from gatehouse.usecases.changes import Receipt

        row = self._table.get(t.ReceiptRow, t.receipt_key(account_id, receipt_id))
        if row is None or row.expires_at <= to_text(now):
            return None
        return Receipt(
            account_id,
            receipt_id,
            row.fingerprint,
            int(row.status),
            row.body,
            now,
            from_text(row.expires_at),
        )

    def amend(self, receipt: Receipt) -> None:
        from gatehouse.store.entities import receipt_row

        self._table.put(receipt_row(receipt))

    def due(self, now: datetime) -> Iterator[Due]:
        """Go through all shards at once, the oldest first: no flood of new work hides older."""
        shards = [self._due_in(shard, to_text(now)) for shard in t.DUE_SHARDS]
        for item in heapq.merge(*shards, key=lambda item: str(item[t.DUE_AT]["S"])):
            yield _due(item)

    def _due_in(self, shard: str, until: str) -> Iterator[t.Item]:
        after = None
        while True:
            items, after = self._table.query_due(shard, until, _DUE_PAGE, after)
            yield from items
            if after is None:
                return


def _no_objects() -> S3Objects:
    raise LookupError("this store was made without the log's archive")


class _Keys(NamedTuple):
    """The keys of one question."""

    user: t.Key | None
    pair: t.Key | None
    organization: t.Key | None
    rule: t.Key | None


def _keys(account_id: str, question: Question) -> _Keys:
    user_id = question.user_id
    home = home_account_of(user_id)
    is_guest = home is not None and home != account_id
    return _Keys(
        t.user_key(home, user_id) if home else None,
        t.pair_key(account_id, home) if home and is_guest else None,
        t.organization_key(account_id, question.organization_id)
        if question.organization_id
        else None,
        t.rule_key(account_id, user_id) if is_guest else None,
    )


def _user(item: t.Item | None) -> User | None:
    return mapping.user(t.LeanRow(item)) if item else None


def _pair(item: t.Item | None) -> Pair | None:
    return mapping.pair(t.LeanRow(item)) if item else None


def _rule(item: t.Item | None) -> Rule | None:
    return mapping.rule(t.LeanRow(item)) if item else None


def _organization(item: t.Item | None) -> Organization | None:
    return mapping.organization(t.LeanRow(item)) if item else None


def _due(item: t.Item) -> Due:
    from gatehouse.usecases.stored import Due

    return Due(*t.due_parts(item["pk"]["S"], item["sk"]["S"]))
