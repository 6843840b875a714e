"""A host's Administrators, several hosts, and several clean-ups get into each other's way."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.usecases.changes import KeepGrant, Reach, Save
from tests.proof.field import THREADS, Field, statuses
from tests.support.api import Reply
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 200
HALF = THREADS // 2


def test_two_administrators_of_one_host_invite_the_same_guest(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    for host, guest in field.pairs(count):
        replies = field.meet(
            *[partial(field.invite, host, guest, "nora")] * HALF,
            *[partial(field.invite, host, guest, "omar")] * HALF,
        )
        assert statuses(replies) == [201] + [409] * (THREADS - 1), replies
        assert {r.slug for r in replies if r.status == 409} == {"connection-live"}
    ledger = field.settled()
    assert len(ledger.of("CONNECTION")) == count
    proof.record(
        "two Administrators invite the same guest, four threads each",
        count,
        "rounds",
        "one invitation in each; seven are told that there is one",
    )


def test_two_hosts_invite_the_same_guest(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    one, two = field.pairs(count), field.pairs(count)
    for (host, guest), (other, _) in zip(one, two, strict=True):
        replies = field.meet(
            *[partial(field.invite, host, guest)] * HALF,
            *[partial(field.invite, other, guest)] * HALF,
        )
        for half in (replies[:HALF], replies[HALF:]):
            assert statuses(half) == [201] + [409] * (HALF - 1), replies
    ledger = field.settled()
    assert len(ledger.of("CONNECTION")) == 2 * count
    proof.record(
        "two hosts invite the same guest, four threads each",
        count,
        "rounds",
        "both succeed, once each",
    )


def test_a_host_invites_while_the_guest_blocks_it(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    first = 0
    pairs = field.pairs(count)
    for (host, guest), offer in zip(pairs, field.offers(pairs), strict=True):
        asked = f"/connections/{offer.connection_id}/revoke"
        assert field.world.api("POST", asked, token=field.token(host)).status == 200
        address = f"/blocked-hosts/{host.account_id}"
        block = partial(field.world.api, "PUT", address, token=field.token(guest))
        replies = field.meet(
            *[partial(field.invite, host, guest)] * HALF,
            *[block] * HALF,
        )
        assert statuses(replies[HALF:]) == [200] * HALF
        assert len({reply.text for reply in replies[HALF:]}) == 1
        invited = statuses(replies[:HALF])
        assert invited.count(201) <= 1, replies
        assert set(invited) <= {201, 409, 422}, replies
        first += 201 in invited
        assert field.invite(host, guest).status == (409 if 201 in invited else 422)
    field.settled()
    proof.record(
        "a host invites while the guest blocks it, four threads each",
        count,
        "rounds",
        f"one invitation before the block in {first}, none after it in any",
    )


def test_two_edits_with_the_same_etag(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    names = [f"Organization {index}" for index in range(THREADS)]
    pairs = field.pairs(count, organizations=names)
    for (host, _), active in zip(pairs, field.actives(pairs), strict=True):
        replies = field.meet(
            *[
                field.send(
                    "PUT",
                    f"/connections/{active.connection_id}/grant",
                    _grant(organization_ids=[host.organizations[name]]),
                    token=field.token(host, "omar" if index % 2 else "nora"),
                    headers={"if-match": str(active.version)},
                )
                for index, name in enumerate(names)
            ]
        )
        assert statuses(replies) == [200] + [412] * (THREADS - 1), replies
    # What the losers had prepared is tidied up after an hour.
    ledger = field.settled(hours=2)
    kept = sum(len(o.get("grants", ())) for o in ledger.of("ORGANIZATION").values())
    assert kept == count
    proof.record(
        "eight edits of one connection with the same etag",
        count,
        "rounds",
        "one holds, seven are told; what the losers had prepared is gone after the clean-up",
    )


@pytest.mark.parametrize("against", ["group", "organization"])
def test_deleting_meets_granting(field: Field, proof: Proof, against: str) -> None:
    count = trials(ROUNDS)
    sides = max(1, round((count / 5) ** 0.5) + 1)
    hosts = [field.company(organizations=["Kept"]) for _ in range(sides)]
    guests = [field.company() for _ in range(HALF)]
    actives = {host.subdomain: field.actives([(host, guest) for guest in guests]) for host in hosts}
    granted = 0
    for index in range(count):
        host = hosts[index % sides]
        group, organization = _group_and_organization(field, host)
        doomed = group if against == "group" else organization
        kept = host.organizations["Kept"]
        terms = (
            _grant(group_ids=[group], organization_ids=[kept])
            if against == "group"
            else _grant(organization_ids=[organization, kept])
        )
        edits = [
            field.send(
                "PUT",
                f"/connections/{active.connection_id}/grant",
                terms,
                token=field.token(host),
                headers={"if-match": str(_version(field, active))},
            )
            for active in actives[host.subdomain]
        ]
        delete = field.send("DELETE", f"/{against}s/{doomed}", token=field.token(host, "omar"))
        replies = field.meet(*(one for edit in edits for one in (edit, delete)))
        edited, deleted = replies[::2], replies[1::2]
        assert set(statuses(edited)) <= {200, 412, 422}, replies
        assert set(statuses(deleted)) <= {204, 404}, replies
        assert 204 in statuses(deleted), replies
        assert all(doomed in r.text for r in edited if r.status == 422), replies
        granted += sum(r.status == 200 for r in edited)
    ledger = field.settled(hours=2)
    assert len(ledger.of(against.upper())) == (sides if against == "organization" else 0)
    assert (
        sum(
            number
            for (_, action, _), number in ledger.entries.items()
            if action == f"{against}.deleted"
        )
        == 2 * count
    )
    proof.record(
        f"four threads delete the {against} that four others grant to a guest each",
        count,
        "rounds",
        f"deleted once in each; {granted} of {HALF * count} grants came first and lost it again, "
        "the others were refused by its name; nothing names it afterwards",
    )


@pytest.mark.parametrize("kind", ["invitation", "group", "activity"])
def test_one_idempotency_key_comes_twice_at_once(field: Field, proof: Proof, kind: str) -> None:
    count = trials(ROUNDS)
    pairs = field.pairs(count, organizations=["Alder"])
    for index, (host, guest) in enumerate(pairs):
        headers = {"idempotency-key": f"key-{index}"}
        send: Callable[[], Reply]
        if kind == "invitation":
            send = partial(field.invite, host, guest, headers=headers)
        elif kind == "group":
            send = field.send(
                "POST",
                "/groups",
                {"name": f"Group {index}"},
                token=field.token(host),
                headers=headers,
            )
        else:
            send = field.send(
                "POST",
                "/activities",
                {
                    "user_id": host.users["sam"],
                    "action": "view",
                    "organization_id": host.organizations["Alder"],
                    "resource": {"type": "password", "id": f"password {index}"},
                },
                token=host.key,
                headers=headers,
            )
        replies = field.meet(*[send] * THREADS)
        assert {r.status for r in replies} == {201}, replies
        ids = {str(_id_of(r.json)) for r in replies}
        assert len(ids) == 1, replies
    ledger = field.settled()
    if kind == "invitation":
        assert len(ledger.of("CONNECTION")) == count
    elif kind == "group":
        assert len(ledger.of("GROUP")) == count
    else:
        found = [n for (_, _, what), n in ledger.entries.items() if what.startswith("password ")]
        assert found == [1] * count
    proof.record(
        f"eight requests for one {kind} with the same Idempotency-Key",
        count,
        "rounds",
        "done once, answered eight times with the same id",
    )


def test_several_clean_ups_at_once(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    pairs = field.pairs(3 * count, organizations=["Alder"])
    expired = []
    for index in range(count):
        mine = pairs[3 * index : 3 * index + 3]
        expired += field.offers(mine[:2], lifetime=timedelta(seconds=30))
        host, guest = mine[2]
        field.world.outbox.is_down = True
        invited = field.invite(host, guest)
        field.world.outbox.is_down = False
        assert invited.json["invitation"]["recipients"][0]["delivery"] == "queued", invited
        _abandoned(field, host)
        field.world.clock.advance(minutes=61)
        swept = field.meet(*[field.sweep] * THREADS)
        assert sum(one.failed for one in swept) == 0
    ledger = field.settled()
    for offer in expired:
        assert ledger.steps(offer.host.account_id, offer.connection_id) == ["invited", "expired"]
    assert not ledger.of("GRANT")
    proof.record(
        "eight clean-ups at once over two expired invitations, one whose mails never went out, "
        "and one abandoned grant",
        count,
        "rounds",
        "each expiry noted once, one living link for each recipient, nothing left over",
    )


def _grant(**terms: Any) -> dict[str, Any]:
    return {
        "maximum_role": "editor",
        "group_ids": [],
        "organization_ids": [],
        "all_organizations": False,
        **terms,
    }


def _version(field: Field, active: Any) -> int:
    found = field.ports.store.connections.get(active.host.account_id, active.connection_id)
    assert found is not None
    return found.version


def _group_and_organization(field: Field, host: Company) -> tuple[str, str]:
    new = field.ports.ids.new
    now = field.world.clock.now()
    group = Group(host.account_id, new("grp"), "Doomed", "", now)
    organization = Organization(host.account_id, new("org"), "Doomed", None, now)
    field.ports.store.commit(Save(group), Save(organization))
    reach = Reach(host.account_id, group.group_id, organization.organization_id)
    field.ports.store.commit(reach)
    return group.group_id, organization.organization_id


def _abandoned(field: Field, host: Company) -> None:
    """Prepare a grant as somebody does who dies before naming it."""
    grant = DirectGrant(
        host.account_id,
        f"con_nobody.{field.ports.ids.new('gnt')}",
        frozenset(host.organizations.values()),
        GrantState.PREPARING,
        field.world.clock.now(),
    )
    field.ports.store.commit(KeepGrant(grant))
    field.ports.store.grants.spread(grant)


def _id_of(body: dict[str, Any]) -> str:
    found = body.get("connection_id") or body.get("group_id") or body["items"][0]["activity_id"]
    return str(found)
