"""API keys: what applications act with."""

from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.principal import administrator
from gatehouse.http import bodies, key_bodies, views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.usecases import api_keys, rotate

routes = Routes()


@routes("GET /api-keys")
def list_keys(call: Call) -> Answer:
    page = api_keys.list_keys(call.ports, call.principal, call.after("api-keys"), call.limit)
    return call.page(page, "api-keys", lambda key: _shown(call, key))


@routes("POST /api-keys")
def create_key(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    body = bodies.read(key_bodies.ApiKeyBody, call.body())
    return call.once(
        lambda keep: api_keys.create_key(
            call.ports, call.principal, body.name, frozenset(body.scopes), keep
        ),
        lambda made: _shown(call, *made),
        201,
    )


@routes("GET /api-keys/{api_key_id}")
def show_key(call: Call) -> Answer:
    key = api_keys.read_key(call.ports, call.principal, call.path["api_key_id"])
    return call.entity(_shown(call, key))


@routes("PATCH /api-keys/{api_key_id}")
def change_key(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    change = bodies.read(key_bodies.ApiKeyChangeBody, call.body()).change()
    api_key_id = call.path["api_key_id"]
    return call.once(
        lambda keep: api_keys.change_key(
            call.ports, call.principal, api_key_id, change, call.etag, keep
        ),
        lambda key: _shown(call, key),
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


@routes("POST /api-keys/{api_key_id}/rotate")
def rotate_key(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    grace = bodies.read(key_bodies.RotationBody, call.body() if call.text.strip() else {}).grace
    api_key_id = call.path["api_key_id"]
    return call.once(
        lambda keep: rotate.rotate_key(
            call.ports, call.principal, api_key_id, grace, call.etag, keep
        ),
        lambda made: _shown(call, *made),
    )


@routes("DELETE /api-keys/{api_key_id}/older-secret")
def end_older_secret(call: Call) -> Answer:
    administrator(call.principal, "manage API keys")
    api_key_id = call.path["api_key_id"]
    return call.once(
        lambda keep: rotate.end_older_secret(
            call.ports, call.principal, api_key_id, call.etag, keep
        ),
        views.nothing,
        204,
    )


def _shown(call: Call, key: ApiKey, secret: str | None = None) -> views.Json:
    return views.api_key(key, call.ports.clock.now(), secret)
