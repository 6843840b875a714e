"""Sign in and out, and see where one may go."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from gatehouse.domain import secrets
from gatehouse.domain.connection import State
from gatehouse.domain.errors import GatehouseError, NotFound, ShutOut, Unable, Unauthenticated
from gatehouse.domain.factors import Factors
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.domain.session import LIFETIME, csrf_token_of
from gatehouse.domain.user import User
from gatehouse.http import cursors, views
from gatehouse.http.answers import JSON, Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.cookies import cookie, gone
from gatehouse.http.html import html, look_of, page_of_problem, sign_in_url, viewer_of
from gatehouse.http.identity import SESSION_COOKIE, check_csrf
from gatehouse.http.openapi import openapi
from gatehouse.http.pages import asset
from gatehouse.http.routes.console.menu import menu_of
from gatehouse.usecases import accessible, describe, logo
from gatehouse.usecases.ports import SignedIn
from gatehouse.usecases.sign_in import bind, end_session, open_session, recognise

routes = Routes()
_ATTEMPT_COOKIE: Final = "__Host-gatehouse-sign-in"
_STRANGER_COOKIE: Final = "__Host-gatehouse-continue"
_ATTEMPT: Final = timedelta(minutes=10)
_LONGEST: Final = 1_000
"""Characters of an address to go back to: it travels in a cookie, and browsers drop large ones."""
_PROBLEMS: Final = {
    *("not-added", "email-unverified", "deactivated", "other-identity", "other-user"),
}


@routes("GET /me")
def show_me(call: Call) -> Answer:
    return json_answer(200, views.me(accessible.me(call.ports, call.principal)))


@routes("GET /accessible-accounts/{account_id}/organizations")
def list_reached(call: Call) -> Answer:
    account_id = call.path["account_id"]
    purpose = f"reached {account_id}"
    found = accessible.organizations_there(
        call.ports, call.principal, account_id, call.after(purpose), call.limit
    )
    return call.page(
        found.organizations,
        purpose,
        lambda one: views.reached_organization(one, found.actions),
    )


@routes("GET /")
def home(call: Call) -> Answer:
    try:
        person = call.visitor
    except ShutOut as refusal:
        return page_of_problem(call, refusal)
    if not isinstance(person, Person):
        return html("signed-out", sign_in_url=sign_in_url("/"))
    found = accessible.me(call.ports, person)
    waiting: list[dict[str, Any]] = []
    if person.user.role is Role.ADMINISTRATOR:
        page = describe.incoming_page(call.ports, person, State.PENDING, None, 50)
        now = call.ports.clock.now()
        waiting = [
            {**views.connection(one, now), "path": f"/console/hosts/{one.connection.connection_id}"}
            for one in page.items
        ]
    return html(
        "home",
        viewer=viewer_of(call, person),
        brand=look_of(person.account_id, call.account.name, call.account.brand),
        manages=bool(menu_of(person)),
        accounts=[views.accessible(one) for one in found.accessible],
        invitations=[{**one, "expires_at": one["invitation"]["expires_at"]} for one in waiting],
        csrf=csrf_token_of(call.cookies[SESSION_COOKIE])
        if SESSION_COOKIE in call.cookies
        else None,
    )


@routes("GET /assets/{name}")
def show_asset(call: Call) -> Answer:
    found = asset(call.path["name"])
    if found is None:
        raise NotFound("There is no such file.")
    headers = {
        "Content-Type": found.content_type,
        "ETag": found.etag,
        "Vary": "Accept-Encoding",
        # The address changes with the content.
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    if "gzip" not in call.headers.get("accept-encoding", ""):
        return Answer(200, found.content.decode(), headers)
    zipped = {"Content-Encoding": "gzip", "ETag": f'{found.etag[:-1]}-gzip"'}
    body = base64.b64encode(found.zipped).decode()
    return Answer(200, body, {**headers, **zipped}, is_base64=True)


@routes("GET /logos/{account_id}/{name}")
def show_logo(call: Call) -> Answer:
    """Show a picture that somebody uploaded, as a picture and as nothing else."""
    logo_id = call.path["name"].removesuffix(".png")
    content = logo.show_logo(call.ports, call.path["account_id"], logo_id).content
    headers = {
        "Content-Type": "image/png",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Content-Disposition": 'attachment; filename="logo.png"',
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Answer(200, base64.b64encode(content).decode(), headers, is_base64=True)


@routes("GET /openapi.json")
def show_openapi(_: Call) -> Answer:
    text, etag = openapi()
    headers = {"Content-Type": JSON, "ETag": etag, "Cache-Control": "public, max-age=300"}
    return Answer(200, text, headers)


@routes("GET /sign-in")
def sign_in(call: Call) -> Answer:
    state, nonce, verifier = (secrets.new_token() for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    try:
        address = call.ports.identities.sign_in_address(
            state=state,
            nonce=nonce,
            challenge=challenge.decode().rstrip("="),
            hint=call.wanted("login_hint", 320),
            again=bool(call.query.get("again")),
        )
    except Unable:
        return html("sign-in-problem", 503, cause="provider-unavailable")
    kept = _sealed(
        call,
        "sign-in",
        {
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "return_to": _inside(call.query.get("return_to", "/")),
        },
    )
    return _redirect(address, cookie(_ATTEMPT_COOKIE, kept, _ATTEMPT))


@routes("GET /sign-in/callback")
def sign_in_callback(call: Call) -> Answer:
    attempt = _opened(call, "sign-in", call.cookies.get(_ATTEMPT_COOKIE))
    code = call.query.get("code")
    if attempt is None or call.query.get("state") != attempt["state"]:
        return html("sign-in-problem", 400, cause="expired-attempt")
    if not code:  # the identity provider says why not, in words of its own
        return html("sign-in-problem", 400, cause="not-confirmed")
    try:
        signed_in = call.ports.identities.exchange(
            code=code,
            verifier=attempt["verifier"],
            nonce=attempt["nonce"],
            now=call.ports.clock.now(),
        )
    except Unauthenticated:
        return html("sign-in-problem", 400, cause="not-confirmed")
    except Unable:
        return html("sign-in-problem", 503, cause="provider-unavailable")
    try:
        found = recognise(call.ports, signed_in)
    except GatehouseError as refusal:
        return _refused(call, refusal, signed_in)
    if isinstance(found, User):
        return _started(call, found, attempt["return_to"], signed_in.factors)
    kept = _sealed(
        call,
        "continue",
        {
            "identity": signed_in.identity,
            "email": signed_in.verified_email,
            "user_id": found.user.user_id,
            "factors": _written(signed_in.factors),
            "return_to": attempt["return_to"],
        },
    )
    return html(
        "continue",
        account={"name": found.account.name, "subdomain": found.account.subdomain},
        user={
            "name": found.user.name,
            "email": found.user.email,
            "role": found.user.role.value,
        },
        added_by=found.user.added_by,
        csrf=csrf_token_of(kept),
        cookies=(cookie(_STRANGER_COOKIE, kept, _ATTEMPT), gone(_ATTEMPT_COOKIE)),
    )


@routes("POST /sign-in/continue")
def sign_in_continue(call: Call) -> Answer:
    kept = call.cookies.get(_STRANGER_COOKIE)
    stranger = _opened(call, "continue", kept)
    if stranger is None or kept is None:
        return html("sign-in-problem", 400, cause="expired-attempt")
    signed_in = SignedIn(stranger["identity"], stranger["email"], _read(stranger["factors"]))
    try:
        check_csrf(call, csrf_token_of(kept))
        user = bind(call.ports, signed_in, stranger["user_id"], call.origin)
    except GatehouseError as refusal:
        return _refused(call, refusal, signed_in)
    return _started(call, user, stranger["return_to"], signed_in.factors)


@routes("POST /sign-out")
def sign_out(call: Call) -> Answer:
    token = call.cookies.get(SESSION_COOKIE)
    if token is not None:
        try:
            check_csrf(call, csrf_token_of(token))
        except GatehouseError as refusal:
            return page_of_problem(call, refusal)
        end_session(call.ports, token, call.origin)
    return html("signed-out", sign_in_url=sign_in_url("/"), cookies=(gone(SESSION_COOKIE),))


def _started(call: Call, user: User, return_to: str, factors: Factors) -> Answer:
    before = call.cookies.get(SESSION_COOKIE)
    if before is not None:  # its cookie is about to be replaced, and nobody could end it any more
        end_session(call.ports, before, call.origin)
    token = open_session(call.ports, user, call.origin, factors)
    return _redirect(
        return_to,
        cookie(SESSION_COOKIE, token, LIFETIME),
        gone(_ATTEMPT_COOKIE),
        gone(_STRANGER_COOKIE),
    )


def _refused(call: Call, refusal: GatehouseError, signed_in: SignedIn) -> Answer:
    if refusal.slug not in _PROBLEMS:
        return page_of_problem(call, refusal)
    return html(
        "sign-in-problem",
        refusal.status,
        problem=refusal.slug,
        cause=refusal.slug,
        email=signed_in.verified_email,
    )


def _redirect(address: str, *cookies: str) -> Answer:
    return Answer(303, headers={"Location": address}, cookies=cookies)


def _written(factors: Factors) -> dict[str, Any]:
    moment = factors.auth_time
    return {
        "amr": sorted(factors.amr),
        "acr": factors.acr,
        "auth_time": to_text(moment) if moment else None,
    }


def _read(kept: Mapping[str, Any]) -> Factors:
    moment = kept["auth_time"]
    return Factors(frozenset(kept["amr"]), kept["acr"], from_text(moment) if moment else None)


def _sealed(call: Call, purpose: str, content: dict[str, Any]) -> str:
    until = call.ports.clock.now() + _ATTEMPT
    text = json.dumps({**content, "until": until.timestamp()})
    return cursors.sealed(call.ports.signing_key, purpose, text) or ""


def _opened(call: Call, purpose: str, kept: str | None) -> dict[str, Any] | None:
    try:
        text = cursors.opened(call.ports.signing_key, purpose, kept)
    except GatehouseError:
        return None
    content: dict[str, Any] = json.loads(text) if text else {}
    if call.ports.clock.now().timestamp() >= content.get("until", 0):
        return None
    return content


def _inside(address: str) -> str:
    """Return a path of ours to go back to; anything that leads elsewhere leads home."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\"))
    safe = safe and len(address) <= _LONGEST
    return address if safe and address.isprintable() and address.isascii() else "/"
