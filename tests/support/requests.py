"""One right request for every route of the template, as its owner would send it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gatehouse.domain.brand import Logo
from gatehouse.domain.png import clean
from tests.support.api import Api, Reply
from tests.support.people import numbered
from tests.support.pictures import a_png
from tests.support.rights import ROWS
from tests.support.world import Company

# Who calls a route: anybody, an application with a scope, or a person and such an application.
ANYBODY = frozenset(key for key, row in ROWS.items() if row.status)
APPLICATIONS, BOTH = (
    {
        key: ",".join(row.scopes)
        for key, row in ROWS.items()
        if row.scopes and ("yes" in row.people.values()) is takes_people
    }
    for takes_people in (False, True)
)

ON_THE_RECORD = frozenset({"GET /activities/export"})
"""Reads for which the caller's own log has an entry, because they hand out much at once."""


@dataclass(frozen=True)
class Request:
    """A request of a route, without credentials."""

    key: str
    address: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_base64: bool = False

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def as_get(self) -> str:
        """Return the route's key, HEAD read as GET."""
        return self.key.replace("HEAD ", "GET ", 1)

    def send(self, api: Api, **credentials: Any) -> Reply:
        headers = {**self.headers, **credentials.pop("headers", {})}
        credentials.setdefault("is_base64", self.is_base64)
        return api(self.method, self.address, self.body, headers=headers, **credentials)


def requests_of(
    keys: list[str],
    company: Company,
    *,
    connection_id: str,
    link: str,
    guest_subdomain: str,
    export_id: str = "exp_00000000000000000000000000",
    import_id: str = "imp_00000000000000000000000000",
    erasure_id: str = "era_00000000000000000000000000",
    guests: str = "",
) -> list[Request]:
    """Return a request for each of the routes, about what a company owns.

    ``guests`` is the person of the guest for whom a rule is set or shown.
    """
    user_id, organization_id, group_id = (
        next(iter(owned.values()))
        for owned in (company.users, company.organizations, company.groups)
    )
    names = {
        "connection_id": connection_id,
        "token": link,
        "user_id": user_id,
        "group_id": group_id,
        "organization_id": organization_id,
        "api_key_id": f"key_{company.key.split('_')[2]}",
        "account_id": company.account_id,
        "export_id": export_id,
        "session_id": numbered("ses", 1),
        "name": "gatehouse.css",
        "import_id": import_id,
        "erasure_id": erasure_id,
    }
    entity = {"type": "organization", "id": organization_id}
    question = {
        "subject": {"type": "user", "id": user_id},
        "action": {"name": "view"},
        "resource": entity,
    }
    terms = {"maximum_role": "editor", "group_ids": [], "organization_ids": []}
    bodies: dict[str, Any] = {
        "POST /connections": {
            "guest_subdomain": guest_subdomain,
            "maximum_role": "editor",
            "all_organizations": True,
        },
        "POST /connections/preview": {"maximum_role": "editor", "all_organizations": True},
        "PUT /connections/{connection_id}/grant": {**terms, "all_organizations": True},
        "PUT /connections/{connection_id}/rules/{user_id}": {"denied": True},
        "POST /access/v1/evaluation": question,
        "POST /access/v1/evaluations": {**question, "evaluations": [{}]},
        "POST /access/v1/search/subject": {**question, "subject": {"type": "user"}},
        "POST /access/v1/search/resource": {**question, "resource": {"type": "organization"}},
        "POST /access/v1/search/action": {"subject": question["subject"], "resource": entity},
        "POST /activities": {
            "user_id": user_id,
            "action": "view",
            "organization_id": organization_id,
            "resource": {"type": "password", "id": "1", "name": "Router"},
        },
        # Of nobody any more: who is here is not erased.
        "POST /activities/erasures": {"user_id": f"{user_id[:-26]}{0:026}"},
        "POST /users": {"email": "fresh@example.test", "name": "Fresh", "role": "lite"},
        "PATCH /users/{user_id}": {"name": "Changed"},
        "POST /groups": {"name": "Fresh"},
        "PATCH /groups/{group_id}": {"name": "Changed"},
        "POST /organizations": {"name": "Fresh"},
        "PATCH /organizations/{organization_id}": {"name": "Changed"},
        "POST /api-keys": {"name": "Fresh", "scopes": ["authorize"]},
        "PATCH /api-keys/{api_key_id}": {"name": "Changed"},
        "PATCH /account": {"name": "Changed"},
        "PUT /account/billing-contact": {"name": "Payable", "email": "payable@acme.test"},
        "POST /import": "email,name,role\nfresh@example.test,Fresh,lite\n",
        "POST /imports": {"kind": "users"},
    }
    requests = [
        Request(
            key,
            key.partition(" ")[2].format_map(
                {**names, "user_id": guests or user_id} if "/rules/" in key else names
            ),
            bodies.get(key),
        )
        for key in keys
    ]
    return [_completed(request, company) for request in requests]


def _completed(request: Request, company: Company) -> Request:
    if request.key == "PUT /connections/{connection_id}/grant":
        return replace(request, headers={"if-match": "2"})
    if request.key == "POST /import":
        address, headers = "/import?kind=users", {"content-type": "text/csv"}
        return replace(request, address=address, headers=headers)
    if request.address.startswith("/logos/"):
        logo = Logo.of(company.account_id, clean(a_png()))
        return replace(request, address=f"/logos/{logo.account_id}/{logo.logo_id}.png")
    if request.key == "PUT /account/logo":
        png = base64.b64encode(a_png()).decode()
        return replace(request, body=png, headers={"content-type": "image/png"}, is_base64=True)
    if request.address == "/lookup":
        return replace(request, address=f"/lookup?email={next(iter(company.emails.values()))}")
    if request.address == "/activities/export":
        return replace(request, address=f"{request.address}?format=csv")
    if request.address.startswith("/invitations/"):
        return replace(request, headers={"accept": "application/json"})
    return request
