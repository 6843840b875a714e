"""The table: what is asked of it, its keys, and (from rows.py) its rows.

No other module spells a key. Rows load when one is first asked for: a decision needs none.

| what is asked                            | call              | key (pk · sk)                                   | read     |
|------------------------------------------|-------------------|-------------------------------------------------|----------|
| may this user do this here?              | TransactGetItems  | API_KEY ACCOUNT USER PAIR RULE ORGANIZATION     | snapshot |
| an account                               | GetItem           | <account> · ACCOUNT                             | strong   |
| who runs an account                      | GetItem           | <account> · ADMINISTRATORS                      | strong   |
| organizations; removals and namings      | GetItem           | <account> · TALLY                               | strong   |
| plan, seats in use by role               | GetItem           | <account> · SEATS                               | strong   |
| whom to write to about payment           | GetItem           | <account> · BILLING                             | strong   |
| the logo of an account                   | GetItem           | <account>#LOGO · <sha256>                       | strong   |
| who has this subdomain/address/identity  | GetItem           | SUBDOMAIN#… EMAIL#… IDENTITY#… · CLAIM          | strong   |
| which export of an account is the latest | GetItem           | EXPORT#<sha256> · CLAIM                         | strong   |
| users, one or in order                   | GetItem, Query    | <account>#USER · <user>                         | strong   |
| groups, one or in order                  | GetItem, Query    | <account>#GROUP · <group>                       | strong   |
| who is listed under a group              | Query             | <account>#MEMBER#<group> · <user>               | strong   |
| what a group reaches                     | Query             | <account>#REACH#<group> · <organization>        | strong   |
| organizations, one, in order, by name    | GetItem, Query    | <account>#ORGANIZATION · <organization>         | strong   |
| direct organizations of a grant          | GetItem           | <account>#GRANT · <grant>                       | strong   |
| traces of something deleted              | GetItem           | <account>#REMOVED · <id>                        | strong   |
| outgoing connections, newest first       | GetItem, Query    | <host>#CONNECTION · <connection>                | strong   |
| incoming connections, newest first       | Query, BatchGet   | <guest>#INCOMING · <connection>                 | strong   |
| hosts that an account blocks              | GetItem, Query    | <guest>#BLOCKED · <host>                        | strong   |
| what two accounts have with each other   | GetItem, Query    | <host>#PAIR · <guest>                           | strong   |
| the mails about a connection, a user, …  | GetItem           | <account>#MAILING#<about> · <mailing>           | strong   |
| what a host sets for one guest user      | GetItem, Query    | <host>#RULE · <user>                            | strong   |
| where a link points                      | GetItem           | LINK#<sha256> · LINK                            | strong   |
| the log, newest first                    | Query             | <account>#LOG#<yyyy-mm> · <time>#<activity>     | strong   |
| … of one user, connection, organization  | Query on          | <account>#<id> · <time>#<activity>              | eventual |
|   or guest account                       | ``log_by_<kind>`` |                                                 |          |
| days of a connection's use               | Query             | <account>#USE#<connection> · <yyyy-mm-dd>       | strong   |
| days of a log: entries by outcome        | Query             | <account>#LOG_DAY · <yyyy-mm-dd>                | strong   |
| how far a month of the log is counted    | GetItem           | <account>#COUNTED · <yyyy-mm>                   | strong   |
| which months are archived up to where    | GetItem, Query    | <account>#ARCHIVED · <yyyy-mm>                  | strong   |
| segments of the archive, newest first    | GetItem, Query    | <account>#SEGMENT · <time>#<activity>           | strong   |
| was this activity reported before?       | PutItem           | <account>#REPORTED · <activity>                 | –        |
| API keys; when a key was last used       | GetItem, Query    | <account>#API_KEY, #API_KEY_USE · <key>         | strong   |
| the answer to an Idempotency-Key         | GetItem           | <account>#RECEIPT · <sha256>                    | strong   |
| attempts in this hour                    | UpdateItem        | <account>#ATTEMPTS · <name>#<hour>              | –        |
| what somebody is still putting together  | GetItem, Query    | <account>#DRAFT · <user>#<draft>                | strong   |
| jobs, one or newest first                | GetItem, Query    | <account>#JOB · <job>                           | strong   |
| what a job noted                         | Query             | <account>#JOB_NOTES#<job> · <number>            | strong   |
| a browser's session                      | GetItem           | SESSION#<sha256> · SESSION                      | strong   |
| where somebody is signed in, newest first| Query, BatchGet   | <account>#SESSION#<user> · <session>            | strong   |
| what is due                              | Query on ``due``  | DUE#<shard> · <time>                            | eventual |

Everything a company owns stands under its own account's id. The rest are names that are unique
in the whole system and secrets known by their hash. ``due`` is a sparse index: only what waits
for the sweep has ``due_shard``; whoever acts on it reads the item again. So are those of the log:
each has the entries that name somebody or something of its kind, whole, in the log's own order.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from gatehouse.store.rows import *  # noqa: F403  # mypy sees the rows here, as everybody does

Item = Mapping[str, Any]

PK: Final = "pk"
SK: Final = "sk"
DUE_INDEX: Final = "due"
DUE_SHARD: Final = "due_shard"
DUE_AT: Final = "due_at"
TTL: Final = "ttl"
LOG_INDEXES: Final = ("log_by_user", "log_by_connection", "log_by_organization", "log_by_guest")
"""The log's orders besides the one of time; each index is hashed by the attribute of its name."""
JSON_ATTRIBUTES: Final = frozenset(
    {
        *("mapped_actions", "mapped_resource_types", "ip_allow_list"),
        *("resent_at", "invited_at", "changes", "facts"),
        *("options", "position", "counts"),
        "denied_resource_types",
        *("sections", "filters", "others"),
    }
)
"""Attributes that are JSON as text."""
DUE_SHARDS: Final = tuple(f"DUE#{shard}" for shard in range(8))


