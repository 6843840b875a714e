"""Every route of the template × everything that is no credential: refused, nothing told or changed."""

import base64
import hmac
import json
from typing import Any

import pytest

from tests.support import issuer
from tests.support.requests import ANYBODY, APPLICATIONS, BOTH
from tests.support.scene import ROUTES, Scene, scene_of
from tests.support.world import World


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def unsigned(token: str, algorithm: str) -> str:
    """Return a token's claims under another algorithm, with no signature."""
    header = json.dumps({"alg": algorithm, "typ": "JWT"}).encode()
    return f"{encoded(header)}.{token.split('.')[1]}."


def signed_with_the_public_key(token: str) -> str:
    """Return a token's claims signed by HMAC with what everybody knows of the issuer."""
    header = json.dumps({"alg": "HS256", "kid": "first"}).encode()
    signed = f"{encoded(header)}.{token.split('.')[1]}"
    public = issuer.key().as_pem(private=False)
    return f"{signed}.{encoded(hmac.digest(public, signed.encode(), 'sha256'))}"


def credentials(scene: Scene) -> dict[str, dict[str, Any]]:
    """Return everything that is no credential, by what is wrong with it."""
    world, victim = scene.world, scene.victim
    now = world.clock.now()
    right = world.token(victim)
    _, account, key, secret = victim.key.split("_")
    bearers = {
        "garbage": "garbage",
        "half a token": right[: len(right) // 2],
        "an expired token": world.token(victim, exp=int(now.timestamp())),
        "a token without an end": world.token(victim, exp=None),
        "a token that is not valid yet": world.token(victim, nbf=int(now.timestamp()) + 600),
        "a token of another issuer": world.token(victim, iss="https://other.test"),
        "a token signed by another's key": world.token(victim, signed_by="second"),
        "a token of another client": world.token(victim, client_id="another"),
        "a token for another audience": world.token(victim, client_id=None, aud="another"),
        "a token of nobody": world.token(victim, sub=None),
        "a token of somebody unknown": issuer.access_token("stranger@nowhere.test", now),
        "a token without a signature": unsigned(right, "none"),
        "a token that hides its algorithm": unsigned(right, "None"),
        "a token signed with the public key": signed_with_the_public_key(right),
        "a token changed after signing": right[:-6] + ("aaaaaa" if right[-6:] != "aaaaaa" else "b"),
        "an ID token": issuer.id_token(victim.emails["administrator"], now, "nonce"),
        "the token of a deactivated user": world.token(victim, "gone"),
        "a key with another secret": f"gh_{account}_{key}_{'a' * 52}",
        "a key of another account": f"gh_{scene.other.key.split('_')[1]}_{key}_{secret}",
        "the beginning of a key": f"gh_{account}_{key}",
    }
    return {
        "nothing": {},
        "another scheme": {"headers": {"authorization": "Basic YTpi"}},
        "no token": {"headers": {"authorization": "Bearer "}},
        "an unknown session": {"cookies": {"__Host-gatehouse": "a" * 52}},
        "a session of the wrong shape": {"cookies": {"__Host-gatehouse": "../etc"}},
        **{name: {"token": bearer} for name, bearer in bearers.items()},
    }


def test_every_route_says_who_calls_it() -> None:
    known = ANYBODY | APPLICATIONS.keys() | BOTH.keys()
    routes = {key.replace("HEAD ", "GET ") for key in ROUTES}
    assert known <= routes
    assert {f"HEAD {key.partition(' ')[2]}" for key in routes if key.startswith("GET ")} == {
        key for key in ROUTES if key.startswith("HEAD ")
    }


def test_without_credentials_that_hold_nothing_answers_but_401(scene: Scene) -> None:
    before = scene.world.dump()
    for name, wrong in credentials(scene).items():
        for request in scene.guarded:
            reply = request.send(scene.world.api, **wrong)
            assert reply.status == 401, (name, request.key, reply)
            assert reply.headers["www-authenticate"].startswith("Bearer"), (name, request.key)
            assert reply.headers["content-type"] == "application/problem+json"
            if request.method != "HEAD":
                assert reply.slug == "unauthenticated", (name, request.key)
            scene.must_not_tell(request, reply)
    assert scene.world.dump() == before


def test_without_credentials_that_hold_public_routes_tell_no_more_than_to_anybody(
    scene: Scene,
) -> None:
    public = [r for r in scene.requests if r.method == "GET" and r.as_get in ANYBODY]
    usual = {r.key: r.send(scene.world.api) for r in public if "/sign-in" not in r.key}
    before = scene.world.dump()
    for name, wrong in credentials(scene).items():
        for request in public:
            if request.key in usual:
                reply = request.send(scene.world.api, **wrong)
                assert (reply.status, reply.text) == (
                    usual[request.key].status,
                    usual[request.key].text,
                ), (name, request.key)
    assert scene.world.dump() == before


def test_a_revoked_key_and_a_key_of_a_revoked_scope_open_nothing(scene: Scene) -> None:
    world, token = scene.world, scene.world.token(scene.victim)
    body = {"name": "Fresh", "scopes": ["authorize"]}
    made = world.api("POST", "/api-keys", body, token=token).json
    address = f"/api-keys/{made['api_key_id']}"
    assert world.api("DELETE", address, token=token).status == 204
    before = world.dump()
    for request in scene.guarded:
        reply = request.send(world.api, token=made["secret"])
        assert reply.status == 401, (request.key, reply)
        scene.must_not_tell(request, reply)
    assert world.dump() == before


def test_a_key_without_the_routes_scope_is_not_allowed(scene: Scene) -> None:
    world, token = scene.world, scene.world.token(scene.victim)
    scopes = {"authorize", "activities:write", "activities:read", "directory:read"} | {
        "directory:write",
        "connections:read",
        "scim",
        "authorize:dry_run",
    }
    needed = APPLICATIONS | BOTH
    keys = {}
    for scope in set(needed.values()):
        body = {"name": f"All but {scope}", "scopes": sorted(scopes - {scope})}
        keys[scope] = world.api("POST", "/api-keys", body, token=token).json["secret"]
    before = scene.rows()
    for request in scene.guarded:
        # A route that takes no key at all is closed to one with every scope.
        key = keys.get(needed.get(request.as_get, ""), scene.victim.key)
        reply = request.send(world.api, token=key)
        assert reply.status == 403, (request.key, reply)
        scene.must_not_tell(request, reply)
    assert scene.rows() == before
