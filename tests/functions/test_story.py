"""The main job from end to end, as the seed's wizard tells it."""

from tests.support.world import World


def test_a_host_lets_a_guest_in_and_shuts_the_door(world: World) -> None:
    acme = world.company(
        "acme", organizations=["Alder", "Birch", "Cedar"], groups={"Level 1": ["Alder"]}
    )
    continuum = world.company(
        "continuum",
        {"nora": "administrator", "omar": "administrator", "sam": "read_only", "lee": "lite"},
    )

    invited = world.invite(
        acme,
        continuum,
        all_organizations=False,
        group_ids=[acme.groups["Level 1"]],
        organization_ids=[acme.organizations["Birch"]],
        message="Welcome aboard",
    )
    assert invited.status == 201, invited
    connection = invited.json
    assert connection["state"] == "pending"
    assert [r["delivery"] for r in connection["invitation"]["recipients"]] == ["sent", "sent"]
    assert not world.may(acme, continuum.users["sam"], "view", acme.organizations["Alder"])

    nora, omar = world.outbox.to("nora@continuum.test"), world.outbox.to("omar@continuum.test")
    assert nora.token != omar.token
    accepted = world.api(
        "POST", f"/invitations/{nora.token}/accept", token=world.token(continuum, "nora")
    )
    assert accepted.status == 200, accepted
    assert accepted.json["accepted_by"]["name"] == "Nora"

    sam = continuum.users["sam"]
    assert world.decide(acme, sam, "view", acme.organizations["Alder"])["context"]["via"] == (
        f"group:{acme.groups['Level 1']}"
    )
    assert (
        world.decide(acme, sam, "view", acme.organizations["Birch"])["context"]["via"] == "direct"
    )
    assert not world.may(acme, sam, "view", acme.organizations["Cedar"])
    assert not world.may(acme, continuum.users["lee"], "view", acme.organizations["Alder"])

    revoked = world.api(
        "POST", f"/connections/{connection['connection_id']}/revoke", token=world.token(acme)
    )
    assert revoked.status == 200, revoked
    assert not world.may(acme, sam, "view", acme.organizations["Alder"])

    steps = [e["action"] for e in world.log(acme) if e["category"] == "connection"]
    assert steps == ["connection.revoked", "connection.accepted", "connection.invited"]
    token = world.token(continuum, "nora")
    theirs = world.api("GET", "/activities?category=connection", token=token).json["items"]
    assert [e["action"] for e in theirs] == steps

    again = world.invite(acme, continuum)
    assert again.status == 201
    assert again.json["connection_id"] != connection["connection_id"]
