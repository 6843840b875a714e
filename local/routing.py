"""Which route takes a request: API Gateway's rules for HTTP APIs.

The most specific route wins: a fixed segment before a variable before a greedy one (`{proxy+}`),
a named method before ANY.
See "Routing API requests", docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from local.template import Route

_VARIABLE: Final = re.compile(r"\{(?P<name>[A-Za-z0-9_.-]+)(?P<greedy>\+)?\}")


class RouteTable:
    """Find the route of a method and an encoded path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = sorted(((*_compile(route), route) for route in routes), key=lambda r: r[0])

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and its decoded path parameters; None if nothing serves this."""
        for _, names, pattern, route in self._routes:
            if route.method in {method, "ANY"} and (found := pattern.fullmatch(path)):
                return route, dict(zip(names, map(unquote, found.groups()), strict=True))
        return None


_Specificity = tuple[list[int], bool]


def _compile(route: Route) -> tuple[_Specificity, list[str], re.Pattern[str]]:
    ranks: list[int] = []
    names: list[str] = []
    parts: list[str] = []
    for segment in route.path.removeprefix("/").split("/"):
        if variable := _VARIABLE.fullmatch(segment):
            names.append(variable["name"])
            ranks.append(2 if variable["greedy"] else 1)
            parts.append("(.+)" if variable["greedy"] else "([^/]+)")
        else:
            ranks.append(0)
            parts.append(re.escape(segment))
    return (ranks, route.method == "ANY"), names, re.compile("/" + "/".join(parts))
