"""API keys: the list, a new one whose text is shown once, changing one; what happens to one is key_steps.py's."""

from datetime import datetime
from typing import Any, Final

from gatehouse.domain.api_key import ApiKey, ApiScope
from gatehouse.domain.errors import EtagStale, Malformed, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import administrator
from gatehouse.domain.wording import ago_in_words
from gatehouse.http import bodies, key_bodies
from gatehouse.http.answers import Answer
from gatehouse.http.call import SECRET
from gatehouse.http.routes.console.forms import (
    SHOWN,
    Field,
    key_of,
    new_key,
    sentences_of,
    typed,
)
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import api_keys
from gatehouse.usecases.receipts import no_receipt

pages = Pages()
PATH: Final = "/console/api-keys"
_LIST: Final = "console api-keys"
_FIELDS: Final = {
    "/name": Field("name", "The name", "Enter a name: which application uses the key."),
    "/scopes": Field("scope-authorize", "The scopes", "Tick at least one scope."),
}
_SCOPES: Final = {
    ApiScope.AUTHORIZE: "Ask who may do what, as the application does on every click.",
    ApiScope.AUTHORIZE_DRY_RUN: "Ask the same without a trace in the log.",
    ApiScope.ACTIVITIES_WRITE: "Report what people do.",
    ApiScope.ACTIVITIES_READ: "Read the whole log.",
    ApiScope.DIRECTORY_READ: "Read users, groups and organizations.",
    ApiScope.DIRECTORY_WRITE: "Change users up to Manager, groups and organizations.",
    ApiScope.CONNECTIONS_READ: "Read connections and their grants.",
    ApiScope.SCIM: "Keep users and groups as an identity provider has them, up to Manager.",
}
_CHANGED: Final = (
    "Somebody else changed this key while you did. Nothing was saved. Look at what stands here, "
    "which is what you chose, and save again."
)


@pages.at("GET /console/api-keys")
def list_keys(visit: Visit) -> Answer:
    now = visit.ports.clock.now()
    found = api_keys.list_keys(visit.ports, visit.person, visit.call.after(_LIST), SHOWN)
    return visit.page(
        "api-keys",
        keys=[facts_of(key, now) for key in found.items],
        next=visit.more(_LIST, found.after),
        later="cursor" in visit.query,
    )


@pages.at("GET /console/api-keys/new")
def ask_for_key(visit: Visit) -> Answer:
    administrator(visit.person, "manage API keys")
    return _form_page(visit, None)


@pages.at("POST /console/api-keys/new")
def add_key(visit: Visit) -> Answer:
    """Make a key, and show its text on this answer: it is nowhere to be had again."""
    administrator(visit.person, "manage API keys")
    try:
        body = _read(visit)
    except (Malformed, Refused) as refusal:
        return _form_page(visit, None, sentences_of(refusal, _FIELDS))
    made = visit.once(
        key_of(visit),
        lambda keep: api_keys.create_key(
            visit.ports, visit.person, body.name, frozenset(body.scopes), keep
        ),
        lambda key: {"api_key_id": key[0].api_key_id, "name": key[0].name, SECRET: key[1]},
    )
    return visit.page("api-key-made", made=made)


@pages.at("GET /console/api-keys/{api_key_id}")
def show_key(visit: Visit) -> Answer:
    return _form_page(visit, own(visit))


@pages.at("POST /console/api-keys/{api_key_id}")
def change_key(visit: Visit) -> Answer:
    old = own(visit)
    try:
        body = _read(visit)
        change = key_bodies.ApiKeyChangeBody(name=body.name, scopes=body.scopes).change()
        changed = api_keys.change_key(
            visit.ports,
            visit.person,
            old.api_key_id,
            change,
            visit.form.get("etag", ""),
            no_receipt,
        )
    except (Malformed, Refused) as refusal:
        return _form_page(visit, old, sentences_of(refusal, _FIELDS))
    except EtagStale:
        return _form_page(visit, own(visit), {"name": _CHANGED}, 412)
    return visit.go(PATH, f"{one_line(changed.name)} was changed. It holds from its next use.")


def _read(visit: Visit) -> key_bodies.ApiKeyBody:
    body = {"name": typed(visit, "name"), "scopes": sorted(visit.ticked("scope."))}
    return bodies.read(key_bodies.ApiKeyBody, body)


def own(visit: Visit) -> ApiKey:
    """Return the key that the address names."""
    return api_keys.read_key(visit.ports, visit.person, visit.path["api_key_id"])


def _form_page(
    visit: Visit, key: ApiKey | None, errors: Errors | None = None, status: int = 422
) -> Answer:
    ticked = visit.ticked("scope.") if errors else frozenset(key.scopes if key else ())
    return visit.page(
        "api-key-form",
        status if errors else 200,
        errors=errors,
        key=facts_of(key, visit.ports.clock.now()) if key else None,
        sent_once=new_key(visit),
        typed_name=typed(visit, "name") if errors else (key.name if key else ""),
        scopes=[
            {"value": scope.value, "about": about, "ticked": scope in ticked}
            for scope, about in _SCOPES.items()
        ],
    )


def facts_of(key: ApiKey, now: datetime) -> dict[str, Any]:
    """Return what pages show of a key."""
    return {
        "api_key_id": key.api_key_id,
        "name": key.name,
        "scopes": sorted(scope.value for scope in key.scopes),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "used": ago_in_words(key.last_used_at, now) if key.last_used_at else None,
        "last_used_secret": key.last_used_secret,
        "revoked_at": key.revoked_if_unused_at,
        "is_announced": key.has_notice,
        "secrets": [
            {
                "number": secret.number,
                "created_at": secret.created_at,
                "ends_at": secret.ends_at,
                "last_used_at": key.uses.get(secret.number),
                "used": ago_in_words(key.uses[secret.number], now)
                if secret.number in key.uses
                else None,
            }
            for secret in key.secrets_at(now)
        ],
        "etag": str(key.version),
    }
