"""API keys: what applications act with."""

from gatehouse.domain.principal import administrator
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.usecases import api_keys

routes = Routes()


@routes("GET /api-keys")
def list_keys(call: Call) -> Answer:
    page = api_keys.list_keys(call.ports, call.principal, call.after("api-keys"), call.limit)
    return call.page(page, "api-keys", views.api_key)


@routes("POST /api-keys")
def create_key(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    body = bodies.read(bodies.ApiKeyBody, call.body())
    return call.once(
        lambda keep: api_keys.create_key(
            call.ports, call.principal, body.name, frozenset(body.scopes), keep
        ),
        lambda made: views.api_key(*made),
        201,
    )


@routes("GET /api-keys/{api_key_id}")
def show_key(call: Call) -> Answer:
    return call.entity(
        views.api_key(api_keys.read_key(call.ports, call.principal, call.path["api_key_id"]))
    )


@routes("PATCH /api-keys/{api_key_id}")
def change_key(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    change = bodies.read(bodies.ApiKeyChangeBody, call.body()).change()
    api_key_id = call.path["api_key_id"]
    return call.once(
        lambda keep: api_keys.change_key(
            call.ports, call.principal, api_key_id, change, call.etag, keep
        ),
        views.api_key,
    )


@routes("DELETE /api-keys/{api_key_id}")
def revoke_key(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    api_key_id = call.path["api_key_id"]
    return call.once(
        lambda keep: api_keys.revoke_key(call.ports, call.principal, api_key_id, call.etag, keep),
        views.nothing,
        204,
    )
