"""Nothing that a guest does keeps a host from ending its connection."""

from dataclasses import replace

from gatehouse.store import mapping
from gatehouse.store import table as t
from tests.support.world import World

MANY = 1_500


def test_a_host_ends_a_connection_however_many_administrators_the_guest_has(
    real_world: World,
) -> None:
    host = real_world.company("acme", organizations=["Alder"])
    guest = real_world.company("continuum", {"administrator": "administrator"})
    connection = real_world.connect(host, guest)
    crowd(real_world, guest.users["administrator"])

    ended = real_world.api(
        "POST", f"/connections/{connection['connection_id']}/revoke", token=real_world.token(host)
    )
    assert ended.status == 200, ended
    assert ended.json["state"] == "revoked"

    # An invitation goes to all of them or to nobody.
    refused = real_world.invite(host, guest)
    assert refused.status == 422, refused
    assert refused.json["errors"][0]["pointer"] == "/guest_subdomain"


def crowd(world: World, like: str) -> None:
    """Give an account many more Administrators, with addresses as long as addresses get."""
    first = world.ports.store.users.get(like)
    assert first
    ids = [world.ports.ids.user(first.account_id) for _ in range(MANY)]
    domain = f"{'.'.join(['d' * 60] * 3)}.test"
    table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table
    table.write_many(
        [
            mapping.user_row(replace(first, user_id=one, email=f"{one}@{domain}", identity=None))
            for one in ids
        ]
    )
    table.update(
        t.administrators_key(first.account_id), [t.AdministratorsRow.user_ids.add(set(ids))]
    )
