"""The table: what is asked of it, its keys, its rows. No other module spells a key.

| what is asked                            | call              | key (pk · sk)                                   | read     |
|------------------------------------------|-------------------|-------------------------------------------------|----------|
| may this user do this here?              | TransactGetItems  | API_KEY ACCOUNT USER PAIR ORGANIZATION          | snapshot |
| an account                               | GetItem           | <account> · ACCOUNT                             | strong   |
| who runs an account                      | GetItem           | <account> · ADMINISTRATORS                      | strong   |
| organizations; removals and namings      | GetItem           | <account> · TALLY                               | strong   |
| who has this subdomain/address/identity  | GetItem           | SUBDOMAIN#… EMAIL#… IDENTITY#… · CLAIM          | strong   |
| users, one or in order                   | GetItem, Query    | <account>#USER · <user>                         | strong   |
| groups, one or in order                  | GetItem, Query    | <account>#GROUP · <group>                       | strong   |
| who is listed under a group              | Query             | <account>#MEMBER#<group> · <user>               | strong   |
| what a group reaches                     | Query             | <account>#REACH#<group> · <organization>        | strong   |
| organizations, one or in order           | GetItem, Query    | <account>#ORGANIZATION · <organization>         | strong   |
| direct organizations of a grant          | GetItem           | <account>#GRANT · <grant>                       | strong   |
| traces of something deleted              | GetItem           | <account>#REMOVED · <id>                        | strong   |
| outgoing connections, newest first       | GetItem, Query    | <host>#CONNECTION · <connection>                | strong   |
| incoming connections, newest first       | Query, BatchGet   | <guest>#INCOMING · <connection>                 | strong   |
| what two accounts have with each other   | GetItem, Query    | <host>#PAIR · <guest>                           | strong   |
| the mails of a connection                | GetItem           | <host>#MAILING#<connection> · <mailing>         | strong   |
| where a link points                      | GetItem           | LINK#<sha256> · LINK                            | strong   |
| the log, newest first                    | Query             | <account>#LOG#<yyyy-mm> · <time>#<activity>     | strong   |
| was this activity reported before?       | PutItem           | <account>#REPORTED · <activity>                 | –        |
| API keys; when a key was last used       | GetItem, Query    | <account>#API_KEY, #API_KEY_USE · <key>         | strong   |
| the answer to an Idempotency-Key         | GetItem           | <account>#RECEIPT · <sha256>                    | strong   |
| attempts in this hour                    | UpdateItem        | <account>#ATTEMPTS · <name>#<hour>              | –        |
| a browser's session                      | GetItem           | SESSION#<sha256> · SESSION                      | strong   |
| what is due                              | Query on ``due``  | DUE#<shard> · <time>                            | eventual |

Everything a company owns stands under its own account's id. The rest are names that are unique
in the whole system and secrets known by their hash. ``due`` is a sparse index: only what waits
for the sweep has ``due_shard``; whoever acts on it reads the item again.
"""

import hashlib
import zlib
from typing import Any, Final, NamedTuple

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.models import Model

PK: Final = "pk"
SK: Final = "sk"
DUE_INDEX: Final = "due"
DUE_SHARD: Final = "due_shard"
DUE_AT: Final = "due_at"
TTL: Final = "ttl"
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


def mailing_key(host_account_id: str, connection_id: str, mailing_id: str) -> Key:
    return Key(f"{host_account_id}#MAILING#{connection_id}", mailing_id)


def link_key(link_hash: str) -> Key:
    return Key(f"LINK#{link_hash}", "LINK")


def log_key(account_id: str, time: str, activity_id: str) -> Key:
    return Key(log_month(account_id, time[:7]), f"{time}#{activity_id}")


def log_month(account_id: str, month: str) -> str:
    """Return the partition of one month (``yyyy-mm``) of an account's log."""
    return f"{account_id}#LOG#{month}"


def reported_key(account_id: str, activity_id: str) -> Key:
    return Key(f"{account_id}#REPORTED", activity_id)


def api_key_key(account_id: str, api_key_id: str) -> Key:
    return Key(f"{account_id}#API_KEY", api_key_id)


def api_key_use_key(account_id: str, api_key_id: str) -> Key:
    return Key(f"{account_id}#API_KEY_USE", api_key_id)


def receipt_key(account_id: str, receipt_id: str) -> Key:
    return Key(f"{account_id}#RECEIPT", receipt_id)


def attempts_key(account_id: str, name: str, hour: str) -> Key:
    return Key(f"{account_id}#ATTEMPTS", f"{name}#{hour}")


def session_key(session_hash: str) -> Key:
    return Key(f"SESSION#{session_hash}", "SESSION")


def due_shard(entity_id: str) -> str:
    """Spread what is due over the shards of the index."""
    return DUE_SHARDS[zlib.crc32(entity_id.encode()) % len(DUE_SHARDS)]


_DUE_KINDS: Final = {
    "CONNECTION": "connection",
    "MAILING": "mailing",
    "GRANT": "grant",
    "REMOVED": "removal",
}