class Key(NamedTuple):
    """Where an item stands."""

    pk: str
    sk: str

    @property
    def is_possible(self) -> bool:
        """Say whether anything could stand here (1 to 2,048 and 1 to 1,024 bytes)."""
        return 0 < len(self.pk.encode()) <= 2_048 and 0 < len(self.sk.encode()) <= 1_024


def account_key(account_id: str) -> Key:
    return Key(account_id, "ACCOUNT")


def administrators_key(account_id: str) -> Key:
    return Key(account_id, "ADMINISTRATORS")


def tally_key(account_id: str) -> Key:
    return Key(account_id, "TALLY")


def seats_key(account_id: str) -> Key:
    return Key(account_id, "SEATS")


def billing_key(account_id: str) -> Key:
    return Key(account_id, "BILLING")


def logo_key(account_id: str, logo_id: str) -> Key:
    return Key(f"{account_id}#LOGO", logo_id)


def claim_key(kind: str, name: str) -> Key:
    """Addresses and identities are personal: their keys are hashes, subdomains are public."""
    if kind == "subdomain":
        return Key(f"SUBDOMAIN#{name}", "CLAIM")
    return Key(f"{kind.upper()}#{hashlib.sha256(name.encode()).hexdigest()}", "CLAIM")


def user_key(account_id: str, user_id: str) -> Key:
    return Key(f"{account_id}#USER", user_id)


def group_key(account_id: str, group_id: str) -> Key:
    return Key(f"{account_id}#GROUP", group_id)


def member_key(account_id: str, group_id: str, user_id: str) -> Key:
    return Key(f"{account_id}#MEMBER#{group_id}", user_id)


def reach_key(account_id: str, group_id: str, organization_id: str) -> Key:
    return Key(f"{account_id}#REACH#{group_id}", organization_id)


def organization_key(account_id: str, organization_id: str) -> Key:
    return Key(f"{account_id}#ORGANIZATION", organization_id)


