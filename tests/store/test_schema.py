"""One schema: the template's, the rows', and the one that requests are written with."""

import inspect
import re
from datetime import date
from typing import Any

import pytest
from pynamodb.attributes import JSONAttribute
from pynamodb.models import Model

from gatehouse.store import rows
from gatehouse.store import table as t
from gatehouse.store.schema import meta_of
from tests.support.api import template
from tests.support.people import GUEST, HOST, numbered, user_id

ROWS = [kind for kind in vars(rows).values() if inspect.isclass(kind) and issubclass(kind, Model)]
ROWS.remove(Model)
H, G = HOST.account_id, GUEST.account_id

KEYS = {
    "account": t.account_key(H),
    "administrators": t.administrators_key(H),
    "tally": t.tally_key(H),
    "seats": t.seats_key(H),
    "billing": t.billing_key(H),
    "logo": t.logo_key(H, "c0ffee"),
    "subdomain": t.claim_key("subdomain", "acme"),
    "export": t.claim_key("export", H),
    "email": t.claim_key("email", "a@acme.test"),
    "identity": t.claim_key("identity", "https://issuer.test sub"),
    "user": t.user_key(H, user_id(1, HOST)),
    "group": t.group_key(H, numbered("grp", 1)),
    "member": t.member_key(H, numbered("grp", 1), user_id(1, HOST)),
    "reach": t.reach_key(H, numbered("grp", 1), numbered("org", 1)),
    "organization": t.organization_key(H, numbered("org", 1)),
    "grant": t.grant_key(H, "g"),
    "removed": t.removed_key(H, numbered("grp", 1)),
    "connection": t.connection_key(H, numbered("con", 1)),
    "incoming": t.incoming_key(G, numbered("con", 1)),
    "blocked": t.blocked_key(G, H),
    "pair": t.pair_key(H, G),
    "rule": t.rule_key(H, user_id(1)),
    "mailing": t.mailing_key(H, numbered("con", 1), numbered("mlg", 1)),
    "link": t.link_key("0" * 64),
    "log": t.log_key(H, "2026-11-22T10:00:00.000Z", numbered("act", 1)),
    "reported": t.reported_key(H, numbered("act", 1)),
    "api_key": t.api_key_key(H, "key_aaaaaaaaaaaa"),
    "api_key_use": t.api_key_use_key(H, "key_aaaaaaaaaaaa"),
    "receipt": t.receipt_key(H, "0" * 64),
    "attempts": t.attempts_key(H, "invite", "2026-11-22T10"),
    "draft": t.draft_key(H, user_id(1, HOST), "a draft"),
    "session": t.session_key("0" * 64),
    "use": t.use_key(H, numbered("con", 1), date(2026, 11, 22)),
    "log_day": t.log_day_key(H, date(2026, 11, 22)),
    "counted": t.counted_key(H, "2026-11"),
    "archived": t.archived_key(H, "2026-11"),
    "segment": t.segment_key(H, "2026-11-22T10:00:00.000Z#act_1"),
    "job": t.job_key(H, numbered("imp", 1)),
    "job_notes": t.job_notes_key(H, numbered("imp", 1), 0),
    "user_session": t.user_session_key(H, user_id(1, HOST), numbered("ses", 1)),
}


def test_template_and_requests_have_one_key_schema() -> None:
    meta = meta_of("a table").data
    assert template().table["KeySchema"] == meta["KeySchema"]
    indexes = template().table["GlobalSecondaryIndexes"]
    assert [
        {name: index[name] for name in ("IndexName", "KeySchema")} for index in indexes
    ] == meta["GlobalSecondaryIndexes"]
    named = {one["AttributeName"]: one["AttributeType"] for one in meta["AttributeDefinitions"]}
    assert named == {
        one["AttributeName"]: one["AttributeType"]
        for one in template().table["AttributeDefinitions"]
    }
    assert template().ttl_attribute == t.TTL


