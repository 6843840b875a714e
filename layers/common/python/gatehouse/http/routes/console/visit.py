"""One visit of a page: who, in which account, what came with it, and how to answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from gatehouse.domain.account import Account
from gatehouse.domain.errors import (
    ConnectionLive,
    GatehouseError,
    NotAllowed,
    ShutOut,
    Unauthenticated,
)
from gatehouse.domain.principal import Person
from gatehouse.domain.session import csrf_token_of
from gatehouse.http import cursors, problems
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.application import refusal as problem_of
from gatehouse.http.call import Call
from gatehouse.http.cookies import cookie, gone
from gatehouse.http.html import html, look_of, page_of_problem, sign_in_url
from gatehouse.http.identity import SESSION_COOKIE
from gatehouse.http.routes.console.menu import menu_of
from gatehouse.usecases.accessible import Accessible
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import Keep

T = TypeVar("T")
_SAID_COOKIE: Final = "__Host-gatehouse-said"
_SAID: Final = timedelta(minutes=1)
Errors = Mapping[str, str]
"""Sentences by the id of the field that each is about."""


@dataclass(frozen=True)
class Visit:
    """A signed-in person at a page of their own account, or ``there``: in the one it is about."""

    call: Call
    person: Person
    there: Accessible | None = None

    @property
    def ports(self) -> Ports:
        return self.call.ports

    @property
    def account(self) -> Account:
        return self.call.account

    # ---- what came

    @property
    def path(self) -> Mapping[str, str]:
        return self.call.path

    @property
    def query(self) -> Mapping[str, str]:
        return self.call.query

    @property
    def form(self) -> Mapping[str, str]:
        return self.call.form

    def ticked(self, prefix: str) -> frozenset[str]:
        """Return what the ticked checkboxes whose names start so stand for."""
        names = (name for name in self.form if name.startswith(prefix))
        return frozenset(name.removeprefix(prefix) for name in names)

    def once(
        self, key: str, work: Callable[[Keep], T], view: Callable[[T], dict[str, str]]
    ) -> dict[str, str]:
        """Do the work of a form once, however often its button was pressed; return what it said.

        ``key`` is the form's: it stands for this person doing this very thing.
        """
        answer = self.call.once(work, view, key=key[:255] or None)
        done: dict[str, str] = json.loads(answer.body)
        return done

    # ---- how to answer

    def page(self, name: str, status: int = 200, *, problem: str = "", **context: Any) -> Answer:
        """Answer a page of the console; what was last done is said on it once."""
        kept = self.call.cookies.get(_SAID_COOKIE)
        return html(
            f"console/{name}",
            status,
            problem=problem,
            cookies=(gone(_SAID_COOKIE),) if kept else (),
            visit=self._shown(),
            said=self._opened(kept),
            **context,
        )

    def go(self, address: str, said: str | None = None) -> Answer:
        """Send the browser on after a form (303), and let the next page say what was done."""
        cookies: tuple[str, ...] = ()
        if said is not None:
            sealed = cursors.sealed(self.ports.signing_key, self._purpose, said)
            cookies = (cookie(_SAID_COOKIE, sealed or "", _SAID),)
        return Answer(303, headers={"Location": address}, cookies=cookies)

    def more(self, purpose: str, after: str | None) -> str | None:
        """Return where a list goes on, with the same filters; None if this page is the last.

        ``purpose`` is the one that ``call.after`` was given.
        """
        cursor = self.call.cursor(purpose, after)
        return f"?{urlencode({**self.query, 'cursor': cursor})}" if cursor else None

    @property
    def _purpose(self) -> str:
        return f"said {self.person.caller_id}"

    def _opened(self, kept: str | None) -> str | None:
        try:
            return cursors.opened(self.ports.signing_key, self._purpose, kept)
        except GatehouseError:
            return None

    def _shown(self) -> dict[str, Any]:
        token = self.call.cookies.get(SESSION_COOKIE)
        here = self.call.event["rawPath"]
        account = self.there.account if self.there else self.account.named
        brand = self.there.brand if self.there else self.account.brand
        guest = self.there is not None and self.there.relation == "host"
        return {
            "name": self.person.user.name,
            "role": (self.there.effective_role if self.there else self.person.user.role).value,
            "account": {"name": account.name, "subdomain": account.subdomain},
            "brand": look_of(account.account_id, account.name, brand),
            "guest": guest,
            "csrf": csrf_token_of(token) if token else "",
            "menu": [
                {
                    "label": section.label,
                    "path": section.path,
                    "icon": section.icon,
                    "about": section.about,
                    "current": section.has(here),
                    "pages": [
                        {"label": label, "path": path, "current": path == here}
                        for label, path in section.pages
                    ],
                }
                # The Account menu is one's own: nobody runs the account of a host.
                for section in (() if guest else menu_of(self.person))
            ],
        }


Page = Callable[[Visit], Answer]


class Pages(Routes):
    """Pages by method and path; each is given a visit of somebody signed in."""

    def at(self, route_key: str) -> Callable[[Page], Page]:
        """Register the function that answers a page."""

        def register(page: Page) -> Page:
            self[route_key] = lambda call: page(_visit_of(call))
            return page

        return register


def refused(call: Call, refusal: GatehouseError) -> Answer:
    """Answer a refusal as a page: what happened, why, and where to go on."""
    if isinstance(refusal, Unauthenticated):
        return Answer(303, headers={"Location": sign_in_url(_address_of(call))})
    # Who visits could perhaps not be read either, or is shown nothing of the account.
    if refusal.status >= 500 or isinstance(refusal, ShutOut):
        return page_of_problem(call, refusal)
    try:
        visit = _visit_of(call)
        answer = visit.page(
            "refused",
            refusal.status,
            problem=refusal.slug,
            title=refusal.title,
            detail=refusal.detail,
            errors=[field.detail for field in refusal.fields if field.detail != refusal.detail],
            retry_after=refusal.retry_after,
            connection_id=refusal.connection_id if isinstance(refusal, ConnectionLive) else None,
        )
    except GatehouseError:
        return page_of_problem(call, refusal)
    headers = {**answer.headers, **problems.headers(refusal)}
    return Answer(answer.status, answer.body, headers, answer.cookies, refusal.slug)


def refused_page_or_problem(call: Call, refusal: GatehouseError) -> Answer:
    """Answer a refusal of a function that has pages of the console beside routes for programs."""
    is_page = call.event["routeKey"].startswith("ANY /console/")
    return refused(call, refusal) if is_page else problem_of(refusal)


def errors_of(refusal: GatehouseError, fields: Mapping[str, str]) -> Errors:
    """Return a refusal's sentences by field; ``fields`` names the field of each JSON pointer.

    What is about no field of the form stands at its first one.
    """
    first = next(iter(fields.values()))
    found: dict[str, str] = {}
    for one in refusal.fields:
        found.setdefault(fields.get(one.pointer, first), one.detail)
    return found or {first: refusal.detail}


def _visit_of(call: Call) -> Visit:
    principal = call.principal
    if not isinstance(principal, Person):
        raise NotAllowed("The console is for people. An API key uses the API.")
    return Visit(call, principal)


def _address_of(call: Call) -> str:
    """Return the address of a page, to come back to; of a form, the page it stands at."""
    query = call.event.get("rawQueryString")
    is_read = call.event["requestContext"]["http"]["method"] in {"GET", "HEAD"}
    path: str = call.event["rawPath"]
    return f"{path}?{query}" if query and is_read else path
