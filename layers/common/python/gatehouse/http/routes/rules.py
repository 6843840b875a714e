"""The rules that a host has for single people of a guest."""

from gatehouse.domain.principal import administrator
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.http.rules import RuleBody, rule_view
from gatehouse.usecases.rules import list_rules, read_rule
from gatehouse.usecases.set_rule import remove_rule, set_rule

routes = Routes()


@routes("GET /connections/{connection_id}/rules")
def show_rules(call: Call) -> Answer:
    connection_id = call.path["connection_id"]
    purpose = f"rules {connection_id}"
    found = list_rules(call.ports, call.principal, connection_id, call.after(purpose), call.limit)
    return call.page(found, purpose, rule_view)


@routes("GET /connections/{connection_id}/rules/{user_id}")
def show_rule(call: Call) -> Answer:
    return call.entity(rule_view(read_rule(call.ports, call.principal, *_named(call))))


@routes("PUT /connections/{connection_id}/rules/{user_id}")
def replace_rule(call: Call) -> Answer:
    administrator(call.principal, "set rules for single people")
    terms = bodies.read(RuleBody, call.body()).terms()
    bodies.check_sizes(call.ports.limits, terms.scope)
    return call.once(
        lambda keep: set_rule(call.ports, call.principal, *_named(call), terms, call.etag, keep),
        rule_view,
    )


@routes("DELETE /connections/{connection_id}/rules/{user_id}")
def delete_rule(call: Call) -> Answer:
    administrator(call.principal, "remove rules for single people")
    return call.once(
        lambda keep: remove_rule(call.ports, call.principal, *_named(call), call.etag, keep),
        views.nothing,
        status=204,
    )


def _named(call: Call) -> tuple[str, str]:
    return call.path["connection_id"], call.path["user_id"]
