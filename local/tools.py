"""The `/.local/*` routes: what only the runner has, and only for this machine's own browser."""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.moments import to_text
from local import identity
from local.clock import SharedClock
from local.identity import Issuer
from local.idp_pages import HINT_COOKIE, IdentityProvider
from local.mailbox import Mail, Mailbox
from local.pages import mail_body, page, problem, stylesheet
from local.people import People
from local.world import NotAWorld

log: Final = logging.getLogger("local.tools")
_HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
_MAILS_SHOWN: Final = 200
_LINK: Final = re.compile(r"^\s*(https?://\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What the routes work with."""

    base_url: str
    clock: SharedClock
    issuer: Issuer
    people: People
    mailbox: Mailbox
    bind: Callable[[str], bool]
    rebind: Callable[[str], None]
    run_cleanup: Callable[[], object]
    seed: Callable[[Any], dict[str, Any]]


def local_routes(toolbox: Toolbox) -> ASGIApp:
    """Build the application that serves everything below `/.local`."""
    tools = _Tools(toolbox)
    return _only_from_here(
        Starlette(
            routes=[
                Route("/.local/", tools.people),
                Route("/.local/sign-in", tools.sign_in),
                Route("/.local/token", tools.token),
                Route("/.local/mail", tools.mails),
                Route("/.local/mail.json", tools.mails_as_json),
                Route("/.local/mail/{mail_id}", tools.mail),
                Route("/.local/mail/{mail_id}/html", tools.mail_html),
                Route("/.local/run/cleanup", tools.run_cleanup, methods=["POST"]),
                Route("/.local/clock", tools.move_clock, methods=["POST"]),
                Route("/.local/seed", tools.seed, methods=["POST"]),
                Route("/.local/local.css", lambda _request: stylesheet()),
                *IdentityProvider(toolbox.issuer, toolbox.people, toolbox.rebind).routes(),
            ],
            exception_handlers={
                GatehouseError: _refused,
                HTTPException: _not_here,
                Exception: _failed,
            },
        )
    )


class _Tools:
    def __init__(self, toolbox: Toolbox) -> None:
        self._box = toolbox

    def people(self, request: Request) -> Response:
        search = request.query_params.get("q", "")
        companies = self._box.people.companies(search)
        return page(
            "people.html",
            heading="Who is who",
            lead="Each button signs this browser in as that person.",
            companies=companies,
            many=len(companies) > 1,
            search=search,
            hidden={},
            action="/.local/",
            submit="/.local/sign-in",
            method="get",
        )

    def sign_in(self, request: Request) -> Response:
        """Start the product's own sign-in; the identity provider goes on with this person."""
        email = request.query_params.get("email", "").strip()
        if self._box.people.find(email) is None:
            return page(
                "message.html",
                404,
                heading="Nobody has this address",
                detail=f"No user of any company has the e-mail address “{email}”.",
            )
        amr = request.query_params.get("amr", "")
        response = RedirectResponse(f"{self._box.base_url}/sign-in", 303)
        response.set_cookie(
            HINT_COOKIE,
            quote(f"{email} {amr}"),
            max_age=60,
            path=identity.PATH,
            httponly=True,
            samesite="lax",
        )
        return response

    def token(self, request: Request) -> Response:
        email = request.query_params.get("email", "").strip()
        if not email or not self._box.bind(email):
            return problem(
                404, "person-unknown", "Not found", f"No user has the e-mail address {email!r}."
            )
        amr = request.query_params.get("amr", "").split()
        token = self._box.issuer.access_token(email, amr)
        return JSONResponse({"access_token": token}, 200, {"cache-control": "no-store"})

    def mails(self, _request: Request) -> Response:
        mails = self._box.mailbox.newest_first()
        more = max(0, len(mails) - _MAILS_SHOWN)
        return page("mails.html", mails=mails[:_MAILS_SHOWN], more=more)

    def mails_as_json(self, _request: Request) -> Response:
        return JSONResponse([_without_id(mail) for mail in self._box.mailbox.newest_first()])

    def mail(self, request: Request) -> Response:
        mail = self._box.mailbox.get(request.path_params["mail_id"])
        if mail is None:
            return _no_mail()
        links = _LINK.findall(mail.text)
        own = [link for link in links if link.startswith(f"{self._box.base_url}/")]
        return page("mail.html", mail=mail, link=own[0] if own else None)

    def mail_html(self, request: Request) -> Response:
        mail = self._box.mailbox.get(request.path_params["mail_id"])
        return mail_body(mail.html) if mail else _no_mail()

    def run_cleanup(self, _request: Request) -> Response:
        return JSONResponse(self._box.run_cleanup())

    async def move_clock(self, request: Request) -> Response:
        asked = await _json(request)
        seconds = asked.get("advance_seconds") if isinstance(asked, dict) else None
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return _malformed('Send {"advance_seconds": <number>}.')
        try:
            await run_in_threadpool(self._box.mailbox.fetch)  # mails keep the time they had
            now = await run_in_threadpool(self._box.clock.advance, seconds)
        except (OverflowError, ValueError):
            return _malformed("advance_seconds leads out of the years 2020 to 2200.")
        return JSONResponse({"now": to_text(now)})

    async def seed(self, request: Request) -> Response:
        world = await _json(request)
        try:
            return JSONResponse(await run_in_threadpool(self._box.seed, world))
        except NotAWorld as error:
            return _malformed(str(error))


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


def _without_id(mail: Mail) -> dict[str, str]:
    return {
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "sent_at": mail.sent_at,
    }


def _no_mail() -> Response:
    return page("message.html", 404, heading="No such mail", detail="It is not in this mailbox.")


def _malformed(detail: str) -> Response:
    return problem(400, "malformed-request", "The request is malformed", detail)


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, GatehouseError)
    return problem(error.status, error.slug, error.title, error.detail)


def _failed(request: Request, error: Exception) -> Response:
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    detail = f"The local tool failed ({type(error).__name__}); local.log has the traceback."
    return problem(500, "tool-failed", "The local tool failed", detail)


def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = f"There is no local tool at {request.method} {request.url.path}."
    return problem(error.status_code, "no-such-tool", error.detail, detail)


def _only_from_here(app: ASGIApp) -> ASGIApp:
    """Refuse other Host names (a site that rebinds its name to us) and other sites' forms."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        host = _name(f"//{request.headers.get('host', '')}")
        origin = request.headers.get("origin")
        if host not in _HOSTS or (origin is not None and _name(origin) not in _HOSTS):
            detail = "The local tools answer only to 127.0.0.1 and localhost."
            response = problem(403, "host-refused", "Not from this host", detail)
            await response(scope, receive, send)
        else:
            await app(scope, receive, send)

    return guarded


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
