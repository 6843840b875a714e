"""The identity provider over HTTP: discovery, keys, the page with a button for each person, tokens."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local import identity
from local.identity import Issuer, RequestRefused, SignInRequest
from local.pages import page
from local.people import People

HINT_COOKIE: Final = "local_person"
_FORWARDED: Final = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method"),
)


class IdentityProvider:
    """Serve the issuer's endpoints."""

    def __init__(self, issuer: Issuer, people: People, rebind: Callable[[str], None]) -> None:
        self._issuer = issuer
        self._people = people
        self._rebind = rebind

    def routes(self) -> list[Route]:
        """List the routes below the issuer's address."""
        base = identity.PATH
        return [
            Route(f"{base}/.well-known/openid-configuration", self._discovery),
            Route(f"{base}/jwks.json", self._jwks),
            Route(f"{base}/authorize", self._ask, methods=["GET"]),
            Route(f"{base}/authorize", self._choose, methods=["POST"]),
            Route(f"{base}/token", self._token, methods=["POST"]),
        ]

    async def _discovery(self, _request: Request) -> Response:
        return JSONResponse(self._issuer.discovery())

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse(self._issuer.jwks())

    def _ask(self, request: Request) -> Response:
        """Show the people, or go on at once with the one whose sign-in link was followed."""
        query = dict(request.query_params)
        try:
            wanted = self._issuer.check(query)
        except RequestRefused as refusal:
            return _refusal(refusal)
        if hinted := request.cookies.get(HINT_COOKIE):
            email, _, amr = unquote(hinted).partition(" ")
            response = self._back(wanted, email, amr.split())
            response.delete_cookie(HINT_COOKIE, path=identity.PATH)
            return response
        search = query.get("q") or query.get("login_hint", "")
        companies = self._people.companies(search)
        return page(
            "people.html",
            heading="Choose who signs in",
            lead="This is the local identity provider: no password, one click.",
            companies=companies,
            many=any(company.more for company in companies) or len(companies) > 1,
            search=search,
            hidden={name: query[name] for name in _FORWARDED if name in query},
            action=request.url.path,
            submit=request.url.path,
            method="post",
        )

    async def _choose(self, request: Request) -> Response:
        form = await read_form(request)
        try:
            wanted = self._issuer.check(form)
        except RequestRefused as refusal:
            return _refusal(refusal)
        return await run_in_threadpool(self._back, wanted, form.get("email", ""))

    def _back(self, wanted: SignInRequest, email: str, amr: Sequence[str] = ()) -> Response:
        self._rebind(email)
        user = self._people.find(email)
        name = user.name if user else email.split("@", 1)[0]
        return RedirectResponse(self._issuer.issue_code(wanted, email, name, amr), 303)

    async def _token(self, request: Request) -> Response:
        try:
            answer = self._issuer.redeem(await read_form(request))
        except RequestRefused as refusal:
            body = {"error": refusal.error, "error_description": refusal.description}
            return JSONResponse(body, 400, {"cache-control": "no-store"})
        return JSONResponse(answer, headers={"cache-control": "no-store"})


async def read_form(request: Request) -> Mapping[str, str]:
    """Read a URL-encoded form; of a repeated field the last counts."""
    return dict(
        parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    )


def _refusal(refusal: RequestRefused) -> Response:
    if refusal.redirect:
        return RedirectResponse(refusal.redirect, 303)
    return page(
        "message.html",
        400,
        heading="This sign-in cannot go on",
        detail=f"The request for it is wrong: {refusal.description}.",
    )
