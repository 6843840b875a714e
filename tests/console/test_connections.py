"""The list of connections, and each one's page: pending and active."""

import pytest

from tests.console.clicking import HOSTILE, address, answer, go
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import heading, read, rows, said, words
from tests.support.world import Company, World


def listed(page: Reply) -> list[list[str]]:
    return rows(page)[1:]


def test_the_list_says_who_is_in_as_what_and_how_far(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    globex = world.company("globex", {"administrator": "administrator"})
    world.connect(
        acme,
        continuum,
        all_organizations=False,
        group_ids=[acme.groups["Level 1"]],
        organization_ids=[acme.organizations["Cedar"], acme.organizations["Dogwood"]],
    )
    world.invite(acme, globex, maximum_role="read_only")
    page = ada.get("/console/connections")
    assert rows(page)[0] == [
        "Guest",
        "State",
        "Maximum role",
        "What they reach",
        "When",
        "Last use",
    ]
    assert listed(page) == [
        [
            "Globex globex",
            "Pending",
            "Read-only",
            "All current and future organizations",
            "Answer by 29 November 2026",
            "Never",
        ],
        [
            "Continuum continuum",
            "Active",
            "Editor",
            "Level 1 and 2 organizations",
            "Since 22 November 2026",
            "Never",
        ],
    ]
    assert [row[0] for row in listed(ada.get("/console/connections?state=active"))] == [
        "Continuum continuum"
    ]
    none = ada.get("/console/connections?state=declined")
    assert "No connection is declined" in words(none)
    assert "Show all connections" in words(none)
    assert ada.get("/console/connections?state=<b>").status == 400
    world.clock.advance(days=8)
    expired = ada.sign_in(acme).get("/console/connections?state=expired")
    assert [row[:2] for row in listed(expired)] == [["Globex globex", "Expired"]]


def test_the_list_goes_on_from_page_to_page(
    world: World, acme: Company, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatehouse.http.routes.console.connections._SHOWN", 2)
    for name in ("one", "two", "three"):
        world.invite(acme, world.company(name, {"administrator": "administrator"}))
    page = ada.get("/console/connections?state=pending")
    (onward,) = (a["href"] for a in read(page).all("a") if "cursor=" in a["href"])
    second = ada.get(f"/console/connections{onward}")
    assert [row[0] for row in listed(page) + listed(second)] == [
        "Three three",
        "Two two",
        "One one",
    ]
    assert "First page" in words(second)
    assert "Next page" not in words(second)
    assert ada.get("/console/connections?cursor=made-up").status == 400


def test_a_pending_connection_shows_masked_recipients_and_how_far_the_mail_got(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.invite(acme, continuum, message=HOSTILE).json
    page = ada.get(address(connection))
    assert "Nobody of Continuum has access yet." in words(page)
    assert rows(page) == [
        ["Recipient", "Mail"],
        ["a•••@continuum.test", "Sent"],
        ["o•••@continuum.test", "Sent"],
    ]
    assert "omar@" not in page.text
    assert "<script>alert" not in page.text
    assert "Manager" in words(page)
    assert "Paula" not in page.text


def test_sending_again_says_what_it_does_and_does_it_once(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.invite(acme, continuum).json
    before = world.dump()
    ask = ada.get(f"{address(connection)}/resend")
    assert "The links of the earlier mails stop working at once." in words(ask)
    assert world.dump() == before
    once, twice = (ada.submit(ask, "/resend") for _ in range(2))
    assert once.status == twice.status == 303
    assert len(world.outbox.mails) == 4
    page = go(ada, once)
    assert said(page).startswith("The invitation was sent to Continuum again.")
    assert "The invitation was sent again." in words(page)


def test_an_active_connection_shows_who_gets_in_and_who_was_in(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    page = ada.get(address(connection))
    assert "4 people of Continuum can work in Acme as at most Editor." in words(page)
    assert "Nobody of Continuum was in through this connection during the last 30 days." in words(
        page
    )
    assert "4 as Editor." in words(page)
    assert ["Manager", "Manager", "Editor"] in rows(page)
    assert not [row for row in rows(page) if row[0] == "Lite"]
    alder = acme.organizations["Alder"]
    assert world.may(acme, continuum.users["paula"], "view", alder)
    assert not world.may(acme, continuum.users["paula"], "restore", alder)
    used = rows(ada.get(address(connection)), 1)
    assert used[0] == [
        "Person",
        "Role here",
        "Last request",
        "Requests allowed",
        "Requests denied",
    ]
    assert used[1][:2] == ["Paula", "Editor"]
    assert used[1][3:] == ["1 in the log", "1 in the log"]
    asked = [a["href"] for a in read(ada.get(address(connection))).all("a")]
    (denied,) = (one for one in asked if one.endswith("outcome=denied"))
    assert read(ada.get(denied)).said("summary")[-1:] == [
        "Paula of Continuum was not allowed to restore Alder. Denied 22 November 2026, 10:00 UTC"
    ]


def test_what_a_group_brings_is_named_on_the_page_each_with_its_own(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    terms = {"all_organizations": False, "group_ids": [acme.groups["Level 1"]]}
    page = ada.get(address(world.connect(acme, continuum, **terms)))
    facts = dict(zip(read(page).said("dt"), read(page).said("dd"), strict=True))
    assert facts["Single organizations"] == "None"
    assert facts["In reach today"] == "2 organizations Their names Alder Birch"
    linked = [a["href"] for a in read(page).all("a")]
    for name in ("Alder", "Birch"):
        assert f"/console/organizations/{acme.organizations[name]}" in linked


def test_another_companys_connection_is_not_there(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    guest = Browser(world).sign_in(continuum)
    token = read(guest.get("/console")).all("input")[0]["value"]
    before = world.dump()
    for path in ("", "/resend", "/revoke"):
        assert guest.get(f"{address(connection)}{path}").status == 404
        refused = guest.post(f"{address(connection)}{path}", {"csrf_token": token, "key": "k"})
        assert refused.status == 404
        assert heading(refused) == "Not found"
    assert world.dump() == before


@pytest.mark.parametrize("name", ["manager", "editor", "lite"])
def test_nobody_but_administrators_sees_or_ends_a_connection(
    world: World, acme: Company, continuum: Company, name: str
) -> None:
    connection = world.connect(acme, continuum)
    browser = Browser(world).sign_in(acme, name)
    token = read(browser.get("/console")).all("input")[0]["value"]
    before = world.dump()
    for path in ("", "/resend", "/revoke"):
        assert browser.get(f"{address(connection)}{path}").status == 403
        refused = browser.post(f"{address(connection)}{path}", {"csrf_token": token, "key": "k"})
        assert refused.status == 403
        assert "Only Administrators may" in words(refused)
    assert world.dump() == before


def test_hostile_names_are_words_on_every_page(world: World, acme: Company, ada: Browser) -> None:
    evil = world.company("evil", {"administrator": "administrator"}, organizations=["Own"])
    for path, company, body in (
        ("/account", evil, {"name": HOSTILE}),
        ("/account", acme, {"name": HOSTILE}),
        (f"/groups/{acme.groups['Level 1']}", acme, {"name": HOSTILE, "description": HOSTILE}),
        (f"/organizations/{acme.organizations['Cedar']}", acme, {"name": HOSTILE}),
        (f"/users/{acme.users['administrator']}", acme, {"name": HOSTILE}),
    ):
        changed = world.api("PATCH", path, body, token=world.token(company))
        assert changed.status == 200, changed
    scope = {
        "group_ids": [acme.groups["Level 1"]],
        "organization_ids": [acme.organizations["Cedar"]],
    }
    connection = world.connect(acme, evil, all_organizations=False, message=HOSTILE, **scope)
    page = ada.get(address(connection))
    draft = go(ada, ada.submit(page, connection["connection_id"], question="grant"))
    shown = go(ada, answer(ada, draft, next="continue"))
    pages = [page, draft, shown, ada.get("/console/connections"), ada.get("/console")]
    pages += [ada.get(f"{address(connection)}/revoke")]
    for one in pages:
        assert one.status == 200
        assert "alert(1)" in one.text
        assert not {"img", "script"} & {
            tag for tag, attributes in read(one).elements if "src" not in attributes
        }
        assert "<script>alert" not in one.text
        assert "{{ 7 * 7 }}" in one.text