def due_parts(pk: str, sk: str) -> tuple[str, str, str, str | None]:
    """Take the key of something due apart: kind, account, id, and the connection of a mailing."""
    account_id, kind, *rest = pk.split("#")
    return _DUE_KINDS[kind], account_id, sk, rest[0] if rest else None


class Row(Model):
    """What every item has."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    ttl = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    created_at = UnicodeAttribute(null=True)


class AccountRow(Row):
    account_id = UnicodeAttribute()
    subdomain = UnicodeAttribute()
    name = UnicodeAttribute()
    region = UnicodeAttribute()
    invitation_expires_in_days = NumberAttribute()
    mapped_actions = JSONAttribute(null=True)
    mapped_resource_types = JSONAttribute(null=True)
    require_mfa = BooleanAttribute(null=True)
    ip_allow_list = JSONAttribute(null=True)


class AdministratorsRow(Row):
    user_ids = UnicodeSetAttribute(null=True)


class TallyRow(Row):
    organizations = NumberAttribute(null=True)
    removals = NumberAttribute(null=True)
    namings = NumberAttribute(null=True)


class ClaimRow(Row):
    owner_id = UnicodeAttribute()


class UserRow(Row):
    account_id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute(default=False)
    identity = UnicodeAttribute(null=True)


class GroupRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()


class OrganizationRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    parent_id = UnicodeAttribute(null=True)
    groups = UnicodeSetAttribute(null=True)
    grants = UnicodeSetAttribute(null=True)


class GrantRow(Row):
    account_id = UnicodeAttribute()
    organization_ids = UnicodeSetAttribute(null=True)
    state = UnicodeAttribute()


class RemovedRow(Row):
    """What a deleted group or organization leaves to tidy, and its name for the history."""

    name = UnicodeAttribute()
    groups = UnicodeSetAttribute(null=True)
    grants = UnicodeSetAttribute(null=True)


class ConnectionRow(Row):
    host_account_id = UnicodeAttribute()
    host_subdomain = UnicodeAttribute()
    host_name = UnicodeAttribute()
    guest_account_id = UnicodeAttribute()
    guest_subdomain = UnicodeAttribute()
    guest_name = UnicodeAttribute()
    state = UnicodeAttribute()
    maximum_role = UnicodeAttribute()
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute()
    message = UnicodeAttribute(null=True)
    invited_by_id = UnicodeAttribute()
    invited_by_name = UnicodeAttribute()
    accepted_by_id = UnicodeAttribute(null=True)
    accepted_by_name = UnicodeAttribute(null=True)
    accepted_at = UnicodeAttribute(null=True)
    expires_at = UnicodeAttribute()
    lifetime_days = NumberAttribute()
    mailing_id = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)
    resent_at = JSONAttribute(null=True)


class IncomingRow(Row):
    host_account_id = UnicodeAttribute()


class PairRow(Row):
    host_account_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    state = UnicodeAttribute()
    maximum_role = UnicodeAttribute()
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute()
    expires_at = UnicodeAttribute()
    accepted_at = UnicodeAttribute(null=True)
    invited_at = JSONAttribute(null=True)


class MailingRow(Row):
    account_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    actor_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    # By user id, each a map of its own, so that one recipient changes without the others.
    recipients: MapAttribute[str, Any] = MapAttribute(null=True)  # type: ignore[no-untyped-call]  # pynamodb's own


class LinkRow(Row):
    host_account_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    mailing_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class ActivityRow(Row):
    account_id = UnicodeAttribute()
    activity_id = UnicodeAttribute()
    time = UnicodeAttribute()
    category = UnicodeAttribute()
    action = UnicodeAttribute()
    outcome = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    actor_type = UnicodeAttribute()
    actor_name = UnicodeAttribute()
    actor_user_id = UnicodeAttribute(null=True)
    actor_api_key_id = UnicodeAttribute(null=True)
    actor_home_account_id = UnicodeAttribute(null=True)
    actor_own_role = UnicodeAttribute(null=True)
    actor_effective_role = UnicodeAttribute(null=True)
    connection_id = UnicodeAttribute(null=True)
    guest_account_id = UnicodeAttribute(null=True)
    organization_id = UnicodeAttribute(null=True)
    resource_type = UnicodeAttribute(null=True)
    resource_id = UnicodeAttribute(null=True)
    resource_name = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)
    changes = JSONAttribute(null=True)


class ApiKeyRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = UnicodeSetAttribute(null=True)
    secret_hash = UnicodeAttribute()


class ApiKeyUseRow(Row):
    last_used_at = UnicodeAttribute()


class ReceiptRow(Row):
    fingerprint = UnicodeAttribute()
    status = NumberAttribute()
    body = UnicodeAttribute()
    expires_at = UnicodeAttribute()


class AttemptsRow(Row):
    attempts = NumberAttribute()


class SessionRow(Row):
    user_id = UnicodeAttribute()
    expires_at = UnicodeAttribute()