def test_what_is_due_is_read_again_and_the_log_has_whole_entries_in_each_order() -> None:
    carried = {
        index["IndexName"]: index["Projection"]["ProjectionType"]
        for index in template().table["GlobalSecondaryIndexes"]
    }
    assert carried == {t.DUE_INDEX: "KEYS_ONLY", **dict.fromkeys(t.LOG_INDEXES, "ALL")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_every_row_has_the_tables_keys(row: type[t.Row]) -> None:
    assert (row._hash_keyname, row._range_keyname) == (t.PK, t.SK)
    attributes = row.get_attributes()
    for name in (t.PK, t.SK, t.TTL, t.DUE_SHARD, t.DUE_AT):
        assert attributes[name].attr_name == name
    assert {attributes[name].attr_type for name in (t.PK, t.SK, t.DUE_SHARD, t.DUE_AT)} == {"S"}
    assert attributes[t.TTL].attr_type == "N"
    # Under the names that requests are written with.
    assert all(name == attribute.attr_name for name, attribute in attributes.items())


def test_lean_rows_read_and_write_json_where_the_rows_do() -> None:
    found = {
        name
        for row in ROWS
        for name, attribute in row.get_attributes().items()
        if isinstance(attribute, JSONAttribute)
    }
    assert found == t.JSON_ATTRIBUTES


def test_a_lean_row_says_what_its_row_class_says() -> None:
    key = t.pair_key(H, G)
    row = t.PairRow(
        *key,
        host_account_id=H,
        group_ids={"a", "b"},
        all_organizations=True,
        invited_at=["2026-11-22T10:00:00.000Z"],
        version=3,
    )
    lean = t.LeanRow(row.serialize(null_check=False))
    for name in t.PairRow.get_attributes():
        read = getattr(lean, name)
        assert (set(read) if name == "group_ids" else read) == getattr(row, name), name
    log = t.log_key(H, "2026-11-22T10:00:00.000Z", numbered("act", 1))
    entry: dict[str, Any] = {"account_id": H, "action": "view", "changes": {"name": ["a", "b"]}}
    written = t.ActivityRow(*log, **entry).serialize(null_check=False)
    assert t.LeanRow.of(log, reason=None, **entry).serialize() == written


def test_the_table_has_no_other_rows() -> None:
    with pytest.raises(AttributeError, match="the table has no SpareRow"):
        _ = t.SpareRow


def test_every_kind_of_item_stands_at_a_key_of_its_own() -> None:
    assert len(set(KEYS.values())) == len(KEYS)
    # Nothing of one kind is listed with another: a partition is read whole.
    alone = {"account", "administrators", "tally", "seats", "billing"}
    partitions = [key.pk for name, key in KEYS.items() if name not in alone]
    assert len(set(partitions)) == len(partitions)
    assert H not in partitions


def test_the_keys_are_those_that_the_access_patterns_show() -> None:
    shown = re.findall(r"^\| .+? \| .+? \| (.+?) +\|", t.__doc__ or "", re.MULTILINE)[1:]
    words = {word for line in shown for word in re.findall(r"[A-Z_]{4,}", line)}
    used = {
        word for key in KEYS.values() for part in key for word in re.findall("[A-Z_]{4,}", part)
    }
    assert used <= words, f"not in the table of access patterns: {used - words}"
    assert words - used <= {"DUE"}, f"in it and nowhere else: {words - used}"


def test_every_key_function_is_tested() -> None:
    functions = {name.removesuffix("_key") for name in vars(t) if name.endswith("_key")}
    assert functions - {"claim"} <= KEYS.keys()


def test_addresses_and_identities_are_no_part_of_a_key() -> None:
    for name, text in (("email", "a@acme.test"), ("identity", "https://issuer.test sub")):
        assert text not in KEYS[name].pk
    assert KEYS["subdomain"].pk.endswith("acme")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("connection", ("connection", H, numbered("con", 1), None)),
        ("mailing", ("mailing", H, numbered("mlg", 1), numbered("con", 1))),
        ("grant", ("grant", H, "g", None)),
        ("removed", ("removal", H, numbered("grp", 1), None)),
    ],
)
def test_what_is_due_is_known_by_its_key(name: str, parts: tuple[str | None, ...]) -> None:
    assert t.due_parts(*KEYS[name]) == parts


def test_what_is_due_is_spread_over_the_shards_evenly() -> None:
    shards = [t.due_shard(numbered("con", number)) for number in range(4_000)]
    assert set(shards) == set(t.DUE_SHARDS)
    assert max(map(shards.count, t.DUE_SHARDS)) < 2 * min(map(shards.count, t.DUE_SHARDS))
