"""What schemathesis is told about this API, beyond its document. It loads this by itself.

GATEHOUSE_KEEP names who sends the requests, separated by commas: nobody saws off the branch.
"""

import ipaddress
import os
from typing import Any

import schemathesis
from hypothesis import strategies as st

KEPT = frozenset(filter(None, os.environ.get("GATEHOUSE_KEEP", "").split(",")))
"""Ids of the user and of the key that everything is sent as."""


def _networks() -> st.SearchStrategy[str]:
    of_four = st.tuples(st.ip_addresses(v=4), st.integers(0, 32))
    of_six = st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
    return st.one_of(of_four, of_six).map(
        lambda pair: str(ipaddress.ip_network(f"{pair[0]}/{pair[1]}", strict=False))
    )


schemathesis.openapi.format("network", _networks())


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Leave out what would remove the caller."""
    aimed_at = KEPT & {str(value) for value in (case.path_parameters or {}).values()}
    return not (aimed_at and case.method in {"DELETE", "PATCH"})


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Send no cursor that nobody gave out, and a span that does not end before it begins.

    A schema cannot say either, so what is drawn from it would always be refused.
    """
    if case.meta is None or case.meta.generation.mode.is_negative:
        return case
    case.query.pop("cursor", None)
    if {"from", "to"} <= case.query.keys():
        del case.query["from"]
    if isinstance(case.body, dict) and isinstance(case.body.get("page"), dict):
        case.body["page"].pop("token", None)
    return case


@schemathesis.check
def unknown_method_is_unknown(ctx: Any, response: Any, case: Any) -> None:
    """Demand 404 for a method that is not in the document: so API Gateway answers, without Allow."""
    scenario = getattr(case.meta and case.meta.phase.data, "scenario", None)
    if getattr(scenario, "name", "") == "UNSPECIFIED_HTTP_METHOD":
        assert response.status_code == 404, response.status_code
