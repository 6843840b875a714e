"""A log of any length that nobody has to store: a loopback that works out what a query would find.

Its entries are the same that :func:`entry` makes for a real table, so what is read of either can
be compared.
"""

import json
import socket
import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bench import world
from bench.loopback import response, serve_one
from gatehouse.domain.account import Account
from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.api_key import ApiKey, ApiScope
from gatehouse.domain.roles import Role
from gatehouse.domain.secrets import hash_of
from gatehouse.store import entries, keys, mapping
from gatehouse.store import table as t

SPAN: Final = timedelta(days=21)
"""All entries stand in one month, before :data:`bench.world.THEN`."""
ACTIONS: Final = ("view", "view", "edit", "view", "delete")


def entry(number: int, length: int) -> Activity:
    """Return an entry of a log of some length; 0 is the newest."""
    guest = number // 7 % 4
    return Activity(
        account_id=world.HOST,
        activity_id=f"act_{length - number:026d}",
        time=world.THEN - SPAN * (number + 1) / (length + 1),
        category=Category.ACTIVITY if number % 2 else Category.DECISION,
        action=ACTIONS[number // 11 % len(ACTIONS)],
        outcome=Outcome.DENIED if number // 13 % 10 == 0 else Outcome.ALLOWED,
        actor=Actor(
            "user", "Ana Guest", user(number % 10), None, guest_id(guest), Role.EDITOR, Role.CREATOR
        ),
        reason="allowed",
        connection_id=world.number("con", guest),
        guest_account_id=guest_id(guest),
        organization_id=world.number("org", number // 10 % 8),
        resource=Resource("password", f"{number}", "Router"),
        ip_address="198.51.100.7",
        user_agent="Documentation 4.2",
    )


def user(index: int) -> str:
    return f"usr_{'b' * 16}_{index:026d}"


def guest_id(index: int) -> str:
    return f"acc_{index:016d}"


def account() -> Account:
    """Return the account whose log it is, older than all of it."""
    return replace(world.account(), created_at=world.THEN - SPAN - timedelta(days=1))


def reader() -> ApiKey:
    """Return the key that reads the log."""
    scopes = frozenset({ApiScope.ACTIVITIES_READ})
    key, secret = world.KEY.api_key_id, world.KEY.secret
    return ApiKey.new(world.HOST, key, "bench", scopes, hash_of(secret), world.THEN)


class LogTable:
    """Answers reads of a key and an account, and Query of the log."""

    def __init__(self, length: int) -> None:
        self._length = length
        rows: list[Any] = [keys.api_key_row(reader()), mapping.account_row(account())]
        items = [row.serialize() for row in rows]
        self._items = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
        orders: dict[str, list[int]] = defaultdict(list)
        for number in range(length):
            # What entry() names, without making a million of them.
            guest = number // 7 % 4
            orders[user(number % 10)].append(number)
            orders[world.number("org", number // 10 % 8)].append(number)
            orders[world.number("con", guest)].append(number)
            orders[guest_id(guest)].append(number)
        self._orders = {t.log_of(world.HOST, name): found for name, found in orders.items()}
        self._orders[t.log_month(world.HOST, f"{world.THEN:%Y-%m}")] = [*range(length)]

    def answer(self, target: str, body: bytes) -> bytes:
        request = json.loads(body)
        found: dict[str, Any] = {}
        if target == "GetItem":
            found = self._item(request["Key"])
        elif target == "TransactGetItems":
            keys_ = [one["Get"]["Key"] for one in request["TransactItems"]]
            found = {"Responses": [self._item(key) for key in keys_]}
        elif target == "Query":
            found = self._query(request)
        return response(json.dumps(found).encode())

    def _item(self, key: Any) -> dict[str, Any]:
        item = self._items.get((key["pk"]["S"], key["sk"]["S"]))
        return {"Item": item} if item else {}

    def _query(self, request: Any) -> dict[str, Any]:
        values = [value["S"] for _, value in sorted(request["ExpressionAttributeValues"].items())]
        pk, first, end = values
        order = self._orders.get(pk, [])
        at = bisect_left(order, True, key=lambda number: self._key(number) <= end)
        last = bisect_right(order, False, key=lambda number: self._key(number) < first)
        numbers = order[at : min(last, at + request["Limit"])]
        items = [entries.activity_row(entry(one, self._length)).serialize() for one in numbers]
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}

    def _key(self, number: int) -> str:
        return str(entries.activity_row(entry(number, self._length)).sk)


@contextmanager
def served(table: LogTable) -> Iterator[str]:
    """Serve a table to this process; yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=serve_one, args=(connection, table), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
