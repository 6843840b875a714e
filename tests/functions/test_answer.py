"""Accepting and declining: the link only points, an Administrator of the guest decides."""

import pytest

from tests.support.api import Reply
from tests.support.world import ROLES, Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {role: role for role in ROLES} | {"omar": "administrator"})


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    return str(world.invite(acme, continuum).json["connection_id"])


def link_of(world: World, name: str = "administrator") -> str:
    return world.outbox.to(f"{name}@continuum.test").token


def answer(world: World, step: str, token: str | None, link: str | None = None) -> Reply:
    return world.api("POST", f"/invitations/{link or link_of(world)}/{step}", token=token)


def test_accepting_makes_the_connection_active_and_names_who_did(
    world: World, continuum: Company, connection_id: str
) -> None:
    accepted = answer(world, "accept", world.token(continuum))
    assert accepted.status == 200, accepted
    assert accepted.json["connection_id"] == connection_id
    assert accepted.json["state"] == "active"
    assert accepted.json["accepted_by"] == {
        "user_id": continuum.users["administrator"],
        "name": "Administrator",
    }
    assert accepted.json["accepted_at"]


def test_the_same_person_accepting_again_changes_nothing(
    world: World, continuum: Company, connection_id: str
) -> None:
    token = world.token(continuum)
    first = answer(world, "accept", token)
    before = world.dump()
    by_id = world.api("POST", f"/incoming-connections/{connection_id}/accept", token=token)
    for again in (answer(world, "accept", token), by_id):
        assert again.status == 200, again
        assert again.json == first.json
    assert world.dump() == before


def test_another_administrator_is_told_who_was_first(
    world: World, continuum: Company, connection_id: str
) -> None:
    answer(world, "accept", world.token(continuum, "omar"), link_of(world, "omar"))
    before = world.dump()
    token = world.token(continuum)
    for step in ("accept", "decline"):
        for address in (
            f"/invitations/{link_of(world)}/{step}",
            f"/incoming-connections/{connection_id}/{step}",
        ):
            refused = world.api("POST", address, token=token)
            assert (refused.status, refused.slug) == (409, "already-accepted"), address
            assert "Omar" in refused.json["detail"]
    assert world.dump() == before


def test_who_accepted_can_no_longer_decline(
    world: World, continuum: Company, connection_id: str
) -> None:
    token = world.token(continuum)
    answer(world, "accept", token)
    refused = answer(world, "decline", token)
    assert (refused.status, refused.slug) == (409, "already-accepted")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_nobody_below_administrator_answers_and_the_invitation_waits_on(
    world: World, continuum: Company, connection_id: str, role: str
) -> None:
    before = world.dump()
    token = world.token(continuum, role)
    for step in ("accept", "decline"):
        for address in (
            f"/invitations/{link_of(world)}/{step}",
            f"/incoming-connections/{connection_id}/{step}",
        ):
            refused = world.api("POST", address, token=token)
            assert (refused.status, refused.slug) == (403, "administrator-required"), address
    assert world.dump() == before


