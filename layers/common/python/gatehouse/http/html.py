"""Pages as answers: when one is wanted, whose it is, and what a refusal looks like as one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gatehouse.domain.brand import Brand
from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import GatehouseError, ShutOut
from gatehouse.domain.principal import Person
from gatehouse.domain.session import csrf_token_of
from gatehouse.http import problems
from gatehouse.http.answers import JSON, Answer
from gatehouse.http.call import Call
from gatehouse.http.identity import SESSION_COOKIE
from gatehouse.http.pages import colour_url, page
from gatehouse.usecases import describe
from gatehouse.usecases.ports import Ports


def wants_html(call: Call) -> bool:
    """Say whether the caller takes a page: everybody who does not ask for JSON."""
    accepted = call.headers.get("accept", "").lower()
    return JSON not in accepted or "text/html" in accepted


def html(
    name: str,
    status: int = 200,
    *,
    problem: str = "",
    headers: Mapping[str, str] | None = None,
    cookies: tuple[str, ...] = (),
    **context: Any,
) -> Answer:
    """Answer a page by name."""
    rendered = page(name, status=status, headers=headers, **context)
    return Answer(rendered.status, rendered.body, rendered.headers, cookies, problem)


def page_of_problem(call: Call, refusal: GatehouseError) -> Answer:
    """Answer a refusal that has no page of its own, or whose page has nothing of the account."""
    if isinstance(refusal, ShutOut):
        return _shut_out(call, refusal)
    return html(
        "problem",
        refusal.status,
        problem=refusal.slug,
        headers=problems.headers(refusal),
        title=refusal.title,
        detail=refusal.detail,
        errors=[field.detail for field in refusal.fields],
        retry_after=refusal.retry_after,
        request_id=call.event["requestContext"].get("requestId"),
    )


def _shut_out(call: Call, refusal: ShutOut) -> Answer:
    """Say what keeps somebody out, whom to ask, and how to sign out; nothing else of the account."""
    session = call.cookies.get(SESSION_COOKIE)
    return html(
        "shut-out",
        refusal.status,
        problem=refusal.slug,
        title=refusal.title,
        cause=refusal.slug,
        account=refusal.account_name,
        address=call.origin.ip_address,
        sign_in_url=sign_in_url(_address_of(call)),
        session_csrf=csrf_token_of(session) if session else None,
    )


def _address_of(call: Call) -> str:
    """Return the page that was asked for, to come back to; of a form, the page it stands at."""
    path: str = call.event["rawPath"]
    return path if path.startswith(("/console", "/invitations/")) else "/"


def look_of(account_id: str, name: str, brand: Brand) -> dict[str, str | None]:
    """Return what an account's pages look like: its stylesheet and its logo, where it has them."""
    return {
        "name": name,
        "stylesheet": colour_url(brand.colour) if brand.colour else None,
        "logo": brand.logo_path(account_id),
    }


def viewer_of(call: Call, person: Person, *, may_decide: bool = False) -> dict[str, Any]:
    """Return who is signed in, as pages show it."""
    return {
        "name": person.user.name,
        "role": person.user.role.value,
        "account_name": call.account.name,
        "may_decide": may_decide,
    }


def newer_of(ports: Ports, connection: Connection, place: str) -> dict[str, str] | None:
    """Return what two companies have instead of a connection that is over, and its page."""
    pair = describe.successor(ports, connection)
    if pair is None:
        return None
    return {"state": pair.state.value, "at": f"{place}/{pair.connection_id}"}


def sign_in_url(return_to: str) -> str:
    """Return where to sign in and come back from."""
    return f"/sign-in?return_to={quote(return_to, safe='')}"
