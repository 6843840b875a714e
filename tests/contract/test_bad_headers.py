"""Whatever is wrong with a header, a cookie or a form: a 4xx that says so, and nothing changed."""

import base64
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.document import document, resolved
from tests.support.proof import Proof
from tests.support.stage import Stage, assert_harmless, on_stage
from tests.support.trials import trials

NAMES = {
    f"{method.upper()} {path}": {resolved(one)["name"] for one in operation.get("parameters", ())}
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
IDEMPOTENT = [key for key, names in NAMES.items() if "Idempotency-Key" in names]
VERSIONED = [key for key, names in NAMES.items() if "If-Match" in names]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with on_stage() as stage:
        yield stage


ODD_CREDENTIALS = [
    "",
    "Bearer",
    "Bearer ",
    "bearer  x",
    "Basic YTpi",
    "Bearer x y",
    "Bearer \u202e",
    "Bearer a\x00b",
    "Bearer " + "x" * 10_000,
    "Bearer gh_",
    "Bearer gh_aaaaaaaaaaaaaaaa_aaaaaaaaaaaa_" + "a" * 52,
    "Bearer gh_aaaaaaaaaaaaaaa#_aaaaaaaaaaaa_" + "a" * 52,
    "Bearer gh_" + "a" * 10_000,
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Bearer a.b.c",
    "Bearer a.b.c.d.e",
    "Bearer ..",
    "Bearer " + "é" * 10,
    "Bearer \ud800",
]


def _jwt(header: str, payload: str = "{}") -> str:
    parts = (
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, payload)
    )
    return "Bearer " + ".".join((*parts, "AAAA"))


ODD_HEADERS = [
    "[" * 5_000,
    "[" * 5_000 + "]" * 5_000,
    "[]",
    "null",
    '"RS256"',
    '{"alg":"none"}',
    '{"alg":["RS256"]}',
    '{"alg":"HS256","kid":"first"}',
    '{"alg":"RS256","kid":["first"]}',
    '{"alg":"RS256","kid":{"a":1}}',
    '{"alg":"RS256","kid":"first","crit":["x"]}',
    '{"alg":"RS256","kid":"first","crit":"x"}',
    '{"alg":"RS256","kid":"first","b64":false}',
    '{"alg":"RS256","kid":"first","jku":"https://evil.example/keys"}',
    '{"alg":"RS256","kid":"first","jwk":{"kty":"oct","k":"AAAA"}}',
    '{"alg":"RSA-OAEP","enc":"A256GCM","kid":"first"}',
    '{"alg":"RS256","kid":"\\ud800"}',
    '{"alg":"RS256","kid":"' + "x" * 5_000 + '"}',
]


@pytest.mark.parametrize(
    "route_key", ["GET /me", "POST /groups", "POST /access/v1/evaluation", "GET /lookup"]
)
def test_odd_credentials_are_no_credentials(stage: Stage, route_key: str) -> None:
    for credentials in [*ODD_CREDENTIALS, *(_jwt(header) for header in ODD_HEADERS)]:
        reply = stage.send(
            route_key,
            stage.bodies.get(route_key),
            token=None,
            headers={"authorization": credentials},
        )
        assert reply.status == 401, f"{credentials[:80]!r}: {reply}"
        assert reply.headers["www-authenticate"] == 'Bearer realm="gatehouse"'


@settings(max_examples=trials(2_500))
@given(header=st.text(max_size=40) | st.binary(max_size=40), rest=st.text(max_size=20))
def test_no_token_of_whatever_shape_is_an_error(
    stage: Stage, proof: Proof, header: str | bytes, rest: str
) -> None:
    proof.count("tokens of odd shapes", "requests", "401", by=3)
    raw = header if isinstance(header, bytes) else header.encode("utf-8", "surrogatepass")
    token = f"{base64.urlsafe_b64encode(raw).decode()}.{rest}.{rest}"
    for credentials in (f"Bearer {token}", f"Bearer {rest}", rest):
        reply = stage.send("GET /me", token=None, headers={"authorization": credentials})
        assert reply.status == 401, reply


