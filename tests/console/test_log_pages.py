"""Activity Logs as people read them: a sentence a row, filters in the address, a drawer."""

from unittest.mock import patch

import pytest

from gatehouse.domain.errors import StoreUnavailable
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import entries, errors, heading, read, words
from tests.support.world import Company, World

HOSTILE = '<b onclick="x()">{{ 7 * 7 }}</b>'


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    made = world.connect(acme, continuum, maximum_role="creator")
    return str(made["connection_id"])


def sentences(page: Reply) -> list[str]:
    return [
        " ".join("".join(texts).split())
        for (tag, a), texts in zip(read(page).elements, read(page).texts, strict=True)
        if tag == "span" and a.get("class") == "said"
    ]


def chips(page: Reply) -> dict[str, str]:
    """Return the chips of a page: what each says, and where it leads without it."""
    document = read(page)
    return {
        text.removeprefix("Remove the filter "): attributes["href"]
        for (tag, attributes), texts in zip(document.elements, document.texts, strict=True)
        if tag == "a" and (text := " ".join("".join(texts).split())).startswith("Remove")
    }


def test_each_entry_is_a_sentence_that_a_person_says(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    alder, paula = acme.organizations["Alder"], continuum.users["paula"]
    world.decide(acme, paula, "edit", alder)
    world.decide(acme, paula, "delete", alder)
    page = ada.get("/console/log")
    assert heading(page) == "Activity Logs"
    assert sentences(page)[:4] == [
        "Paula of Continuum was not allowed to delete Alder.",
        "Paula of Continuum was allowed to edit Alder.",
        "Administrator of Continuum accepted the invitation of Acme.",
        "Administrator invited Continuum to work in Acme.",
    ]
    assert "Administrator signed in." in sentences(page)


def test_every_step_of_the_account_area_has_a_sentence(
    world: World, acme: Company, ada: Browser
) -> None:
    token = world.token(acme)
    group, alder = acme.groups["Level 2"], acme.organizations["Alder"]
    for method, address, body in (
        ("POST", "/users", {"email": "zoe@acme.test", "name": "Zoe", "role": "editor"}),
        ("PATCH", f"/groups/{group}", {"name": "Second level"}),
        ("PUT", f"/groups/{group}/members/{acme.users['editor']}", None),
        ("PUT", f"/groups/{group}/organizations/{alder}", None),
        ("POST", "/organizations", {"name": "Elm"}),
        ("POST", "/api-keys", {"name": "Portal", "scopes": ["authorize"]}),
        ("PATCH", "/account", {"invitation_expires_in_days": 3}),
    ):
        assert world.api(method, address, body, token=token).status < 300, address
    page = ada.get("/console/log")
    said = sentences(page)
    for sentence in (
        "Administrator added the user Zoe.",
        "Administrator changed the group Second level.",
        "Administrator added Editor to the group Second level.",
        "Administrator let the group Second level reach Alder.",
        "Administrator created the organization Elm.",
        "Administrator created the API key Portal.",
        "Administrator changed the account's settings.",
    ):
        assert sentence in said
    assert not [one for one in said if "did “" in one]
    text = words(page)
    assert "Name Level 2 → Second level" in text
    assert "— → Editor" in text


def test_the_drawer_has_who_from_where_as_what_and_why(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    context = {"ip_address": "198.51.100.7", "user_agent": "A browser"}
    alder = acme.organizations["Alder"]
    world.decide(acme, continuum.users["manager"], "delete", alder, context=context)
    text = words(ada.get("/console/log?category=decision"))
    for fact in (
        "Time 2026-11-22T10:00:",
        "Why The effective role was too low for this action.",
        "Who Manager of Continuum: Manager at home, Creator here",
        "In Alder",
        "From 198.51.100.7, A browser",
    ):
        assert fact in text, fact


def test_what_an_edit_changed_stands_before_and_after_in_words(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    body = {
        "maximum_role": "editor",
        "group_ids": [acme.groups["Level 1"]],
        "organization_ids": [acme.organizations["Cedar"]],
        "all_organizations": False,
    }
    address = f"/connections/{connection_id}/grant"
    etag = world.api("GET", address, token=world.token(acme)).json["etag"]
    headers = {"if-match": etag}
    changed = world.api("PUT", address, body, token=world.token(acme), headers=headers)
    assert changed.status == 200
    text = words(ada.get("/console/log"))
    assert "Maximum role Creator → Editor" in text
    assert "Groups — → Level 1" in text
    assert "Organizations — → Cedar" in text
    assert "All organizations Yes → No" in text


def test_filters_stand_in_the_address_and_chips_take_them_away(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    paula = continuum.users["paula"]
    for name in ("Alder", "Birch"):
        world.decide(acme, paula, "delete", acme.organizations[name])
        world.decide(acme, paula, "view", acme.organizations[name])
    address = (
        f"/console/log?organization_id={acme.organizations['Alder']}&outcome=denied"
        f"&user_id={paula}&guest_account_id={continuum.account_id}&action=delete&from=2026-11-01"
    )
    page = ada.get(address)
    assert sentences(page) == ["Paula of Continuum was not allowed to delete Alder."]
    found = chips(page)
    assert set(found) == {
        "Organization: Alder",
        "Denied",
        "Person: Paula",
        "Guest: Continuum",
        "Action: delete",
        "From 2026-11-01",
    }
    wider = ada.get(found["Organization: Alder"])
    assert len(sentences(wider)) == 2
    assert "Denied" in chips(wider)
    assert "Organization: Alder" not in chips(wider)


def test_people_and_organizations_are_found_by_name_to_filter_by(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    world.decide(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    page = ada.get("/console/log?find=al&outcome=allowed")
    (address,) = (
        a["href"]
        for a in read(page).all("a")
        if acme.organizations["Alder"] in a.get("href", "") and "outcome=allowed" in a["href"]
        if "find" not in a["href"]
    )
    assert sentences(ada.get(address)) == ["Paula of Continuum was allowed to look at Alder."]
    assert "Paula" in words(ada.get("/console/log?find=paul"))
    nobody = words(ada.get("/console/log?find=zzz"))
    assert "No person and no organization has this in the name" in nobody


def test_days_that_are_none_are_named_at_their_field(ada: Browser) -> None:
    page = ada.get("/console/log?from=yesterday&to=2026-11-21")
    assert page.status == 422
    assert errors(page) == {"from": "The day must be written as in 2026-11-21."}
    assert 'value="yesterday"' in page.text
    assert 'value="2026-11-21"' in page.text
    later = ada.get("/console/log?from=2026-11-21&to=2026-11-01")
    assert "must not be later than the last" in errors(later)["from"]


def test_the_last_thirty_days_unless_asked_for_more(world: World, acme: Company) -> None:
    world.clock.advance(days=40)
    later = Browser(world).sign_in(acme)
    assert sentences(later.get("/console/log")) == ["Administrator signed in."]
    earlier = later.get("/console/log?from=2026-11-01")
    assert "The account was created." in sentences(earlier)


def test_forty_entries_a_page_and_a_page_stays_light(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    report = {
        "user_id": continuum.users["paula"],
        "action": "password.shown",
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "id": "pw-1", "name": "Router of the front desk"},
        "ip_address": "198.51.100.7",
        "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML)",
    }
    many = {"activities": [report] * 50}
    assert world.api("POST", "/activities", many, token=acme.key).status == 201
    first = ada.get("/console/log?category=activity")
    assert len(sentences(first)) == 30  # light enough: every page is held against its weight
    done = "Paula of Continuum did “password.shown” with the password “Router of the front desk”"
    assert sentences(first)[0] == f"{done} in Alder."
    (more,) = (a["href"] for a in read(first).all("a") if "cursor=" in a.get("href", ""))
    assert len(sentences(ada.get(f"/console/log{more}"))) == 20


def test_nothing_matching_and_nothing_at_all_and_nothing_readable_are_three_texts(
    world: World, acme: Company, ada: Browser
) -> None:
    assert "No entry matches" in words(ada.get("/console/log?action=zzz"))
    with patch.object(world.ports.store.log, "page", side_effect=StoreUnavailable("It is down.")):
        down = ada.get("/console/log?outcome=denied")
    assert down.status == 503
    assert down.headers["retry-after"]
    assert "The log cannot be read just now" in words(down)
    assert "Nothing happened in the last 30 days" in words(
        Browser(world).sign_in(acme, "manager").get("/console/log")
    )


def test_a_manager_sees_the_part_they_reach_and_is_told_so(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    added = f"/groups/{acme.groups['Level 1']}/members/{acme.users['manager']}"
    assert world.api("PUT", added, token=world.token(acme)).status == 204
    for name in ("Alder", "Cedar"):
        world.decide(acme, continuum.users["paula"], "view", acme.organizations[name])
    max_ = Browser(world).sign_in(acme, "manager")
    page = max_.get("/console/log")
    assert "Activity Logs" in " ".join(entries(page))
    assert "Paula of Continuum was allowed to look at Alder." in sentences(page)
    assert "Cedar" not in words(page)
    assert not [one for one in sentences(page) if "invited" in one]
    assert "You see what concerns the organizations that you reach" in words(page)
    assert "/console/why" not in page.text


@pytest.mark.parametrize("name", ["editor", "creator", "read_only", "lite"])
def test_others_have_no_entry_in_the_menu_and_are_told_whom_to_ask(
    world: World, acme: Company, name: str
) -> None:
    browser = Browser(world).sign_in(acme, name)
    assert "Activity Logs" not in browser.get("/console").text
    refused = browser.get("/console/log")
    assert refused.status == 403
    assert "Only Administrators and Managers may read the activity log" in words(refused)


def test_anothers_ids_find_nothing_and_name_nothing(
    world: World, acme: Company, ada: Browser
) -> None:
    other = world.company("other", {"administrator": "administrator"}, organizations=["Oak"])
    page = ada.get(
        f"/console/log?organization_id={other.organizations['Oak']}"
        f"&user_id={other.users['administrator']}&guest_account_id={other.account_id}"
    )
    assert sentences(page) == []
    assert "Oak" not in page.text
    assert "Other" not in words(page)


def test_looking_changes_nothing(world: World, ada: Browser) -> None:
    before = world.dump()
    ada.get("/console/log")
    ada.get("/console/log?find=a&from=2026-11-01")
    assert world.dump() == before


def test_what_strangers_wrote_stays_text(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    token = world.token(continuum)
    for address in ("/account", f"/users/{continuum.users['paula']}"):
        assert world.api("PATCH", address, {"name": HOSTILE}, token=token).status == 200
    alder = acme.organizations["Alder"]
    report = {
        "user_id": continuum.users["paula"],
        "action": HOSTILE,
        "organization_id": alder,
        "resource": {"type": HOSTILE, "id": HOSTILE, "name": HOSTILE},
        "user_agent": HOSTILE,
    }
    renamed = {"name": HOSTILE}
    changed = f"/organizations/{alder}"
    assert world.api("PATCH", changed, renamed, token=world.token(acme)).status == 200
    assert world.api("POST", "/activities", report, token=acme.key).status == 201
    for address in (
        "/console/log",
        f"/console/log?organization_id={alder}",
        f"/console/log?user_id={continuum.users['paula']}",
        "/console/log?find=<b onclick&action=<b onclick",
        "/console/log?from=<b onclick",
    ):
        page = ada.get(address)
        assert "<b onclick" not in page.text, address
        assert "&lt;b onclick" in page.text, address
