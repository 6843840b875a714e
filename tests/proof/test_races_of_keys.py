"""A key is used in the very moment of its revocation, rotated twice at once, swept twice at once."""

from datetime import timedelta

import pytest

from gatehouse.domain.api_key import NOTICE, UNUSED, ApiKey, ApiScope
from gatehouse.domain.secrets import ApiKeyText, hash_of
from gatehouse.usecases.changes import Revisit, Save
from tests.proof.field import THREADS, Field, statuses
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 200


def unused_key(field: Field, company: Company, *, told: bool) -> tuple[ApiKey, str]:
    """Make a key that nobody used for ninety days; return it with its text."""
    now = field.world.clock.now()
    text = ApiKeyText(company.account_id, field.ports.ids.api_key(), field.ports.ids.token())
    scopes = frozenset({ApiScope.DIRECTORY_READ})
    key = ApiKey.new(
        company.account_id, text.api_key_id, "Old", scopes, hash_of(text.secret), now - UNUSED
    )
    field.ports.store.commit(Save(key))
    if told:
        field.ports.store.commit(Revisit(key, now, now - NOTICE))
    return key, text.text


def test_a_key_is_used_in_the_moment_it_is_revoked(field: Field, proof: Proof) -> None:
    """Whichever is written first holds; what is answered was true when the key was read."""
    count = trials(ROUNDS)
    came_out = {"used, and kept": 0, "revoked, and refused": 0, "answered, then revoked": 0}
    company = field.company()
    for _ in range(count):
        key, text = unused_key(field, company, told=True)
        reply, _ = field.meet(field.send("GET", "/users", token=text), field.sweep)
        left = field.ports.store.api_keys.get(key.account_id, key.api_key_id)
        revoked = field.ledger().entries[company.account_id, "key.revoked", key.api_key_id]
        if left is not None:
            assert (reply.status, revoked) == (200, 0)
            assert left.last_used_at is not None
            assert left.revoked_if_unused_at > field.world.clock.now() + timedelta(days=89)
            came_out["used, and kept"] += 1
        else:
            assert revoked == 1
            assert reply.status in {200, 401}
            how = "revoked, and refused" if reply.status == 401 else "answered, then revoked"
            came_out[how] += 1
        again = field.world.api("GET", "/users", token=text)
        assert again.status == (401 if left is None else 200)
    field.settled(days=81)
    proof.record(
        "an unused key is used in the moment the clean-up revokes it",
        count,
        "rounds",
        "; ".join(f"{how}: {number}" for how, number in came_out.items()),
    )


@pytest.mark.parametrize(("told", "action"), [(False, "key.unused"), (True, "key.revoked")])
def test_clean_ups_at_once_tell_everybody_once(
    field: Field, proof: Proof, told: bool, action: str
) -> None:
    count = trials(ROUNDS)
    company = field.company()
    for _ in range(count):
        key, _ = unused_key(field, company, told=told)
        field.meet(*[field.sweep] * 4)
        assert field.ledger().entries[company.account_id, action, key.api_key_id] == 1
        mails = [m.to for m in field.world.outbox.mails if m.tags["about_id"] == key.api_key_id]
        assert sorted(mails) == sorted(company.emails[name] for name in ("nora", "omar"))
    field.settled()
    proof.record(
        f"four clean-ups at once find a key unused ({action})", count, "rounds", "one mail to each"
    )


def test_a_key_is_rotated_by_many_at_once(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    company = field.company()
    for _ in range(count):
        body = {"name": "Busy", "scopes": ["directory:read"]}
        made = field.world.api("POST", "/api-keys", body, token=field.token(company)).json
        address = f"/api-keys/{made['api_key_id']}"
        token = field.token(company)
        replies = field.meet(*[field.send("POST", f"{address}/rotate", token=token)] * THREADS)
        assert statuses(replies) == [200] + [409] * (THREADS - 1), replies
        (winner,) = (r.json["secret"] for r in replies if r.status == 200)
        shown = field.world.api("GET", address, token=token).json
        assert [one["number"] for one in shown["secrets"]] == [2, 1]
        for secret in (made["secret"], winner):
            assert field.world.api("GET", "/users", token=secret).status == 200
        ended, rotated = field.meet(
            field.send("DELETE", f"{address}/older-secret", token=token),
            field.send("POST", f"{address}/rotate", {"grace_period_hours": 0}, token=token),
        )
        assert (ended.status, rotated.status) in {(204, 200), (409, 200)}
        worked = [
            field.world.api("GET", "/users", token=secret).status
            for secret in (made["secret"], winner, rotated.json["secret"])
        ]
        assert worked == [401, 401, 200]
    field.settled()
    proof.record(
        "eight threads rotate a key, then one ends its older secret while another rotates again",
        count,
        "rounds",
        "two secrets live at most, and after a rotation without grace one",
    )
