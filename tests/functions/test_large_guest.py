"""Who has very many people, hosts or members is shown all of them, or told that there are more."""

from dataclasses import replace
from itertools import cycle

from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status
from gatehouse.store import mapping
from tests.support.browser import Browser
from tests.support.console import words
from tests.support.world import Company, World

MANY = 1_300


def crowd(world: World, guest: Company) -> None:
    """Add people of every kind: every tenth has left, every tenth is Lite."""
    first = world.ports.store.users.get(guest.users["administrator"])
    assert first
    kinds = cycle(
        [(Role.EDITOR, Status.ACTIVE)] * 8
        + [(Role.LITE, Status.ACTIVE), (Role.EDITOR, Status.DEACTIVATED)]
    )
    table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table
    table.write_many(
        [
            mapping.user_row(
                replace(
                    first,
                    user_id=world.ports.ids.user(first.account_id),
                    email=f"person-{number}@continuum.test",
                    name=f"Person {number}",
                    identity=None,
                    role=role,
                    status=status,
                )
            )
            for number, (role, status) in zip(range(MANY), kinds, strict=False)
        ]
    )


def test_the_invitation_names_everybody_who_would_get_in(real_world: World) -> None:
    host = real_world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    guest = real_world.company("continuum", {"administrator": "administrator"})
    crowd(real_world, guest)
    real_world.invite(host, guest)
    link = f"/invitations/{real_world.outbox.to('administrator@continuum.test').token}"
    entering = MANY * 8 // 10 + 1  # with the Administrator

    shown = real_world.api(
        "GET", link, token=real_world.token(guest), headers={"accept": "application/json"}
    )
    assert len({one["user_id"] for one in shown.json["people"]}) == entering

    page = Browser(real_world).sign_in(guest, return_to=link).get(link)
    assert f"All {entering} people" in page.text
    assert f"Accept and let {entering} people of Continuum in" in page.text
    assert "Person 1297" in page.text


def test_whoever_works_for_very_many_hosts_is_shown_each_of_them(real_world: World) -> None:
    guest = real_world.company("continuum", {"administrator": "administrator", "sam": "editor"})
    real_world.let_in(guest, 230, ended=lambda number: number % 10 == 0)
    me = real_world.api("GET", "/me", token=real_world.token(guest, "sam")).json
    home, *hosts = [one["subdomain"] for one in me["accessible_accounts"]]
    assert home == "continuum"
    assert hosts == [f"host-{number:03d}" for number in range(230) if number % 10]


def test_a_group_of_more_people_than_are_counted_says_so(real_world: World) -> None:
    crowd = [f"person-{number}" for number in range(1_001)]
    people = {"administrator": "administrator"} | dict.fromkeys(crowd, "editor")
    groups: dict[str, list[str]] = {"Most": [], "All": []}
    members = {"Most": crowd[1:], "All": crowd}
    large = real_world.company("large", people, groups=groups, members=members)
    browser = Browser(real_world).sign_in(large)
    most, all_ = (browser.get(f"/console/groups/{large.groups[name]}") for name in groups)
    assert "1,000 people of your account" in words(most)
    assert "More than" not in words(most)
    assert "More than 1,000 people of your account" in words(all_)
