"""The link: guessed, cut, replayed, passed on, replaced, scanned. It points, and nothing more."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import botocore.client
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.secrets import hash_of
from tests.support.browser import Browser
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company, World

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
JSON = {"accept": "application/json"}


@pytest.fixture
def host(world: World) -> Company:
    return world.company("acme", {"ada": "administrator"}, organizations=["Alder", "Birch"])


@pytest.fixture
def guest(world: World) -> Company:
    people = {"nora": "administrator", "omar": "administrator", "sam": "editor"}
    return world.company("continuum", people)


@pytest.fixture
def connection_id(world: World, host: Company, guest: Company) -> str:
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
    invited = world.api("POST", "/connections", body, token=world.token(host, "ada"))
    return str(invited.json["connection_id"])


@pytest.fixture
def token(world: World, connection_id: str) -> str:
    return world.outbox.to("nora@continuum.test").token


def state_of(world: World, host: Company, connection_id: str) -> str:
    reply = world.api("GET", f"/connections/{connection_id}", token=world.token(host, "ada"))
    return str(reply.json["state"])


def new_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(52))


def wrong_tokens(token: str) -> Iterator[str]:
    """Return guesses: random ones, and what can be made of a right one."""
    yield from (new_token() for _ in range(5))
    yield from (token[:-1], token[1:], token[:26], token + "a", token * 2)
    yield from (token.upper(), token[::-1], f"{token}%0a", f"%20{token}", f"{token}%00")
    yield from (f"{token[:-1]}{ALPHABET[ALPHABET.index(token[-1]) - 1]}", hash_of(token))


def test_a_guessed_cut_or_bent_link_is_unknown_and_changes_nothing(
    world: World, guest: Company, proof: Proof, token: str
) -> None:
    before, nora = world.dump(), world.token(guest, "nora")
    for guess in wrong_tokens(token):
        for method, step in (("GET", ""), ("POST", "/accept"), ("POST", "/decline")):
            reply = world.api(method, f"/invitations/{guess}{step}", token=nora, headers=JSON)
            assert (reply.status, reply.slug) == (404, "link-unknown"), guess
            proof.count("guesses, cut and bent links", "requests", "404, the table unchanged")
    assert world.dump() == before


@settings(max_examples=trials(2_500))
@given(place=st.integers(0, 51), letter=st.sampled_from(ALPHABET))
def test_no_letter_of_a_link_may_differ(proof: Proof, place: int, letter: str) -> None:
    """The hash is of all 256 bits, so that a near miss is as far off as any other."""
    proof.count("links with another letter", "links", "another hash")
    token = "a" * 52
    changed = token[:place] + letter + token[place + 1 :]
    assert (hash_of(changed) == hash_of(token)) is (changed == token)


def test_every_unknown_link_is_answered_alike(world: World, token: str) -> None:
    answers = {
        world.api("GET", f"/invitations/{guess}", headers=headers).text
        for headers in (JSON,)
        for guess in wrong_tokens(token)
    }
    assert len(answers) == 1


def test_links_do_not_repeat_and_say_nothing(
    world: World, host: Company, guest: Company, proof: Proof
) -> None:
    tokens = set()
    for number in range(trials(100, 10)):
        world.clock.advance(minutes=1)  # an account invites a hundred times an hour, and no more
        other = world.company(f"guest-{number}", {"gus": "administrator"})
        body = {
            "guest_subdomain": other.subdomain,
            "maximum_role": "editor",
            "all_organizations": True,
        }
        invited = world.api("POST", "/connections", body, token=world.token(host, "ada"))
        assert invited.status == 201
        tokens.add(world.outbox.to(other.emails["gus"]).token)
    assert len(tokens) == trials(100, 10)
    assert {len(token) for token in tokens} == {52}  # 256 bits in base32, and nothing beside
    assert all(set(token) <= set(ALPHABET) for token in tokens)
    proof.record("links of different invitations", len(tokens), "links", "all different")


def test_a_scanner_that_opens_it_a_hundred_times_changes_nothing(
    world: World, host: Company, guest: Company, proof: Proof, connection_id: str, token: str
) -> None:
    before = world.dump()
    accepts = ("text/html", "application/json", "*/*", "image/*")
    for number in range(100):
        for method in ("GET", "HEAD"):
            headers = {"accept": accepts[number % 4]}
            reply = world.api(method, f"/invitations/{token}", headers=headers)
            assert reply.status == 200
            proof.count("a scanner's GET and HEAD", "requests", "200, the table byte-equal")
    assert world.dump() == before
    assert state_of(world, host, connection_id) == "pending"
    nora = world.token(guest, "nora")
    assert world.api("POST", f"/invitations/{token}/accept", token=nora).status == 200


def test_nobody_accepts_without_being_somebody(
    world: World, host: Company, connection_id: str, token: str
) -> None:
    before = world.dump()
    for step in ("accept", "decline"):
        assert world.api("POST", f"/invitations/{token}/{step}").status == 401
        form = {"content-type": "application/x-www-form-urlencoded"}
        reply = world.api("POST", f"/invitations/{token}/{step}", "etag=1", headers=form)
        assert reply.status == 401
    assert world.dump() == before
    assert state_of(world, host, connection_id) == "pending"


def test_a_link_in_other_hands_is_worth_nothing(
    world: World, host: Company, guest: Company, connection_id: str, token: str
) -> None:
    other = world.company("other", {"oda": "administrator"})
    before = world.dump()
    for stranger, status in (
        (world.token(other, "oda"), 403),
        (world.token(host, "ada"), 403),
        (world.token(guest, "sam"), 403),
        (host.key, 403),
    ):
        reply = world.api("POST", f"/invitations/{token}/accept", token=stranger)
        assert reply.status == status
    after = [item for item in world.dump() if "API_KEY_USE" not in item["pk"]["S"]]
    assert after == [item for item in before if "API_KEY_USE" not in item["pk"]["S"]]
    assert state_of(world, host, connection_id) == "pending"


def test_another_recipients_link_serves_whoever_may_answer_anyhow(
    world: World, guest: Company, token: str
) -> None:
    """The link only points: Omar may answer, with Nora's link as with his own."""
    omar = world.token(guest, "omar")
    reply = world.api("POST", f"/invitations/{token}/accept", token=omar)
    assert reply.status == 200
    assert reply.json["accepted_by"]["name"] == "Omar"