def grant_key(account_id: str, grant_id: str) -> Key:
    return Key(f"{account_id}#GRANT", grant_id)


def removed_key(account_id: str, entity_id: str) -> Key:
    return Key(f"{account_id}#REMOVED", entity_id)


def connection_key(host_account_id: str, connection_id: str) -> Key:
    return Key(f"{host_account_id}#CONNECTION", connection_id)


def incoming_key(guest_account_id: str, connection_id: str) -> Key:
    return Key(f"{guest_account_id}#INCOMING", connection_id)


def pair_key(host_account_id: str, guest_account_id: str) -> Key:
    return Key(f"{host_account_id}#PAIR", guest_account_id)


def rule_key(host_account_id: str, user_id: str) -> Key:
    return Key(f"{host_account_id}#RULE", user_id)


def blocked_key(guest_account_id: str, host_account_id: str) -> Key:
    return Key(f"{guest_account_id}#BLOCKED", host_account_id)


def mailing_key(account_id: str, about_id: str, mailing_id: str) -> Key:
    return Key(f"{account_id}#MAILING#{about_id}", mailing_id)


def link_key(link_hash: str) -> Key:
    return Key(f"LINK#{link_hash}", "LINK")


def log_key(account_id: str, time: str, activity_id: str) -> Key:
    return Key(log_month(account_id, time[:7]), f"{time}#{activity_id}")


def log_month(account_id: str, month: str) -> str:
    """Return the partition of one month (``yyyy-mm``) of an account's log."""
    return f"{account_id}#LOG#{month}"


def before(key: str) -> str:
    """Return what stands between an entry's key in a log and every older one's.

    A query takes one condition on its sort key, and "between" has both ends in it. No character
    of a key comes after the tilde.
    """
    return f"{key[:-1]}{chr(ord(key[-1]) - 1)}~"


def month_of_log(pk: str) -> str | None:
    """Return the month whose partition of a log this is; None if it is none."""
    _, kind, *month = pk.split("#")[:3] if "#LOG#" in pk else (pk, "", "")
    return month[0] if kind == "LOG" else None


def use_key(account_id: str, connection_id: str, day: date) -> Key:
    return Key(f"{account_id}#USE#{connection_id}", day.isoformat())


def log_day_key(account_id: str, day: date) -> Key:
    return Key(f"{account_id}#LOG_DAY", day.isoformat())


def counted_key(account_id: str, month: str) -> Key:
    return Key(f"{account_id}#COUNTED", month)


def archived_key(account_id: str, month: str) -> Key:
    return Key(f"{account_id}#ARCHIVED", month)


def segment_key(account_id: str, first: str) -> Key:
    """A segment stands under the key of its first entry, in the order of the log."""
    return Key(f"{account_id}#SEGMENT", first)


def counter(*parts: str) -> str:
    """Name a counter of a day; its last part may be of any characters."""
    return "#".join(parts)


_PARTS_OF_COUNTERS: Final = {"action": 4, "reason": 2, "role": 2, "outcome": 2}


def log_of(account_id: str, entity_id: str) -> str:
    """Return where an index has the entries of an account's log that name an entity."""
    return f"{account_id}#{entity_id}"


def reported_key(account_id: str, activity_id: str) -> Key:
    return Key(f"{account_id}#REPORTED", activity_id)


def api_key_key(account_id: str, api_key_id: str) -> Key:
    return Key(f"{account_id}#API_KEY", api_key_id)


def api_key_use_key(account_id: str, api_key_id: str) -> Key:
    return Key(f"{account_id}#API_KEY_USE", api_key_id)


_USED: Final = "last_used_at"


def used_attribute(secret_number: int) -> str:
    """Return where stands when a secret of a key was last used."""
    return _USED if secret_number == 1 else f"{_USED}_{secret_number}"


def uses_in(item: Item) -> dict[int, str]:
    """Return when each secret of a key was last used, by its number."""
    return {
        int(name.removeprefix(_USED).removeprefix("_") or 1): value["S"]
        for name, value in item.items()
        if name.startswith(_USED)
    }


