"""Seed worlds, tell whether a seeded world still stands, and bind people to the local issuer."""

from dataclasses import replace
from typing import Any

from gatehouse.domain import secrets
from gatehouse.usecases.changes import Claim, Release, Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from local.loader import AccountLoader, IdentityOf
from local.people import People
from local.world import read_world


class Seeder:
    """Load worlds through the store's own transactions."""

    def __init__(self, ports: Ports, people: People, identity_of: IdentityOf) -> None:
        self._ports = ports
        self._people = people
        self._identity_of = identity_of

    def seed(self, document: Any) -> dict[str, Any]:
        """Load a world; return the same tree with ids. Raises NotAWorld if it is none."""
        accounts = read_world(document)
        tree = [AccountLoader(self._ports, self._identity_of, a).load() for a in accounts]
        self._people.remember([account.subdomain for account in accounts])
        return {"accounts": tree}

    def still_holds(self, world: dict[str, Any]) -> bool:
        """Say whether the table has what was seeded, API keys and bindings included."""
        store = self._ports.store
        for account in world["accounts"]:
            key = secrets.ApiKeyText.parse(account["api_key"])
            owner = store.accounts.owner("subdomain", account["subdomain"])
            if key is None or owner is None or owner != account["account_id"]:
                return False
            if store.api_keys.get(owner, key.api_key_id) is None:
                return False
        return True

    def bind(self, email: str) -> bool:
        """Bind the person with this address to the local issuer; say whether there is one."""

        def attempt() -> bool:
            user = self._people.find(email)
            if user is None:
                return False
            identity = self._identity_of(user.email)
            if user.identity != identity:
                self._ports.store.commit(
                    Save(replace(user, identity=identity, version=user.version + 1), user),
                    Release("identity", user.identity, user.user_id) if user.identity else None,
                    Claim("identity", identity, user.user_id),
                )
            return True

        return settled(attempt)

    def rebind(self, email: str) -> None:
        """Let somebody who was bound at another PORT, which is another issuer, sign in at this one."""
        user = self._people.find(email)
        if user is not None and user.identity not in {None, self._identity_of(user.email)}:
            self.bind(email)
