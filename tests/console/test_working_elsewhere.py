"""Switching accounts: where somebody can work, as what, and what they reach there."""

import pytest

from tests.support.browser import Browser
from tests.support.console import entries, heading, read, words
from tests.support.world import Company, World

HOSTILE = '<b onclick="x()">{{ 7 * 7 }}</b>\u202e'


@pytest.fixture
def paula(world: World, continuum: Company) -> Browser:
    """Return the browser of a Manager of the guest."""
    return Browser(world).sign_in(continuum, "manager")


def terms(acme: Company, *names: str) -> dict[str, object]:
    ids = [acme.organizations[name] for name in names]
    return {"all_organizations": False, "organization_ids": ids}


def test_the_switcher_lists_home_first_and_then_the_hosts_with_the_role_in_each(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    alone = paula.get("/console/accounts")
    assert "Continuum continuum Manager (home, you are here)" in words(alone)
    assert "No other company lets you in today" in words(alone)
    world.connect(acme, continuum, maximum_role="creator")
    page = paula.get("/console/accounts")
    assert heading(page) == "Switch account"
    assert read(page).said("li") == [
        *[entry for entry in read(page).said("li") if "(" not in entry],
        "Continuum continuum Manager (home, you are here)",
        "Acme acme Creator (guest)",
    ]


def test_every_page_leads_to_the_switcher(world: World, acme: Company) -> None:
    page = Browser(world).sign_in(acme, "read_only").get("/console")
    assert {"href": "/console/accounts"} in read(page).all("a")


def test_the_header_says_where_a_guest_works_and_the_address_holds_it(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    world.connect(acme, continuum, maximum_role="editor")
    page = paula.get(f"/console/in/{acme.account_id}")
    assert "Working in Acme as Editor (guest)" in read(page).said("header")[0]
    assert heading(page) == "Organizations of Acme"
    assert "Your work happens in the applications of Acme" in words(page)
    assert "a guest from Continuum, where you are Manager" in words(page)
    assert "view, create, edit, archive and delete" in words(page)
    assert not [nav for nav in read(page).all("nav") if nav.get("aria-label") == "Account"]
    at_home = paula.get(f"/console/in/{continuum.account_id}")
    assert "Working in Continuum as Manager" in read(at_home).said("header")[0]
    assert "(guest)" not in read(at_home).said("header")[0]
    assert "Working in Continuum as Manager" in read(paula.get("/console")).said("header")[0]


def test_a_guest_sees_what_the_connection_grants_and_nothing_else(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    world.connect(acme, continuum, **terms(acme, "Cedar", "Alder"))
    text = words(paula.get(f"/console/in/{acme.account_id}"))
    assert "Alder" in text
    assert "Cedar" in text
    assert "Birch" not in text


def test_organizations_are_searched_by_name_and_the_search_says_when_nothing_has_it(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    world.connect(acme, continuum)
    here = f"/console/in/{acme.account_id}"
    found = words(paula.get(f"{here}?words=ced"))
    assert "Cedar" in found
    assert "Alder" not in found
    nothing = paula.get(f"{here}?words=zzz")
    assert "No organization in your reach has “zzz” in its name" in words(nothing)


def test_fifty_organizations_a_page_and_a_search_through_all_of_them(
    world: World, continuum: Company, paula: Browser
) -> None:
    names = [f"Client {number:03}" for number in range(120)]
    host = world.company("host", {"administrator": "administrator"}, organizations=names)
    world.connect(host, continuum)
    here = f"/console/in/{host.account_id}"
    seen: list[str] = []
    address = here
    for _ in range(3):
        page = paula.get(address)
        listed = [item for item in read(page).said("li") if item.startswith("Client")]
        assert len(listed) <= 50
        seen += listed
        (address,) = [a["href"] for a in read(page).all("a") if "cursor=" in a.get("href", "")] or [
            ""
        ]
    assert seen == names
    assert address == ""
    late = paula.get(f"{here}?words=client+119")
    assert "Client 119" in words(late)
    assert "Client 118" not in words(late)


def test_the_host_sees_in_its_log_that_a_guest_was_there(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    world.connect(acme, continuum)
    assert "Acme sees in its log" in words(paula.get(f"/console/in/{acme.account_id}"))
    log = world.api("GET", "/activities?category=activity", token=world.token(acme)).json["items"]
    assert [entry["action"] for entry in log] == ["organizations.listed"]


def test_once_revoked_the_account_is_not_there_any_more(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    connection = world.connect(acme, continuum)
    address = f"/connections/{connection['connection_id']}/revoke"
    assert world.api("POST", address, token=world.token(acme)).status == 200
    gone = paula.get(f"/console/in/{acme.account_id}")
    assert gone.status == 404
    assert heading(gone) == "Your access has ended"
    assert "Acme let people of Continuum in through a connection that ended on" in words(gone)
    assert "ask an Administrator of Continuum" in words(gone)
    assert "Acme" not in words(paula.get("/console/accounts"))


def test_an_account_that_never_invited_is_not_there_either(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    assert paula.get(f"/console/in/{acme.account_id}").status == 404
    assert paula.get("/console/in/acc_aaaaaaaaaaaaaaaa").status == 404
    assert paula.get("/console/in/nonsense").status == 404


def test_lite_is_told_why_there_is_nothing(world: World, acme: Company, continuum: Company) -> None:
    world.connect(acme, continuum)
    leo = Browser(world).sign_in(continuum, "lite")
    page = leo.get("/console/accounts")
    assert "Lite reaches nothing" in words(page)
    assert "Acme" not in words(page)
    refused = leo.get(f"/console/in/{continuum.account_id}")
    assert refused.status == 403
    assert "Ask an Administrator for a role" in words(refused)


def test_a_host_that_demands_a_second_factor_is_explained_not_opened(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    world.connect(acme, continuum)
    token = world.token(acme, amr=["mfa"])
    assert world.api("PATCH", "/account", {"require_mfa": True}, token=token).status == 200
    refused = paula.get(f"/console/in/{acme.account_id}")
    assert refused.status == 403
    assert "second factor" in words(refused)
    paula.sign_in(continuum, "manager", amr=["pwd", "mfa"])
    assert paula.get(f"/console/in/{acme.account_id}").status == 200


def test_the_switcher_finds_accounts_by_name_or_subdomain(
    world: World, acme: Company, continuum: Company, paula: Browser
) -> None:
    world.connect(acme, continuum)
    assert "Continuum" not in words(paula.get("/console/accounts?words=acm"))
    nothing = words(paula.get("/console/accounts?words=zzz"))
    assert "No account has “zzz” in its name" in nothing


def test_many_hosts_come_fifty_at_a_time(world: World, continuum: Company, paula: Browser) -> None:
    world.let_in(continuum, 51)
    first = paula.get("/console/accounts")
    (more,) = [a["href"] for a in read(first).all("a") if "cursor=" in a.get("href", "")]
    rest = paula.get(more)
    seen = [*read(first).said("strong"), *read(rest).said("strong")]
    assert [f"Host {number:03}" for number in range(51)] == [n for n in seen if "Host " in n]


def test_hostile_names_stay_text(world: World, continuum: Company, paula: Browser) -> None:
    host = world.company("evil", {"administrator": "administrator"}, organizations=["Fine"])
    token = world.token(host)
    named = {"name": HOSTILE.rstrip("\u202e")}
    assert world.api("PATCH", "/account", named, token=token).status == 200
    organization = f"/organizations/{host.organizations['Fine']}"
    assert world.api("PATCH", organization, named, token=token).status == 200
    world.connect(host, continuum)
    for page in (
        paula.get("/console/accounts"),
        paula.get(f"/console/accounts?words={HOSTILE[:5]}"),
        paula.get(f"/console/in/{host.account_id}"),
        paula.get(f"/console/in/{host.account_id}?words=<b onclick"),
    ):
        assert page.status == 200
        assert "<b onclick" not in page.text
        assert "&lt;b onclick" in page.text
        assert "{{ 7 * 7 }}" in page.text or "49" not in words(page)


def test_the_menu_of_ones_own_account_comes_back_at_home(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    nora = Browser(world).sign_in(continuum)
    assert "Who let us in" in entries(nora.get(f"/console/in/{continuum.account_id}"))[0]