def test_somebody_of_another_account_does_not_burn_the_link(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    third = world.company("third", {"administrator": "administrator"})
    before = world.dump()
    for stranger in (acme, third):
        for step in ("accept", "decline"):
            refused = answer(world, step, world.token(stranger))
            assert (refused.status, refused.slug) == (403, "wrong-account")
            by_id = f"/incoming-connections/{connection_id}/{step}"
            assert world.api("POST", by_id, token=world.token(stranger)).status == 404
    assert world.dump() == before
    assert answer(world, "accept", world.token(continuum)).status == 200


def test_signed_out_nothing_can_be_answered_whatever_the_link(
    world: World, connection_id: str
) -> None:
    before = world.dump()
    for link in (link_of(world), "a" * 52, "nonsense"):
        for step in ("accept", "decline"):
            refused = answer(world, step, None, link)
            assert (refused.status, refused.slug) == (401, "unauthenticated")
    assert world.dump() == before


def test_an_api_key_never_answers(world: World, continuum: Company, connection_id: str) -> None:
    for step in ("accept", "decline"):
        assert answer(world, step, continuum.key).status == 403
        by_id = f"/incoming-connections/{connection_id}/{step}"
        assert world.api("POST", by_id, token=continuum.key).status == 403


def test_an_unknown_link_is_unknown_to_everybody_signed_in(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    for company in (acme, continuum):
        for link in ("a" * 52, "nonsense", link_of(world)[:-1], link_of(world).upper()):
            for step in ("accept", "decline"):
                refused = answer(world, step, world.token(company), link)
                assert (refused.status, refused.slug) == (404, "link-unknown")


def test_authority_counts_at_the_moment_of_the_answer(
    world: World, continuum: Company, connection_id: str
) -> None:
    token = world.token(continuum)
    omar = f"/users/{continuum.users['omar']}"
    world.api("PATCH", omar, {"role": "manager"}, token=token)
    demoted = answer(world, "accept", world.token(continuum, "omar"), link_of(world, "omar"))
    assert (demoted.status, demoted.slug) == (403, "administrator-required")
    world.api("PATCH", omar, {"status": "deactivated"}, token=token)
    gone = answer(world, "accept", world.token(continuum, "omar"), link_of(world, "omar"))
    assert gone.status == 401
    # Another's link is as good: only who is signed in counts.
    assert answer(world, "accept", token, link_of(world, "omar")).status == 200


def test_declining_ends_it_and_tells_the_host_why_but_not_who(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    declined = world.api(
        "POST",
        f"/invitations/{link_of(world, 'omar')}/decline",
        {"reason": "Not this year."},
        token=world.token(continuum, "omar"),
    )
    assert declined.status == 200, declined
    assert (declined.json["state"], declined.json["end_reason"]) == (
        "declined",
        "declined_by_guest",
    )
    assert declined.json["accepted_by"] is None

    hosts = world.log(acme, "&action=connection.declined")[0]
    assert hosts["reason"] == "Not this year."
    assert hosts["actor"]["name"] == "Continuum"
    assert hosts["actor"]["user_id"] is None
    assert hosts["ip_address"] is None
    guests = world.log(continuum, "&action=connection.declined")[0]
    assert guests["actor"]["user_id"] == continuum.users["omar"]
    assert guests["ip_address"] == "192.0.2.7"
    mail = world.outbox.to("administrator@acme.test", "declined")
    assert "Not this year." in mail.text
    assert "Omar" not in mail.text + mail.html

    for step in ("accept", "decline"):
        over = answer(world, step, world.token(continuum))
        assert (over.status, over.slug) == (410, "invitation-declined")


def test_before_acceptance_the_host_learns_nothing_of_the_guests_people(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    token = world.token(acme)
    seen = [
        world.api("GET", f"/connections/{connection_id}", token=token).text,
        world.api("GET", f"/connections/{connection_id}/grant", token=token).text,
        world.api("GET", "/activities", token=token).text,
        world.api("GET", "/activities", token=acme.key).text,
    ]
    for name, user_id in continuum.users.items():
        answered = world.decide(acme, user_id, "view", acme.organizations["Alder"])
        assert answered["context"]["reason"] == "connection_not_active"
        assert answered["context"]["own_role"] is None
        for text in seen:
            assert user_id not in text, name
            assert f"{name}@continuum.test" not in text
    nobody = continuum.users["lite"][:-4] + "0000"
    unknown = world.decide(acme, nobody, "view", acme.organizations["Alder"])
    assert unknown["context"]["reason"] == "connection_not_active"
    for entry in world.log(acme, "&category=decision"):
        assert entry["actor"]["name"] == ""


def test_a_revoked_invitation_can_no_longer_be_answered(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    world.api("POST", f"/connections/{connection_id}/revoke", token=world.token(acme))
    token = world.token(continuum)
    for step in ("accept", "decline"):
        refused = answer(world, step, token)
        assert (refused.status, refused.slug) == (410, "connection-revoked")
        by_id = world.api("POST", f"/incoming-connections/{connection_id}/{step}", token=token)
        assert (by_id.status, by_id.slug) == (410, "connection-revoked")


def test_an_offer_that_changed_meanwhile_is_not_accepted_as_it_was_read(
    world: World, continuum: Company, connection_id: str
) -> None:
    token = world.token(continuum)
    for address in (
        f"/invitations/{link_of(world)}/accept",
        f"/incoming-connections/{connection_id}/accept",
        f"/incoming-connections/{connection_id}/decline",
    ):
        stale = world.api("POST", address, token=token, headers={"if-match": '"99"'})
        assert (stale.status, stale.slug) == (409, "offer-changed"), address
    read = world.api("GET", f"/incoming-connections/{connection_id}", token=token).json
    accepted = world.api(
        "POST",
        f"/incoming-connections/{connection_id}/accept",
        token=token,
        headers={"if-match": read["etag"]},
    )
    assert accepted.status == 200, accepted


def test_an_end_is_told_to_the_administrators_of_both_sides(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    answer(world, "accept", world.token(continuum))
    told = sorted(mail.to for mail in world.outbox.mails if mail.kind == "accepted")
    everybody = [
        "administrator@acme.test",
        "administrator@continuum.test",
        "omar@continuum.test",
    ]
    assert told == everybody
    world.api("POST", f"/connections/{connection_id}/revoke", token=world.token(acme))
    assert sorted(mail.to for mail in world.outbox.mails if mail.kind == "ended") == everybody
