"""API keys: shown once, kept as a hash, scoped, revoked at once."""

from dataclasses import dataclass, replace

from gatehouse.domain import secrets
from gatehouse.domain.activity import Category, Resource
from gatehouse.domain.api_key import ApiKey, ApiScope
from gatehouse.domain.errors import NotFound
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal, administrator
from gatehouse.usecases.changes import Remove, Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import Writer, check_etag


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What to change; None leaves a thing as it is."""

    name: str | None = None
    scopes: frozenset[ApiScope] | None = None


def list_keys(ports: Ports, principal: Principal, after: str | None, limit: int) -> Page[ApiKey]:
    """Return the account's keys, never their secrets."""
    who = key_administrator(principal)
    return ports.store.api_keys.page(who.account_id, after, limit)


def read_key(ports: Ports, principal: Principal, api_key_id: str) -> ApiKey:
    """Return one key, never its secret."""
    return own_key(ports, key_administrator(principal), api_key_id)


def create_key(
    ports: Ports, principal: Principal, name: str, scopes: frozenset[ApiScope], keep: Keep
) -> tuple[ApiKey, str]:
    """Make a key; return it with its text, which is never to be had again."""
    who = key_administrator(principal)

    def attempt() -> tuple[ApiKey, str]:
        text = secrets.ApiKeyText(who.account_id, ports.ids.api_key(), ports.ids.token())
        key = ApiKey.new(
            who.account_id,
            text.api_key_id,
            name,
            scopes,
            secrets.hash_of(text.secret),
            ports.clock.now(),
        )
        ports.store.commit(
            Save(key),
            who.still(),
            who.entry(
                ports,
                "key.created",
                key_resource(key),
                {"scopes": (None, sorted(scopes))},
                category=Category.KEY,
            ),
            keep((key, text.text)),
        )
        return key, text.text

    return settled(attempt)


def change_key(
    ports: Ports,
    principal: Principal,
    api_key_id: str,
    change: KeyChange,
    etag: str | None,
    keep: Keep,
) -> ApiKey:
    """Rename a key or change its scopes, from its next use on."""
    who = key_administrator(principal)

    def attempt() -> ApiKey:
        old = own_key(ports, who, api_key_id)
        check_etag(etag, old.version)
        new = replace(
            old,
            name=change.name or old.name,
            scopes=old.scopes if change.scopes is None else change.scopes,
            version=old.version + 1,
        )
        ports.store.commit(
            Save(new, old),
            who.still(),
            who.entry(
                ports,
                "key.changed",
                key_resource(new),
                {"scopes": (sorted(old.scopes), sorted(new.scopes)), "name": (old.name, new.name)},
                category=Category.KEY,
            ),
            keep(new),
        )
        return new

    return settled(attempt)


def revoke_key(
    ports: Ports, principal: Principal, api_key_id: str, etag: str | None, keep: Keep
) -> None:
    """Delete a key: its next use is refused."""
    who = key_administrator(principal)

    def attempt() -> None:
        old = own_key(ports, who, api_key_id)
        check_etag(etag, old.version)
        ports.store.commit(
            Remove(old),
            who.still(),
            who.entry(ports, "key.revoked", key_resource(old), category=Category.KEY),
            keep(None),
        )

    settled(attempt)


def key_administrator(principal: Principal) -> Writer:
    """Return who may manage API keys."""
    return Writer(administrator(principal, "manage API keys"))


def own_key(ports: Ports, who: Writer, api_key_id: str) -> ApiKey:
    """Return a key of the account; NotFound if it has none of this id."""
    key = ports.store.api_keys.get(who.account_id, api_key_id)
    if key is None:
        raise NotFound(f"Your account has no API key {api_key_id}.")
    return key


def key_resource(key: ApiKey) -> Resource:
    """Return how the log names a key."""
    return Resource("api_key", key.api_key_id, key.name)
