"""Everybody who could ask × every operation: answered exactly as the table of rights says.

Where no scope helps, `make test` tries the key that has them all, and `make prove` each alone too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.factors import UNKNOWN_FACTORS
from gatehouse.domain.principal import Origin
from gatehouse.usecases.sign_in import open_session
from tests.support.cast import COLUMNS, DONE, REFUSED, Cast
from tests.support.memory import Memory
from tests.support.requests import Request, requests_of
from tests.support.rights import ROWS, Row
from tests.support.trials import sample
from tests.support.world import World

SCOPES = tuple(scope.value for scope in ApiScope)


@dataclass(frozen=True)
class Caller:
    """Somebody who sends the request of a row, and what the table says that comes of it."""

    name: str
    token: str | None
    said: str


class Place(Cast):
    """The companies, what everybody asks for, and what applications ask with."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        acme, continuum = self.acme, self.continuum
        self.keys = {"acme": {SCOPES: acme.key}, "continuum": {SCOPES: continuum.key}}
        for scope in SCOPES:
            body = {"name": scope, "scopes": [scope]}
            made = self.do(acme, "POST", "/api-keys", body).json
            self.keys["acme"][scope,] = made["secret"]
        self.rotated = self.keys["acme"]["authorize",]
        self.do(acme, "POST", f"/api-keys/key_{self.rotated.split('_')[2]}/rotate")
        rule = f"/connections/{self.active}/rules/{continuum.users['r-o']}"
        self.do(acme, "PUT", rule, {"denied": True})
        shown = world.api("GET", f"/connections/{self.active}", token=world.token(acme))
        new = {"email": "new@acme.test", "name": "New", "role": "lite", "send_invitation": False}
        self.newcomer = self.do(acme, "POST", "/users", new).json["user_id"]
        ada = world.ports.store.users.get(acme.users["administrator"])
        assert ada
        open_session(world.ports, ada, Origin(), UNKNOWN_FACTORS)
        (session,) = world.ports.store.sessions.page(ada.user_id, None, 1).items
        self.session = f"/sessions/{session.session_id}"
        self.etag = {"if-match": shown.json["etag"]}
        for key in (*self.keys["acme"].values(), continuum.key, self.stranger.key):
            world.api("GET", "/users", token=key)  # its use is noted, once an hour

    def request(self, row: Row) -> Request:
        """Return a right request for a row's operation, about what its owner has."""
        method, _, path = row.key.partition(" ")
        company = self.company(row.owner)
        connection_id = self.active
        if path.endswith("/resend"):
            connection_id = self.pending
        elif path.startswith("/incoming-connections/") and path.endswith(("/accept", "/decline")):
            connection_id = self.asking
        elif path.startswith("/blocked-hosts/"):
            host = self.fernhill if method == "PUT" else self.marlow
            company = replace(company, account_id=host.account_id)
        elif path.endswith("/invitation"):
            company = replace(company, users={"new": self.newcomer})
        elif path.endswith("/older-secret"):
            company = replace(company, key=self.rotated)
        (found,) = requests_of(
            [row.key],
            company,
            connection_id=connection_id,
            link=self.link,
            guest_subdomain="fernhill",
            export_id=self.export,
            erasure_id=self.erasure,
            import_id=self.awaited_import,
            guests=self.continuum.users["cre" if method == "PUT" else "r-o"],
        )
        if path == "/sessions/{session_id}":
            return replace(found, address=self.session)
        return replace(found, headers=self.etag) if path.endswith("/grant") else found

    def callers(self, row: Row) -> Iterator[Caller]:
        """Return everybody who could send it."""
        for column in COLUMNS:
            yield Caller(column, self.token(row.owner, column), row.people.get(column, "open"))
        owner = self.company(row.owner)
        for name, token in (
            ("a deactivated Administrator", self.world.token(owner, "gone")),
            ("a key with a wrong secret", owner.key[:-8] + "a" * 8),
            ("garbage", "garbage"),
            ("nobody", None),
        ):
            yield Caller(name, token, "open" if row.status else "401")
        keys = list(self.keys[row.owner].items())
        for scopes, key in keys if row.scopes else sample(keys, least=1):
            yield Caller(f"a key for {', '.join(scopes)}", key, row.of_a_key(scopes))
        said = row.of_a_foreign_key
        for company in (self.acme, self.continuum, self.stranger):
            if said and company is not owner:
                yield Caller(f"{company.name}'s key for everything", company.key, said)


def test_everybody_may_do_exactly_what_the_table_says(
    world: World, moto_table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(world)
    before = Memory(moto_table)
    before.read_directly(monkeypatch)
    for row in ROWS.values():
        request = place.request(row)
        done: list[Caller] = []
        for caller in place.callers(row):
            if caller.said in DONE:
                done.append(caller)
                continue
            reply = request.send(world.api, token=caller.token)
            expected = row.status or REFUSED[caller.said]
            assert reply.status == expected, (row.key, caller.name, reply)
        assert before.is_unchanged, f"{row.key} was refused, and changed something"
        for caller in done:
            reply = request.send(world.api, token=caller.token)
            assert 200 <= reply.status < 300, (row.key, caller.name, reply)
            if caller.said == "own":
                place.must_not_tell(row.owner, reply)
            if request.method != "GET":
                before.restore()
        before.restore()
