"""Give an account a plan and count its seats anew. No route leads here: IAM says who may."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.account_bodies import PlanBody
from gatehouse.http.account_views import plan
from gatehouse.http.bodies import read
from gatehouse.usecases.plan import set_plan


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer the plan before and after; what stands in the way is raised, and nothing is written."""
    body = read(PlanBody, event)
    before, after = set_plan(wiring.ports(), body.subdomain, body.applied_to)
    return {"before": plan(before), "after": plan(after)}
