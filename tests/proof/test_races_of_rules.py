"""Rules for single people meet whatever else changes what they stand on."""

from functools import partial
from typing import Any

import pytest

from tests.proof.field import THREADS, Field, statuses
from tests.support.api import Reply
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 100
HALF = THREADS // 2


def put(field: Field, host: Company, rule: str, name: str = "nora", **terms: object) -> Reply:
    body = {"denied": False, "maximum_role": "creator", **terms}
    return field.world.api("PUT", rule, body, token=field.token(host, name))


def test_many_set_a_rule_for_the_same_person_who_has_none(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    pairs = field.pairs(count, organizations=["Alder"])
    for (host, guest), active in zip(pairs, field.actives(pairs), strict=True):
        rule = f"/connections/{active.connection_id}/rules/{guest.users['sam']}"
        own: dict[str, Any] = {"organization_ids": [host.organizations["Alder"]]}
        one, two = (partial(put, field, host, rule, name, **own) for name in ("nora", "omar"))
        replies = field.meet(*[one] * HALF, *[two] * HALF)
        assert statuses(replies) == [200] + [428] * (THREADS - 1), replies
    ledger = field.settled(hours=2)
    assert len(ledger.of("RULE")) == len(ledger.of("GRANT")) == count
    proof.record(
        "two Administrators set a rule for the same person, four threads each",
        count,
        "rounds",
        "one holds, seven are told that there is one; what they had prepared is gone afterwards",
    )


@pytest.mark.parametrize("ends", ["revoke", "leave"])
def test_setting_a_rule_meets_the_end_of_the_connection(
    field: Field, proof: Proof, ends: str
) -> None:
    count, first = trials(ROUNDS), 0
    pairs = field.pairs(count, organizations=["Alder"])
    for (host, guest), active in zip(pairs, field.actives(pairs), strict=True):
        side, by = ("connections", host) if ends == "revoke" else ("incoming-connections", guest)
        end = field.send("POST", f"/{side}/{active.connection_id}/{ends}", token=field.token(by))
        own: dict[str, Any] = {"organization_ids": [host.organizations["Alder"]]}
        sets = [
            partial(put, field, host, f"/connections/{active.connection_id}/rules/{user_id}", **own)
            for user_id in guest.users.values()
        ]
        *replies, ended = field.meet(*sets, end)
        assert ended.status == 200, ended
        assert set(statuses(replies)) <= {200, 409}, replies
        first += 200 in statuses(replies)
    ledger = field.settled(hours=2)
    assert not ledger.of("RULE")
    assert not ledger.of("GRANT")
    proof.record(
        f"three threads set rules while a fourth lets the connection end ({ends})",
        count,
        "rounds",
        f"rules came first in {first}; none is left after the clean-up",
    )


def test_a_group_is_deleted_while_rules_and_denials_name_it(field: Field, proof: Proof) -> None:
    count, named = trials(ROUNDS), 0
    host = field.company(organizations=["Alder"])
    guests = [field.company() for _ in range(3)]
    actives = field.actives([(host, guest) for guest in guests])
    token = field.token(host)
    etags: dict[str, str] = {}
    for index in range(count):
        made = field.world.api("POST", "/groups", {"name": f"Group {index}"}, token=token)
        group = made.json["group_id"]
        reached = f"/groups/{group}/organizations/{host.organizations['Alder']}"
        assert field.world.api("PUT", reached, token=token).status == 204
        rules = [
            f"/connections/{active.connection_id}/rules/{guest.users['sam']}"
            for guest, active in zip(guests, actives, strict=True)
        ]
        sets = [
            field.send(
                "PUT",
                rule,
                {"denied": False, "maximum_role": "editor", "group_ids": [group]},
                token=token,
                headers={"if-match": etags[rule]} if rule in etags else {},
            )
            for rule in rules
        ]
        denial = {"denied_resource_types": {"password": [group]}}
        deny = field.send("PATCH", "/account", denial, token=token)
        delete = field.send("DELETE", f"/groups/{group}", token=field.token(host, "omar"))
        *replies, denied, deleted = field.meet(*sets, deny, delete)
        assert set(statuses(replies)) <= {200, 412, 422}, replies
        assert denied.status in {200, 422}, denied
        assert deleted.status == 204, deleted
        named += 200 in statuses([*replies, denied])
        account = field.world.api("GET", "/account", token=token).json
        assert account["denied_resource_types"] == {}
        for rule in rules:
            found = field.world.api("GET", rule, token=token)
            if found.status == 200:
                assert found.json["group_ids"] == []
                etags[rule] = found.json["etag"]
    field.settled(hours=2)
    proof.record(
        "a group is deleted while three rules and a denial of a type name it, a thread each",
        count,
        "rounds",
        f"somebody was first in {named}; nothing names it afterwards",
    )
