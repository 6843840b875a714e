"""Answers, and routes: a function of a call for each route key of the gateway."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from gatehouse.http.call import Call

JSON: Final = "application/json"
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
PLAIN_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, headers, cookies and text."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    problem: str = ""
    account_id: str = ""
    dry_runs: int = 0
    """How many dry runs it answers to that account, for its operator to count."""
    is_base64: bool = False
    """Whether the body is bytes, written so."""

    def for_gateway(self, request_id: str, *, with_body: bool) -> dict[str, Any]:
        """Return the answer as API Gateway's payload format 2.0 has it."""
        return {
            "statusCode": self.status,
            "headers": {**PLAIN_HEADERS, **self.headers, "X-Request-ID": request_id},
            "cookies": list(self.cookies),
            "body": self.body if with_body else "",
            "isBase64Encoded": self.is_base64 and with_body,
        }


def json_text(body: Any) -> str:
    """Write JSON, without spaces."""
    return _JSON.encode(body)


def json_answer(status: int, body: Any = None, content_type: str = JSON) -> Answer:
    """Answer JSON; without a body if there is none."""
    if body is None:
        return Answer(status)
    return Answer(status, json_text(body), {"Content-Type": content_type})


Route = Callable[["Call"], Answer]


class Routes(dict[str, Route]):
    """Functions by the gateway's route key, such as ``GET /users/{user_id}``.

    The gateway has matched the path already (template.yaml lists every route), so what is left
    is a look-up: one place says what a route is, and nothing is shared between requests.
    """

    def __call__(self, route_key: str) -> Callable[[Route], Route]:
        """Register the function that answers a route."""

        def register(route: Route) -> Route:
            self[route_key] = route
            return route

        return register