def test_a_replayed_link_gives_nothing_twice(
    world: World, host: Company, guest: Company, connection_id: str, token: str
) -> None:
    nora, omar = world.token(guest, "nora"), world.token(guest, "omar")
    assert world.api("POST", f"/invitations/{token}/accept", token=nora).status == 200
    before = world.dump()
    assert world.api("POST", f"/invitations/{token}/accept", token=nora).status == 200
    again = world.api("POST", f"/invitations/{token}/accept", token=omar)
    assert (again.status, again.slug) == (409, "already-accepted")
    assert world.dump() == before
    ada = world.token(host, "ada")
    world.api("POST", f"/connections/{connection_id}/revoke", token=ada)
    over = world.api("POST", f"/invitations/{token}/accept", token=nora)
    assert (over.status, over.slug) == (410, "connection-revoked")


def test_a_resent_invitation_kills_every_link_of_before(
    world: World, host: Company, guest: Company, connection_id: str
) -> None:
    old = [mail.token for mail in world.outbox.mails]
    ada, nora = world.token(host, "ada"), world.token(guest, "nora")
    assert world.api("POST", f"/connections/{connection_id}/resend", token=ada).status == 200
    new = [mail.token for mail in world.outbox.mails[len(old) :]]
    assert not set(old) & set(new)
    for token in old:
        for step in ("accept", "decline"):
            reply = world.api("POST", f"/invitations/{token}/{step}", token=nora)
            assert (reply.status, reply.slug) == (410, "link-replaced")
        assert world.api("GET", f"/invitations/{token}", headers=JSON).json["state"] == "replaced"
    assert world.api("POST", f"/invitations/{new[0]}/accept", token=nora).status == 200


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Return what the store is asked, call by call."""
    calls: list[tuple[str, Any]] = []
    make: Callable[..., Any] = botocore.client.BaseClient._make_api_call

    def noted(client: Any, name: str, parameters: Any) -> Any:
        calls.append((name, parameters))
        return make(client, name, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    return calls


def test_the_work_for_a_link_tells_no_more_than_its_answer(
    world: World, guest: Company, token: str, asked: list[tuple[str, Any]]
) -> None:
    def work(link: str) -> list[str]:
        asked.clear()
        world.api("GET", f"/invitations/{link}", headers=JSON)
        return [name for name, _ in asked]

    near = f"{token[:-1]}{ALPHABET[ALPHABET.index(token[-1]) - 1]}"
    unknown = {tuple(work(link)) for link in (near, *(new_token() for _ in range(10)))}
    assert unknown == {("GetItem",)}
    known = {tuple(work(mail.token)) for mail in world.outbox.mails}
    assert len(known) == 1


def test_the_store_is_asked_for_the_hash_and_never_for_the_link(
    world: World, guest: Company, token: str, asked: list[tuple[str, Any]]
) -> None:
    nora = world.token(guest, "nora")
    world.api("GET", f"/invitations/{token}", headers=JSON)
    world.api("POST", f"/invitations/{token}/accept", token=nora)
    spoken = repr(asked)
    assert hash_of(token) in spoken
    assert token not in spoken


def test_the_way_to_sign_in_does_not_carry_the_link_to_the_issuer(
    world: World, guest: Company, token: str
) -> None:
    browser = Browser(world)
    page = browser.get(f"/invitations/{token}")
    assert page.headers["referrer-policy"] == "same-origin"
    asked = browser.begin(f"/invitations/{token}")
    assert token not in repr(asked)
    back = browser.come_back(asked, "nora@continuum.test")
    assert token not in repr(world.issuer.fetched)
    assert back.headers["location"] == f"/invitations/{token}"