@pytest.mark.parametrize(
    "cookie", ["", "x", "\u202e", "a" * 52, "a" * 10_000, "\x00", "\ud800", "é" * 52, "#"]
)
def test_an_odd_session_is_none(stage: Stage, cookie: str) -> None:
    for name in ("__Host-gatehouse", "__Host-gatehouse-sign-in", "__Host-gatehouse-continue"):
        for route_key, status in (
            ("GET /me", 401),
            ("GET /sign-in/callback", 400),
            ("POST /sign-in/continue", 400),
        ):
            reply = stage.send(route_key, token=None, cookies={name: cookie})
            assert reply.status == status, reply


@pytest.mark.parametrize("route_key", IDEMPOTENT)
def test_an_odd_idempotency_key_is_named(stage: Stage, route_key: str) -> None:
    body = stage.bodies.get(route_key)
    for key in ("", " ", "a b", "a\nb", "\u202e", "é", "x" * 256, "\x00", "\ud800"):
        reply = stage.send(route_key, body, headers={"idempotency-key": key, "if-match": "1"})
        assert reply.status == 400, f"{key!r}: {reply}"
        pointers = [one["pointer"] for one in reply.json["errors"]]
        assert pointers == ["/Idempotency-Key"], reply


@pytest.mark.parametrize("route_key", VERSIONED)
def test_an_odd_if_match_changes_nothing(stage: Stage, route_key: str) -> None:
    body = stage.bodies.get(route_key)
    for etag, named in (
        ('"1", "2"', True),
        ('W/"1", *', True),
        ('"', True),
        ('"1', True),
        ("a b", True),
        ("é", True),
        ("\x00", True),
        ("\ud800", True),
        ('""', False),
        ('"999"', False),
        ("W/999", False),
        ("01", False),
        ("-1", False),
        ("1.0", False),
        ("x" * 10_000, False),
    ):
        reply = stage.send(route_key, body, headers={"if-match": etag})
        assert reply.status in ({400} if named else {409, 412}), f"{etag[:40]!r}: {reply}"
        if named:
            assert [one["pointer"] for one in reply.json["errors"]] == ["/If-Match"]


@pytest.mark.parametrize(
    "sent", ["a\r\nSet-Cookie: x=y", "a\nb", "a b", "\u202e", "é", "", "x" * 129, "\x00", "\ud800"]
)
def test_a_request_id_that_could_break_a_header_or_a_log_does_not_come_back(
    stage: Stage, sent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = stage.send("GET /me", headers={"x-request-id": sent})
    assert reply.headers["x-request-id"] == "request-1"
    lines = capsys.readouterr().out.splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)


@pytest.mark.parametrize("agent", ["\u202egro.live", "a\r\nb", "\ud800", "x" * 10_000, "\x1b[31m"])
def test_what_a_browser_calls_itself_is_recorded_without_hidden_characters(
    stage: Stage, agent: str
) -> None:
    headers = {"user-agent": agent}
    made = stage.world.api("POST", "/groups", {"name": "G"}, token=stage.ada, headers=headers)
    assert made.status == 201, made
    entry = stage.world.api("GET", "/activities?limit=1", token=stage.ada).json["items"][0]
    assert len(entry["user_agent"]) <= 300
    assert entry["user_agent"].isprintable()
    assert_harmless(made)
    stage.__dict__.pop("before", None)


@pytest.mark.parametrize("step", ["accept", "decline"])
def test_a_bad_form_is_answered_with_a_page_and_changes_nothing(stage: Stage, step: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in (
        "",
        "etag",
        "etag=1&etag=2",
        "etag=1&reason=a&reason=b",
        "reason=%ff",
        "etag=1&reason=%E2%80%AE",
        "etag=\ud800",
        "=&=",
        "&" * 10_000,
        "etag=1&reason=" + "x" * 3_000,
        "x" * 300_000,
    ):
        if step == "accept" and "reason" in body and body.count("reason") == 1:
            continue
        reply = stage.send(f"POST /invitations/{{token}}/{step}", body, headers=form)
        assert 400 <= reply.status < 500, f"{body[:40]!r}: {reply}"
        assert reply.headers["content-type"].startswith("text/html")
