"""A host with a guest, and a third company that is neither and must not see either."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gatehouse.domain.brand import Logo
from gatehouse.domain.png import clean
from gatehouse.usecases.changes import Save
from tests.support.api import Reply, template
from tests.support.document import is_page
from tests.support.jobs import given_up_erasure, given_up_export
from tests.support.pictures import a_png
from tests.support.requests import ANYBODY, Request, requests_of
from tests.support.world import Company, World

# The console's pages have tests of their own: they answer people, and not as problem details.
ROUTES = sorted(route.key for route in template().routes if not is_page(route.key))


@dataclass(frozen=True)
class Scene:
    """The companies, a right request of the host's for every route, and what is its alone."""

    world: World
    victim: Company
    guest: Company
    other: Company
    connection_id: str
    requests: list[Request]
    secrets: frozenset[str]

    @property
    def guarded(self) -> list[Request]:
        """Return the requests of routes that take credentials."""
        return [request for request in self.requests if request.as_get not in ANYBODY]

    def rows(self) -> list[dict[str, Any]]:
        """Return the table but for when keys were last used, which a refused use may note too."""
        return [item for item in self.world.dump() if "#API_KEY_USE" not in item["pk"]["S"]]

    def must_not_tell(
        self, request: Request, reply: Reply, but: Collection[str] = frozenset()
    ) -> None:
        """Fail if an answer holds anything of the victim that its caller did not send."""
        said = reply.text + str(dict(reply.headers))
        sent = f"{request.address} {json.dumps(request.body)}"
        secrets = self.secrets.difference(but)
        told = [secret for secret in secrets if secret in said and secret not in sent]
        assert not told, (request.key, told, reply)


def scene_of(world: World) -> Scene:
    """Set the scene."""
    victim = world.company(
        "quillfeather",
        {"administrator": "administrator", "gone": "administrator", "ottoline": "editor"},
        organizations=["Xanthic Dyes"],
        groups={"Zymurgists": ["Xanthic Dyes"]},
        members={"Zymurgists": ["ottoline"]},
    )
    guest = world.company("persimmon", {"administrator": "administrator"})
    other = world.company(
        "other",
        {"administrator": "administrator"},
        organizations=["Alder"],
        groups={"Level 1": ["Alder"]},
    )
    body = {"status": "deactivated"}
    gone = f"/users/{victim.users['gone']}"
    assert world.api("PATCH", gone, body, token=world.token(victim)).status == 200
    connection = world.connect(victim, guest)
    export_id = given_up_export(world, victim)
    begun = world.api("POST", "/imports", {"kind": "users"}, token=world.token(victim))
    assert begun.status == 202, begun
    rule = f"/connections/{connection['connection_id']}/rules/{guest.users['administrator']}"
    terms = {"denied": False, "maximum_role": "administrator", "all_organizations": True}
    assert world.api("PUT", rule, terms, token=world.token(victim)).status == 200
    for company in (victim, guest, other):  # so that its use is noted already
        world.api("GET", "/users", token=company.key)
    secrets = [
        *("Quillfeather", "Persimmon", "Ottoline", "Xanthic", "Zymurgists", "ottoline@"),
        *(victim.account_id, guest.account_id, connection["connection_id"], export_id),
        *victim.users.values(),
        *victim.groups.values(),
        *victim.organizations.values(),
        *guest.users.values(),
    ]
    logo = Logo.of(victim.account_id, clean(a_png()))
    world.ports.store.commit(Save(logo))
    requests = requests_of(
        ROUTES,
        victim,
        connection_id=connection["connection_id"],
        link=world.outbox.to("administrator@persimmon.test").token,
        guest_subdomain="persimmon",
        export_id=export_id,
        import_id=begun.json["import_id"],
        erasure_id=given_up_erasure(world, victim),
        guests=guest.users["administrator"],
    )
    return Scene(
        world,
        victim,
        guest,
        other,
        connection["connection_id"],
        requests,
        frozenset(secrets),
    )
