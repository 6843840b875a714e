"""What deleting a group or an organization would take away, before it is deleted."""

from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.views import Json, account_name
from gatehouse.usecases.losing import Losing, Loss, losing_group, losing_organization

routes = Routes()


@routes("GET /groups/{group_id}/affected")
def show_affected_by_group(call: Call) -> Answer:
    return json_answer(200, _view(losing_group(call.ports, call.principal, call.path["group_id"])))


@routes("GET /organizations/{organization_id}/affected")
def show_affected_by_organization(call: Call) -> Answer:
    organization_id = call.path["organization_id"]
    return json_answer(200, _view(losing_organization(call.ports, call.principal, organization_id)))


def _view(found: Losing) -> Json:
    return {
        "people": found.people,
        "organizations": found.organizations,
        "connections": (
            None if found.connections is None else [_loss(one) for one in found.connections]
        ),
        "denied_resource_types": list(found.denied_types),
        "whole": found.whole,
    }


def _loss(loss: Loss) -> Json:
    return {
        "connection_id": loss.connection_id,
        "guest_account": account_name(loss.guest),
        "state": loss.state.value,
        "maximum_role": loss.maximum_role.value,
        "organizations": loss.organizations,
        "people_with_rules": loss.people,
        "nothing_left": loss.nothing_left,
    }
