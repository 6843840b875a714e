"""Planted values are searched for everywhere: in items, answers, headers, log entries and output.

What is planted is every secret there is: links, API keys, sessions, tokens of forms and of people,
and the verifier of a sign-in. Each may be where it has to be, and nowhere else.
"""

import base64
import hashlib
import json
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest.mock import patch

import pytest

from gatehouse import observability
from gatehouse.domain.errors import StoreUnavailable
from gatehouse.domain.secrets import hash_of
from gatehouse.domain.session import csrf_token_of
from tests.support.api import Reply, handler_of, template
from tests.support.browser import Browser
from tests.support.exports import exported
from tests.support.issuer import identity_of
from tests.support.jobs import Jobs
from tests.support.stream import Bus, records_of
from tests.support.world import Company, World

SESSION = "__Host-gatehouse"


@dataclass
class Told:
    """Everything that came back to anybody but the secret's owner, and the secrets."""

    host: Company
    guest: Company
    secrets: dict[str, str] = field(default_factory=dict)
    to_the_host: list[Reply] = field(default_factory=list)


@pytest.fixture
def heard(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[pytest.LogCaptureFixture]:
    """Let everything that can log do so, down to the last detail."""
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    # A logger keeps the output that it first wrote to: one of another name writes to today's.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"gatehouse-{secrets.token_hex(4)}")
    observability.logger.cache_clear()
    caplog.set_level(logging.DEBUG)
    yield caplog
    observability.logger.cache_clear()


def tell(world: World) -> Told:
    """Live through everything in which a secret takes part, what fails included."""
    host = world.company("acme", {"ada": "administrator"}, organizations=["Alder"])
    guest = world.company("continuum", {"nora": "administrator", "omar": "administrator"})
    told = Told(host, guest)
    ada, nora = world.token(host, "ada"), world.token(guest, "nora")
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
    keyed = {"idempotency-key": "invite-once"}

    def as_host(method: str, address: str, body: object = None, **headers: str) -> Reply:
        reply = world.api(method, address, body, token=ada, headers=headers)
        told.to_the_host.append(reply)
        return reply

    invited = as_host("POST", "/connections", body, **keyed)
    connection = f"/connections/{invited.json['connection_id']}"
    as_host("POST", "/connections", body, **keyed)
    as_host("POST", f"{connection}/resend")
    for number, mail in enumerate(world.outbox.mails):
        if mail.kind == "invitation":
            told.secrets[f"link {number}"] = mail.token
    link = world.outbox.to("nora@continuum.test").token
    # A browser signs in from the link, reads the offer, and does not accept it in time.
    browser = Browser(world)
    browser.get(f"/invitations/{link}")
    asked = browser.begin(f"/invitations/{link}")
    browser.come_back(asked, "nora@continuum.test")
    page = browser.get(f"/invitations/{link}")
    told.secrets["session"] = browser.cookies[SESSION]
    told.secrets["token of forms"] = csrf_token_of(browser.cookies[SESSION])
    told.secrets["verifier"] = str(world.issuer.forms[-1]["code_verifier"])
    assert told.secrets["token of forms"] in page.text
    # What goes wrong on the way is told and logged too.
    world.api("POST", f"/invitations/{link}/accept", token=world.token(host, "ada"))
    world.api("POST", f"/invitations/{link}x/accept", token=nora)
    for trouble in (StoreUnavailable("The store is down."), RuntimeError("Something unheard of.")):
        with patch.object(world.ports.store.connections, "get", side_effect=trouble):
            world.api("POST", f"/invitations/{link}/accept", token=nora)
    world.api("POST", f"/invitations/{link}/accept", token=nora)
    as_host("POST", f"{connection}/revoke")
    made = as_host("POST", "/api-keys", {"name": "Portal", "scopes": ["authorize"]}, **keyed)
    told.to_the_host.remove(made)
    key = made.json["secret"]
    told.secrets["API key"], told.secrets["secret of the key"] = key, key.rpartition("_")[2]
    as_host("POST", "/api-keys", {"name": "Portal", "scopes": ["authorize"]}, **keyed)
    rotate = f"/api-keys/{made.json['api_key_id']}/rotate"
    rotated = as_host("POST", rotate, **keyed)
    told.to_the_host.remove(rotated)
    told.secrets["rotated key"] = rotated.json["secret"]
    told.secrets["newer secret of the key"] = rotated.json["secret"].rpartition("_")[2]
    as_host("POST", rotate, **keyed)
    world.decide(host, guest.users["nora"], "view", host.organizations["Alder"])
    told.secrets["seeded key"] = host.key
    told.secrets["access token"], told.secrets["another access token"] = ada, nora
    for route in template().routes:
        if route.method == "GET":
            address = route.path.format(
                connection_id=invited.json["connection_id"],
                user_id=host.users["ada"],
                organization_id=host.organizations["Alder"],
                api_key_id=made.json["api_key_id"],
                account_id=host.account_id,
                export_id="exp_00000000000000000000000000",
                erasure_id="era_00000000000000000000000000",
                import_id="imp_00000000000000000000000000",
                group_id="grp_00000000000000000000000000",
                token="x",
                name="gatehouse.css",
            )
            as_host("GET", address)
            as_host("GET", address, accept="text/html")
    assert {reply.status for reply in told.to_the_host} >= {200, 201}
    return told


def forms_of(secret: str) -> Iterator[str]:
    """Return a secret as it is, and as whoever stores it carelessly would write it."""
    yield secret
    yield base64.b64encode(secret.encode()).decode().rstrip("=")
    yield base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")
    yield secret.encode().hex()
    yield secret[:40]


def test_no_item_answer_log_or_output_holds_a_secret(
    world: World, heard: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    jobs, bus = Jobs(world), Bus()
    world.ports.__dict__["events"] = bus
    told = tell(world)
    for company, name in ((told.host, "ada"), (told.guest, "nora")):
        publish = {"publish_entries": True}
        token = world.token(company, name)
        assert world.api("PATCH", "/account", publish, token=token).status == 200
        assert world.api("POST", "/exports", token=token).status == 202
        handler_of("follow")({"Records": records_of(world, company)}, None)
    assert bus.details
    queued = jobs.queued()
    assert queued
    output = capfd.readouterr()
    places = {
        "what the event bus was told": json.dumps(bus.details),
        "what was queued": json.dumps(queued),
        "the table": json.dumps(world.dump()),
        "an answer to the host": repr([(r.text, r.headers, r.cookies) for r in told.to_the_host]),
        "the host's log": json.dumps(
            world.api("GET", "/activities?limit=200", token=world.token(told.host, "ada")).json
        ),
        "the guest's log": json.dumps(
            world.api("GET", "/activities?limit=200", token=world.token(told.guest, "nora")).json
        ),
        "what was printed": output.out + output.err,
        "what was logged": heard.text + repr([record.__dict__ for record in heard.records]),
        "what was asked of the issuer": repr(world.issuer.fetched),
        "a mail to the host": repr([m for m in world.outbox.mails if m.to.endswith("acme.test")]),
    }
    assert "served" in places["what was printed"]
    assert "Something unheard of" in places["what was printed"] + places["what was logged"]
    for name, secret in told.secrets.items():
        for place, content in places.items():
            for written in forms_of(secret):
                assert written not in content, f"{name} is in {place}"


def test_what_is_kept_of_a_secret_is_its_hash_and_that_only(world: World) -> None:
    told = tell(world)
    table = json.dumps(world.dump())
    for name, secret in told.secrets.items():
        hashed = hash_of(secret)
        kept = name.startswith("link") or name == "session" or name.endswith("secret of the key")
        assert (hashed in table) is kept, name


def test_no_archive_holds_a_secret_or_the_hash_of_one(world: World) -> None:
    jobs = Jobs(world)
    told = tell(world)
    table = json.dumps(world.dump())
    hashes = set(re.findall(r"[0-9a-f]{64}", table))
    assert {hash_of(secret) for secret in told.secrets.values()} & hashes
    for company, name, others in (
        (told.host, "ada", told.guest),
        (told.guest, "nora", told.host),
    ):
        archive = exported(world, jobs, company, name)
        texts = {file: archive.read(file).decode() for file in archive.namelist()}
        told_of = {
            **{what: list(forms_of(secret)) for what, secret in told.secrets.items()},
            "a hash": sorted(hashes),
            "how somebody signs in": [identity_of(one) for one in company.emails.values()],
            "an address of another company's people": list(others.emails.values()),
        }
        for file, text in texts.items():
            for what, forms in told_of.items():
                assert not [one for one in forms if one in text], f"{what} is in {file}"
        assert f"{name}@{company.subdomain}.test" in texts["users.csv"]


def test_the_issuer_learns_the_verifier_at_the_end_and_its_hash_before(world: World) -> None:
    world.company("acme", {"ada": "administrator"})
    browser = Browser(world)
    asked = browser.begin()
    browser.come_back(asked, "ada@acme.test")
    verifier = str(world.issuer.forms[-1]["code_verifier"])
    digest = hashlib.sha256(verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert verifier not in repr(asked)
    assert verifier not in repr(browser.set_cookies)


def test_no_page_with_a_link_lets_it_out(world: World) -> None:
    host = world.company("acme", {"ada": "administrator"}, organizations=["Alder"])
    guest = world.company("continuum", {"nora": "administrator"})
    body = {
        "guest_subdomain": "continuum",
        "maximum_role": "editor",
        "all_organizations": True,
        "message": "See https://evil.example/x or <a href='//evil.example'>this</a>",
    }
    world.api("POST", "/connections", body, token=world.token(host, "ada"))
    link = world.outbox.to("nora@continuum.test").token
    browser = Browser(world)
    pages = [browser.get(f"/invitations/{link}")]
    browser.sign_in(guest, "nora", f"/invitations/{link}")
    pages.append(browser.get(f"/invitations/{link}"))
    pages.append(browser.submit(pages[-1], "/decline", reason="https://evil.example"))
    pages.append(browser.get(f"/invitations/{link}"))
    for page in pages:
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for attribute in ("href", "src", "action"):
            for leads in re.findall(rf'{attribute}="([^"]*)"', page.text):
                assert leads.startswith(("/", "#")), leads
                assert not leads.startswith("//"), leads
        assert "http" not in page.text.replace("http-equiv", "")
