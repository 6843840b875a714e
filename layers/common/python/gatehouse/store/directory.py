"""Groups, organizations, and who reaches what."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from pynamodb.attributes import UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.finding import finder
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.pages import Page
from gatehouse.domain.user import User
from gatehouse.store import mapping
from gatehouse.store import table as t
from gatehouse.store.accounts import DynamoUsers
from gatehouse.store.engine import Table, side_by_side
from gatehouse.store.paging import page_of
from gatehouse.store.refusals import ConditionFailed
from gatehouse.usecases.stored import SORTED

_CHUNK = 200


class DynamoDirectory:
    """Implements :class:`gatehouse.usecases.ports.Directory`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._users = DynamoUsers(table)

    # ---- groups

    def group(self, account_id: str, group_id: str) -> Group | None:
        row = self._table.get(t.GroupRow, t.group_key(account_id, group_id))
        return mapping.group(row) if row else None

    def groups(self, account_id: str, group_ids: Iterable[str]) -> Mapping[str, Group]:
        keys = [t.group_key(account_id, group_id) for group_id in group_ids]
        return {row.sk: mapping.group(row) for row in self._table.get_many(t.GroupRow, keys)}

    def groups_page(self, account_id: str, after: str | None, limit: int) -> Page[Group]:
        rows = self._table.query(
            t.GroupRow, t.group_key(account_id, "").pk, where=_beyond(after), limit=limit + 1
        )
        return page_of([mapping.group(row) for row in rows], limit, lambda group: group.group_id)

    def members_page(
        self, account_id: str, group_id: str, after: str | None, limit: int
    ) -> Page[User]:
        rows = self._table.query(
            t.Row, t.member_key(account_id, group_id, "").pk, where=_beyond(after), limit=limit + 1
        )
        listed = page_of([row.sk for row in rows], limit, str)
        users = self._users.many(listed.items)
        return Page(
            tuple(
                users[user_id]
                for user_id in listed.items
                if user_id in users and group_id in users[user_id].group_ids
            ),
            listed.after,
        )

    def group_names(self, account_id: str) -> Iterator[tuple[str, str]]:
        return self._names(t.group_key(account_id, "").pk)

    # ---- organizations

    def organization_names(self, account_id: str) -> Iterator[tuple[str, str]]:
        return self._names(t.organization_key(account_id, "").pk)

    def organization(self, account_id: str, organization_id: str) -> Organization | None:
        key = t.organization_key(account_id, organization_id)
        row = self._table.get(t.OrganizationRow, key)
        return mapping.organization(row) if row else None

    def organizations(
        self, account_id: str, organization_ids: Iterable[str]
    ) -> Mapping[str, Organization]:
        keys = [t.organization_key(account_id, one) for one in organization_ids]
        rows = self._table.get_many(t.OrganizationRow, keys)
        return {row.sk: mapping.organization(row) for row in rows}

    def organizations_page(
        self, account_id: str, after: str | None, limit: int
    ) -> Page[Organization]:
        rows = self._table.query(
            t.OrganizationRow,
            t.organization_key(account_id, "").pk,
            where=_beyond(after),
            limit=limit + 1,
        )
        found = [mapping.organization(row) for row in rows]
        return page_of(found, limit, lambda organization: organization.organization_id)

    def organizations_named(self, account_id: str, words: str, limit: int) -> Page[Organization]:
        """Look at names until enough are found: 20,000 names are about 3 MB, in as many reads."""
        finds = finder(words)
        found: list[tuple[str, str]] = []
        names = self._table.walk(t.organization_key(account_id, "").pk, t.SK, "name")
        for looked_at, (organization_id, name) in enumerate(names):
            if looked_at >= SORTED and len(found) > limit:
                break
            if finds(name):
                found.append((name.casefold(), organization_id))
        ids = [organization_id for _, organization_id in heapq.nsmallest(limit + 1, found)]
        return self._page_of_ids(account_id, ids, limit)

    def group_sizes(self, account_id: str, group_ids: Sequence[str]) -> Mapping[str, int]:
        def size(group_id: str) -> int:
            return sum(1 for _ in self._all(t.reach_key(account_id, group_id, "").pk))

        return dict(zip(group_ids, side_by_side(size, group_ids), strict=True))

    def group_organizations_page(
        self, account_id: str, group_id: str, after: str | None, limit: int
    ) -> Page[Organization]:
        ids = list(islice(self._listed(account_id, group_id, after, limit + 1), limit + 1))
        return self._page_of_ids(account_id, ids, limit)

    def reach_page(
        self, account_id: str, holder: Holder, after: str | None, limit: int
    ) -> Page[Organization]:
        if holder.reaches_everything:
            return self.organizations_page(account_id, after, limit)
        # Every source is in the order of ids: merged, each id comes once however it is reached.
        ids = list(islice(_once(self._first(account_id, holder, after, limit + 1)), limit + 1))
        page = self._page_of_ids(account_id, ids, limit)
        return Page(tuple(one for one in page.items if via_of(holder, one)), page.after)

    def reach_count(self, account_id: str, holder: Holder) -> int:
        if holder.reaches_everything:
            row = self._table.get(t.TallyRow, t.tally_key(account_id))
            return int(row.organizations or 0) if row else 0
        sources = [
            self._all(t.reach_key(account_id, group_id, "").pk)
            for group_id in sorted(holder.group_ids)
        ]
        if holder.grant_id is not None:
            sources.append(iter(self._direct(account_id, holder.grant_id, None)))
        return sum(1 for _ in _once(sources))

    def reaches_anything(self, account_id: str, group_ids: Iterable[str]) -> bool:
        return any(
            True
            for group_id in sorted(group_ids)
            for _ in islice(self._listed(account_id, group_id, None, 1), 1)
        )

    # ---- what deleting leaves behind

    def unfinished_removal(self, account_id: str, entity_id: str) -> bool:
        row = self._table.get(t.RemovedRow, t.removed_key(account_id, entity_id))
        return row is not None and row.due_at is not None

    def untold(self, account_id: str, organization_id: str) -> frozenset[str]:
        row = self._table.get(t.RemovedRow, t.removed_key(account_id, organization_id))
        return frozenset(row.untold or ()) if row else frozenset()

    def tidy_removal(self, account_id: str, entity_id: str) -> None:
        key = t.removed_key(account_id, entity_id)
        row = self._table.get(t.RemovedRow, key)
        if row is None or row.due_at is None:
            return
        if entity_id.startswith("grp_"):
            self._forget_group(account_id, entity_id)
        else:
            for group_id in row.groups or ():
                self._table.delete(t.reach_key(account_id, group_id, entity_id))
            for grant_id in row.grants or ():
                self._lose(
                    t.grant_key(account_id, grant_id), t.GrantRow.organization_ids, entity_id
                )
        self._table.update(
            key,
            [
                t.Row.due_shard.remove(),
                t.Row.due_at.remove(),
                t.RemovedRow.groups.remove(),
                t.RemovedRow.grants.remove(),
            ],
        )

    def _forget_group(self, account_id: str, group_id: str) -> None:
        """Take a deleted group from its members first, then from its organizations."""
        for partition, of in (
            (t.member_key(account_id, group_id, "").pk, t.user_key),
            (t.reach_key(account_id, group_id, "").pk, t.organization_key),
        ):
            while rows := self._table.query(t.Row, partition, limit=_CHUNK):
                for row in rows:
                    attribute = (
                        t.UserRow.group_ids if of is t.user_key else t.OrganizationRow.groups
                    )
                    self._lose(
                        of(account_id, row.sk), attribute, group_id, versioned=of is t.user_key
                    )
                    self._table.delete(t.Key(row.pk, row.sk))

    def _lose(
        self,
        key: t.Key,
        attribute: UnicodeSetAttribute,
        member: str,
        *,
        versioned: bool = False,
    ) -> None:
        actions: list[Action] = [attribute.delete({member})]
        if versioned:
            actions.append(t.Row.version.add(1))
        try:
            self._table.update(key, actions, attribute.contains(member))
        except ConditionFailed:
            return

    # ---- sources of ids, each in order

    def _first(
        self, account_id: str, holder: Holder, after: str | None, size: int
    ) -> list[Iterator[str]]:
        """Return the first ids of every source, read side by side: enough for ``size`` merged."""
        reads: list[Callable[[], list[str]]] = [
            lambda group_id=group_id: [  # type: ignore[misc]  # bound now
                row.sk for row in self._rows(account_id, group_id, after, size)
            ]
            for group_id in sorted(holder.group_ids)
        ]
        grant_id = holder.grant_id
        if grant_id is not None:
            reads.append(lambda: self._direct(account_id, grant_id, after))
        return [iter(ids) for ids in side_by_side(lambda read: read(), reads)]

    def _direct(self, account_id: str, grant_id: str, after: str | None) -> list[str]:
        row = self._table.get(t.GrantRow, t.grant_key(account_id, grant_id))
        ids = sorted(row.organization_ids or ()) if row else []
        return [one for one in ids if after is None or one > after]

    def _rows(self, account_id: str, group_id: str, after: str | None, size: int) -> list[t.Row]:
        partition = t.reach_key(account_id, group_id, "").pk
        return self._table.query(t.Row, partition, where=_beyond(after), limit=size)

    def _all(self, partition: str) -> Iterator[str]:
        return (found for (found,) in self._table.walk(partition, t.SK))

    def _names(self, partition: str) -> Iterator[tuple[str, str]]:
        return ((id_, name) for id_, name in self._table.walk(partition, t.SK, "name"))

    def _listed(
        self, account_id: str, group_id: str, after: str | None, size: int
    ) -> Iterator[str]:
        while True:
            rows = self._rows(account_id, group_id, after, size)
            yield from (row.sk for row in rows)
            if len(rows) < size:
                return
            after = rows[-1].sk

    def _page_of_ids(self, account_id: str, ids: list[str], limit: int) -> Page[Organization]:
        page = page_of(ids, limit, str)
        known = self.organizations(account_id, page.items)
        return Page(tuple(known[one] for one in page.items if one in known), page.after)


def _beyond(after: str | None) -> Condition | None:
    return t.Row.sk > after if after else None


def _once(sources: list[Iterator[str]]) -> Iterator[str]:
    last: str | None = None
    for one in heapq.merge(*sources):
        if one != last:
            yield one
        last = one
