"""The local tools answer this machine alone, and lead from a person's link into the product."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.clock import SharedClock
from local.identity import CLIENT_ID, Issuer
from local.mailbox import Mail
from local.people import Company, Person
from local.state import StateFolder
from local.tools import Toolbox, local_routes
from local.world import read_world

BASE = "http://127.0.0.1:8000"
MAIL = Mail(
    id="m1",
    to="nora@continuum.test",
    subject="Acme MSP <invites> Continuum",
    text=f"Read it:\n\n{BASE}/invitations/abc\n",
    html="<!doctype html><html><head><title>t</title></head><body>Hello</body></html>",
    sent_at="2026-11-21T22:43:01.123Z",
)
REQUEST = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": f"{BASE}/sign-in/callback",
    "scope": "openid",
    "state": "s",
    "code_challenge": "c",
    "code_challenge_method": "S256",
}


class SomePeople:
    def find(self, email):
        return Person(email, "Ada Okafor", "Administrator", True) if "acme" in email else None

    def companies(self, search=""):
        ada = Person("ada@acme.test", "Ada Okafor", "Administrator", True)
        return [Company("acme", "Acme MSP", (ada,), 0)] if search in ada.name else []


class OneMail:
    def newest_first(self):
        return [MAIL]

    def get(self, mail_id):
        return MAIL if mail_id == MAIL.id else None

    def fetch(self):
        return None


@pytest.fixture
def send(tmp_path):
    state = StateFolder(tmp_path / "state")
    state.open()
    clock = SharedClock(state)
    people = SomePeople()
    toolbox = Toolbox(
        base_url=BASE,
        clock=clock,
        issuer=Issuer(BASE, state, clock.now),
        people=people,  # type: ignore[arg-type]  # two of its methods are enough here
        mailbox=OneMail(),  # type: ignore[arg-type]  # likewise
        bind=lambda email: people.find(email) is not None,
        rebind=lambda _email: None,
        run_cleanup=lambda: {"done": 1},
        seed=lambda world: {"accounts": len(read_world(world))},
    )
    app = local_routes(toolbox)

    def once(method, path, *, base=BASE, **how):
        async def call():
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=base) as client:
                return await client.request(method, path, **how)

        return asyncio.run(call())

    yield once
    state.close()


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "192.168.0.2:8000", "[::1]"])
def test_another_host_name_is_refused(send, host):
    for path in ("/.local/token?email=ada@acme.test", "/.local/mail", "/.local/nothing"):
        response = send("GET", path, base=f"http://{host}")

        assert response.status_code == 403
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "localhost:8000"])
def test_this_machine_is_answered(send, host):
    assert send("GET", "/.local/mail.json", base=f"http://{host}").status_code == 200


def test_another_sites_form_is_refused(send):
    response = send("POST", "/.local/run/cleanup", headers={"origin": "https://evil.test"})

    assert response.status_code == 403


def test_a_token_is_for_people_who_exist(send):
    assert send("GET", "/.local/token?email=ada@acme.test").json()["access_token"]
    assert send("GET", "/.local/token?email=eve@evil.test").status_code == 404


def test_the_mailbox_tells_what_was_sent(send):
    assert send("GET", "/.local/mail.json").json() == [
        {name: getattr(MAIL, name) for name in ("to", "subject", "text", "html", "sent_at")}
    ]
    shown = send("GET", "/.local/mail/m1").text
    assert "Acme MSP &lt;invites&gt; Continuum" in shown
    assert f'href="{BASE}/invitations/abc"' in shown


def test_a_mails_html_can_do_nothing_but_be_read_and_clicked(send):
    response = send("GET", "/.local/mail/m1/html")

    policy = response.headers["content-security-policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert '<head><base target="_top">' in response.text


@pytest.mark.parametrize("path", ["/.local/", "/.local/mail", "/.local/mail/m1"])
def test_pages_load_nothing_but_the_stylesheet(send, path):
    response = send("GET", path)

    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "style=" not in response.text
    assert "<script" not in response.text


def test_a_link_signs_in_without_a_question(send):
    started = send("GET", "/.local/sign-in?email=ada@acme.test")
    assert started.headers["location"] == f"{BASE}/sign-in"

    hint = started.headers["set-cookie"].split(";", 1)[0]
    answered = send("GET", "/.local/idp/authorize", params=REQUEST, headers={"cookie": hint})

    back = urlsplit(answered.headers["location"])
    assert back.path == "/sign-in/callback"
    assert parse_qs(back.query)["state"] == ["s"]


def test_without_a_link_the_people_are_listed_with_a_button_each(send):
    response = send("GET", "/.local/idp/authorize", params=REQUEST)

    assert 'name="email" value="ada@acme.test"' in response.text
    chosen = send("POST", "/.local/idp/authorize", data={**REQUEST, "email": "ada@acme.test"})
    assert "code" in parse_qs(urlsplit(chosen.headers["location"]).query)


@pytest.mark.parametrize("body", [b"{}", b"[", b'{"advance_seconds": true}'])
def test_a_clock_that_is_not_told_how_far_is_left_alone(send, body):
    assert send("POST", "/.local/clock", content=body).status_code == 400


def test_the_clock_tells_the_time_it_was_moved_to(send):
    first = send("POST", "/.local/clock", json={"advance_seconds": 0}).json()["now"]
    later = send("POST", "/.local/clock", json={"advance_seconds": 86400}).json()["now"]

    assert later > first
    assert later.endswith("Z")


def test_a_world_that_is_none_is_refused_with_the_place(send):
    response = send("POST", "/.local/seed", json={"accounts": [{"subdomain": "a", "region": "x"}]})

    assert response.status_code == 400
    assert "/accounts/0/region" in response.json()["detail"]
