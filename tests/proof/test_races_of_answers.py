"""Somebody accepts while somebody else does something to the same invitation."""

from datetime import timedelta

import pytest

from gatehouse.domain.factors import UNKNOWN_FACTORS
from gatehouse.domain.principal import Origin
from gatehouse.domain.session import csrf_token_of
from gatehouse.usecases.sign_in import open_session
from tests.proof.field import THREADS, Field, statuses
from tests.support.proof import Proof
from tests.support.trials import trials

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 200
HALF = THREADS // 2
OPEN = {
    "maximum_role": "creator",
    "group_ids": [],
    "organization_ids": [],
    "all_organizations": True,
}


def test_two_administrators_accept_at_once(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    pairs = field.pairs(count)
    offers = field.offers(pairs)
    won = {"nora": 0, "omar": 0}
    for (_, guest), offer in zip(pairs, offers, strict=True):
        accept = f"/incoming-connections/{offer.connection_id}/accept"
        replies = field.meet(
            *[field.send("POST", accept, token=field.token(guest, "nora"))] * HALF,
            *[field.send("POST", accept, token=field.token(guest, "omar"))] * HALF,
        )
        nora, omar = statuses(replies[:HALF]), statuses(replies[HALF:])
        assert sorted([nora, omar]) == [[200] * HALF, [409] * HALF], replies
        winner = "nora" if nora[0] == 200 else "omar"
        won[winner] += 1
        assert all(
            r.slug == "already-accepted" and winner.capitalize() in r.json["detail"]
            for r in replies
            if r.status == 409
        )
    ledger = field.settled()
    for offer in offers:
        assert ledger.connection(offer.host.account_id, offer.connection_id)["state"] == "active"
    proof.record(
        "two Administrators of the guest accept, four threads each",
        count,
        "rounds",
        f"one winner in each (Nora {won['nora']}, Omar {won['omar']}); the other is told who",
    )


@pytest.mark.parametrize("against", ["decline", "revoke"])
def test_accepting_meets_the_end_of_the_invitation(
    field: Field, proof: Proof, against: str
) -> None:
    count = trials(ROUNDS)
    pairs = field.pairs(count)
    offers = field.offers(pairs)
    accepted_first = 0
    for (host, guest), offer in zip(pairs, offers, strict=True):
        incoming = f"/incoming-connections/{offer.connection_id}"
        other = (
            field.send("POST", f"{incoming}/decline", token=field.token(guest, "omar"))
            if against == "decline"
            else field.send(
                "POST", f"/connections/{offer.connection_id}/revoke", token=field.token(host)
            )
        )
        accept = field.send("POST", f"{incoming}/accept", token=field.token(guest))
        replies = field.meet(*[accept, other] * HALF)
        accepts, others = statuses(replies[::2]), statuses(replies[1::2])
        if against == "decline":
            assert (accepts, others) in (
                ([200] * HALF, [409] * HALF),
                ([410] * HALF, [200] + [410] * (HALF - 1)),
            ), replies
        else:
            # Whatever came first, the host's word is the last one.
            assert others == [200] + [409] * (HALF - 1), replies
            assert set(accepts) <= {200, 410}, replies
        accepted_first += 200 in accepts
    ledger = field.settled()
    for offer in offers:
        account_id, connection_id = offer.host.account_id, offer.connection_id
        state = ledger.connection(account_id, connection_id)["state"]
        steps = ledger.steps(account_id, connection_id)
        if against == "decline":
            assert (state, steps) in (
                ("active", ["invited", "accepted"]),
                ("declined", ["invited", "declined"]),
            )
        else:
            assert state == "revoked"
            assert steps in (["invited", "revoked"], ["invited", "accepted", "revoked"])
    proof.record(
        f"four threads accept, four {against}",
        count,
        "rounds",
        f"accepted in {accepted_first}, ended first in {count - accepted_first}; "
        "state, pair and both logs agree",
    )


def test_accepting_by_link_meets_resending(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    accepted = 0
    for host, guest in field.pairs(count):
        invited = field.invite(host, guest)
        assert invited.status == 201, invited
        connection_id = invited.json["connection_id"]
        token = field.world.outbox.to(guest.emails["nora"]).token
        replies = field.meet(
            *[field.send("POST", f"/invitations/{token}/accept", token=field.token(guest))] * HALF,
            *[field.send("POST", f"/connections/{connection_id}/resend", token=field.token(host))]
            * HALF,
        )
        accepts, resends = statuses(replies[:HALF]), statuses(replies[HALF:])
        if 200 in accepts:
            accepted += 1
            assert accepts == [200] * HALF, replies
            assert resends == [409] * HALF, replies
        else:
            assert {r.slug for r in replies[:HALF]} == {"link-replaced"}, replies
            # Three an hour.
            assert resends == [200] * 3 + [429], replies
            newest = field.world.outbox.to(guest.emails["nora"]).token
            again = field.world.api(
                "POST", f"/invitations/{token}/accept", token=field.token(guest)
            )
            assert again.slug == "link-replaced", again
            shown = field.world.api(
                "GET", f"/invitations/{newest}", headers={"accept": "application/json"}
            )
            assert shown.json["state"] in {"pending", "replaced"}, shown
    field.settled()
    proof.record(
        "four threads accept by the link, four send it again",
        count,
        "rounds",
        f"accepted in {accepted}, replaced in {count - accepted}; never both; "
        "one living link for each recipient",
    )


def test_accepting_meets_expiry(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    accepted = 0
    offers = []
    for host, guest in field.pairs(count):
        (offer,) = field.offers([(host, guest)], lifetime=timedelta(seconds=60))
        offers.append(offer)
        accept = field.send(
            "POST", f"/incoming-connections/{offer.connection_id}/accept", token=field.token(guest)
        )
        replies = field.meet(
            *[accept] * HALF,
            lambda: field.world.clock.advance(seconds=60),
            *[field.sweep] * (HALF - 1),
        )
        found = statuses(replies[:HALF])
        assert all(r.status == 200 or r.slug == "invitation-expired" for r in replies[:HALF])
        accepted += 200 in found
        assert sum(swept.failed for swept in replies[HALF + 1 :]) == 0
    ledger = field.settled()
    for offer in offers:
        account_id, connection_id = offer.host.account_id, offer.connection_id
        state = ledger.connection(account_id, connection_id)["state"]
        assert (state, ledger.steps(account_id, connection_id)) in (
            ("active", ["invited", "accepted"]),
            ("expired", ["invited", "expired"]),
        )
    proof.record(
        "four threads accept while the time runs out and three clean-ups run",
        count,
        "rounds",
        f"accepted in {accepted}, expired in {count - accepted}; each expiry noted once",
    )


def test_accepting_meets_an_edit_of_the_offer(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    pairs = field.pairs(count)
    offers = field.offers(pairs)
    cookies = {}
    accepted = 0
    for (host, guest), offer in zip(pairs, offers, strict=True):
        mailed = field.link_of(offer, guest)
        if guest.subdomain not in cookies:
            user = field.person(guest).user
            cookies[guest.subdomain] = open_session(field.ports, user, Origin(), UNKNOWN_FACTORS)
        session = cookies[guest.subdomain]
        accept = field.send(
            "POST",
            f"/invitations/{mailed}/accept",
            f"csrf_token={csrf_token_of(session)}&etag={offer.version}",
            cookies={"__Host-gatehouse": session},
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        edit = field.send(
            "PUT",
            f"/connections/{offer.connection_id}/grant",
            OPEN,
            token=field.token(host),
            headers={"if-match": str(offer.version)},
        )
        replies = field.meet(*[accept, edit] * HALF)
        assert (statuses(replies[::2]), statuses(replies[1::2])) in (
            ([200] * HALF, [412] * HALF),
            ([409] * HALF, [200] + [412] * (HALF - 1)),
        ), replies
        accepted += replies[0].status == 200
    ledger = field.settled()
    for offer in offers:
        steps = ledger.steps(offer.host.account_id, offer.connection_id)
        assert steps in (["invited", "accepted"], ["invited", "edited"])
        connection = ledger.connection(offer.host.account_id, offer.connection_id)
        assert connection["maximum_role"] == ("editor" if steps[1] == "accepted" else "creator")
    proof.record(
        "four threads accept by the page's form, four change the offer that it shows",
        count,
        "rounds",
        f"accepted as read in {accepted}, changed first in {count - accepted}; "
        "nobody accepted what they had not read",
    )