def receipt_key(account_id: str, receipt_id: str) -> Key:
    return Key(f"{account_id}#RECEIPT", receipt_id)


def attempts_key(account_id: str, name: str, hour: str) -> Key:
    return Key(f"{account_id}#ATTEMPTS", f"{name}#{hour}")


def draft_key(account_id: str, user_id: str, draft_id: str) -> Key:
    return Key(f"{account_id}#DRAFT", f"{user_id}#{draft_id}")


def job_key(account_id: str, job_id: str) -> Key:
    return Key(f"{account_id}#JOB", job_id)


def job_notes_key(account_id: str, job_id: str, number: int) -> Key:
    return Key(f"{account_id}#JOB_NOTES#{job_id}", f"{number:06d}")


def session_key(session_hash: str) -> Key:
    return Key(f"SESSION#{session_hash}", "SESSION")


def user_session_key(account_id: str, user_id: str, session_id: str) -> Key:
    return Key(f"{account_id}#SESSION#{user_id}", session_id)


def due_shard(entity_id: str) -> str:
    """Spread what is due over the shards of the index."""
    return DUE_SHARDS[zlib.crc32(entity_id.encode()) % len(DUE_SHARDS)]


_DUE_KINDS: Final = {
    "CONNECTION": "connection",
    "MAILING": "mailing",
    "GRANT": "grant",
    "REMOVED": "removal",
    "API_KEY_USE": "api_key",
    "JOB": "job",
    "COUNTED": "month",
}


def due_parts(pk: str, sk: str) -> tuple[str, str, str, str | None]:
    """Take the key of something due apart: kind, account, id, and what a mailing is about."""
    account_id, kind, *rest = pk.split("#")
    return _DUE_KINDS[kind], account_id, sk, rest[0] if rest else None


def __getattr__(name: str) -> Any:
    """Return a row class, which loads pynamodb's models (PEP 562)."""
    if name.endswith("Row"):  # not __path__, for one, which imports ask for
        from gatehouse.store import rows

        if hasattr(rows, name):
            return getattr(rows, name)
    raise AttributeError(f"the table has no {name}")


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {"N": int, "NULL": lambda _: None}
"""How the values of an item are read that are not as they come."""


class LeanRow:
    """A row as its item came or will go: attributes by the names of its row class, no models.

    Decisions read and record these alone; an attribute that an item lacks is None.
    """

    def __init__(self, item: Item) -> None:
        self._item = item
        # Found as attributes at once: decisions read about fifty of them.
        for name, value in item.items():
            ((kind, raw),) = value.items()
            self.__dict__[name] = _READ[kind](raw) if kind in _READ else raw
        for name in JSON_ATTRIBUTES & item.keys():
            self.__dict__[name] = json.loads(self.__dict__[name])

    @classmethod
    def of(cls, key: Key, **values: str | Mapping[str, Any] | None) -> LeanRow:
        """Make a row of texts and JSON; what is None is left out."""
        item: dict[str, Any] = {PK: {"S": key.pk}, SK: {"S": key.sk}}
        for name, value in values.items():
            if value is not None:
                item[name] = {"S": value if isinstance(value, str) else json.dumps(value)}
        return cls(item)

    @classmethod
    def from_raw_data(cls, data: Item) -> LeanRow:
        """Make a row of an item, as a row class does."""
        return cls(data)

    def counters(self) -> Mapping[tuple[str, ...], int]:
        """Return the counters of a day by the parts of their names."""
        found = {}
        for name, value in self.__dict__.items():
            kind, hash_, _ = name.partition("#")
            if hash_:
                found[tuple(name.split("#", _PARTS_OF_COUNTERS[kind] - 1))] = value
        return found

    def __getattr__(self, name: str) -> Any:
        """Return None for what the item lacks."""
        return None

    def serialize(self) -> Item:
        """Return the item, as a row class does."""
        return self._item
