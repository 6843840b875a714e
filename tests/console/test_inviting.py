"""The wizard, as somebody clicks through it: four questions, a check, one invitation."""

import re

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser, form_of
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7 * 7 }}'


def go(browser: Browser, reply: Reply) -> Reply:
    """Follow where a form led."""
    assert reply.status == 303, reply
    page = browser.get(reply.headers["location"])
    assert page.status == 200, page
    return page


def begin(browser: Browser, subdomain: str = "continuum") -> Reply:
    """Answer the first question; return the second one's page."""
    page = browser.get("/console/connections/new")
    return go(browser, browser.submit(page, "/connections/new", subdomain=subdomain))


def answer(browser: Browser, page: Reply, **fields: str) -> Reply:
    """Answer the question of a page of a draft, as it stands with what was answered before."""
    (action,) = (form["action"] for form in read(page).all("form") if "/drafts/" in form["action"])
    ticked = {i["name"]: "on" for i in read(page).all("input") if ticks(i)}
    return browser.submit(page, action, **{**ticked, **fields})


def ticks(field: dict[str, str]) -> bool:
    return field["type"] == "checkbox" and "checked" in field and "disabled" not in field


def up_to_check(browser: Browser, acme: Company, **chosen: str) -> Reply:
    """Answer every question; return the check page."""
    page = go(browser, answer(browser, begin(browser), maximum_role="editor"))
    chosen = chosen or {f"organization.{acme.organizations['Cedar']}": "on"}
    page = go(browser, answer(browser, page, next="continue", **chosen))
    return go(browser, answer(browser, page, message="Welcome aboard"))


def draft_of(page: Reply) -> str:
    found = re.search(r"/console/drafts/(drf_\w+)/", page.text)
    assert found
    return found[1]


def test_from_the_list_to_the_sent_invitation(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    empty = ada.get("/console/connections")
    assert "Nobody works in your account yet" in words(empty)
    page = ada.get("/console/connections/new")
    assert "Step 1 of 4" in words(page)
    assert heading(page) == "Which account do you invite?"

    page = begin(ada, " Continuum ")
    assert "Step 2 of 4" in words(page)
    assert heading(page) == "What is the most that people of Continuum may do?"

    page = go(ada, answer(ada, page, maximum_role="editor"))
    assert "Step 3 of 4" in words(page)
    assert heading(page) == "What may Continuum reach?"

    chosen = {
        f"group.{acme.groups['Level 1']}": "on",
        f"organization.{acme.organizations['Cedar']}": "on",
    }
    page = go(ada, answer(ada, page, next="continue", **chosen))
    assert "Step 4 of 4" in words(page)

    check = go(ada, answer(ada, page, message="Welcome aboard"))
    assert heading(check) == "Check the invitation of Continuum"
    assert rows(check)[0] == ["Role at Continuum", "Role in Acme"]
    assert ["Administrator", "Editor"] in rows(check)
    assert ["Creator", "Creator"] in rows(check)
    assert ["Lite", "No access"] in rows(check)
    said_there = words(check)
    assert "3 organizations" in said_there
    assert "What is added to the group below, at once" in said_there
    assert "Level 1" in said_there
    assert "Cedar" in said_there
    assert "Administrator wrote: Welcome aboard" in said_there
    assert "Invite Continuum to 3 organizations" in read(check).said("button")
    assert world.outbox.mails == []

    sent = go(ada, answer(ada, check))
    assert said(sent).startswith("The invitation was sent to the Administrators of Continuum.")
    assert heading(sent) == "Continuum"
    (connection,) = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    assert connection["state"] == "pending"
    assert connection["maximum_role"] == "editor"
    assert connection["group_ids"] == [acme.groups["Level 1"]]
    assert connection["organization_ids"] == [acme.organizations["Cedar"]]
    assert connection["all_organizations"] is False
    assert connection["invitation"]["message"] == "Welcome aboard"
    assert len(world.outbox.mails) == 2


def test_a_double_click_sends_one_invitation(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    check = up_to_check(ada, acme)
    once, twice = answer(ada, check), answer(ada, check)
    assert once.status == twice.status == 303
    assert once.headers["location"] == twice.headers["location"]
    assert len(world.outbox.mails) == 2
    assert len(world.api("GET", "/connections", token=world.token(acme)).json["items"]) == 1


@pytest.mark.parametrize(
    ("subdomain", "sentence"),
    [
        ("", "Enter the subdomain of the account you invite."),
        ("acme", "This is your own account."),
        ("nobody", "There is no account nobody."),
        ("a b", "A subdomain must be one label"),
        (HOSTILE, "A subdomain must be one label"),
    ],
)
def test_a_wrong_subdomain_is_named_at_its_field_and_not_lost(
    world: World, acme: Company, ada: Browser, subdomain: str, sentence: str
) -> None:
    page = ada.get("/console/connections/new")
    wrong = ada.submit(page, "/connections/new", subdomain=subdomain)
    assert wrong.status == 422
    assert errors(wrong)["subdomain"].startswith(sentence)
    (field,) = (i for i in read(wrong).all("input") if i.get("id") == "subdomain")
    assert field["value"] == subdomain
    assert "subdomain-error" in field["aria-describedby"]
    assert "<script>" not in wrong.text


def test_asking_for_subdomains_is_limited(world: World, acme: Company, ada: Browser) -> None:
    page = ada.get("/console/connections/new")
    statuses = [
        ada.submit(page, "/connections/new", subdomain=f"nobody{n}").status for n in range(101)
    ]
    assert statuses == [422] * 100 + [429]


def test_without_an_answer_the_role_is_asked_for(continuum: Company, ada: Browser) -> None:
    page = begin(ada)
    assert rows(page)[0][1:] == ["Administrator", "Manager", "Editor", "Creator", "Read-only"]
    wrong = answer(ada, page)
    assert wrong.status == 422
    assert errors(wrong) == {"role-administrator": "Choose the maximum role."}
    assert answer(ada, page, maximum_role="lite").status == 422


def test_the_table_follows_the_role_that_is_looked_at(
    world: World, continuum: Company, ada: Browser
) -> None:
    page = begin(ada)
    before = world.dump()
    looked = ada.get(f"/console/drafts/{draft_of(page)}/role?maximum_role=creator")
    assert rows(looked)[1:] == [
        ["Administrator", "Creator"],
        ["Manager", "Creator"],
        ["Editor", "Creator"],
        ["Creator", "Creator"],
        ["Read-only", "Read-only"],
        ["Lite", "No access"],
    ]
    assert world.dump() == before


def test_a_grant_that_reaches_nothing_is_refused_and_what_was_chosen_stays(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    level_2 = f"group.{acme.groups['Level 2']}"
    assert answer(ada, page, next="continue").status == 422
    wrong = answer(ada, page, next="continue", **{level_2: "on"})
    assert wrong.status == 422
    assert errors(wrong)["words"].startswith("The grant reaches no organization.")
    (box,) = (i for i in read(wrong).all("input") if i.get("name") == level_2)
    assert "checked" in box


def test_what_comes_through_a_group_is_greyed_and_says_so(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    page = go(ada, answer(ada, page, **{f"group.{acme.groups['Level 1']}": "on"}))
    boxes = {i["id"]: i for i in read(page).all("input") if i["type"] == "checkbox"}
    for name in ("Alder", "Birch"):
        assert {"checked", "disabled"} <= boxes[acme.organizations[name]].keys()
    assert "disabled" not in boxes[acme.organizations["Cedar"]]
    assert words(page).count("through Level 1") == 2


def test_searching_keeps_what_is_chosen(acme: Company, continuum: Company, ada: Browser) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    cedar = {f"organization.{acme.organizations['Cedar']}": "on"}
    found = go(ada, answer(ada, page, next="search", words="DOG", **cedar))
    text = words(found)
    assert "Dogwood" in text
    assert "Cedar" in text
    assert "Alder" not in text
    assert "Chosen: 1 organization" in text
    nothing = go(ada, answer(ada, found, words=HOSTILE))
    assert "No other organization has" in words(nothing)
    assert "<script>" not in nothing.text
    unticked = {n: v for n, v in form_of(nothing, "/grant")[1].items() if n != "words"}
    left = go(ada, ada.post(f"/console/drafts/{draft_of(page)}/grant", unticked))
    assert "Chosen: nothing yet" in words(left)


def test_among_very_many_the_first_fifty_are_shown_and_the_rest_is_found(
    world: World, continuum: Company
) -> None:
    many = world.company(
        "many",
        {"administrator": "administrator"},
        organizations=[f"Client {n:03}" for n in range(130)],
    )
    browser = Browser(world).sign_in(many)
    page = go(browser, answer(browser, begin(browser), maximum_role="editor"))
    assert len([i for i in read(page).all("input") if i["type"] == "checkbox"]) == 51
    assert "These are the first 50 of 130." in words(page)
    page = go(browser, answer(browser, page, words="client 129"))
    assert [i["name"] for i in read(page).all("input") if i["type"] == "checkbox"] == [
        f"organization.{many.organizations['Client 129']}",
        "all_organizations",
    ]


def test_more_than_may_be_named_is_refused_before_it_is_kept(
    world: World, moto_table: str, acme: Company, continuum: Company
) -> None:
    strict = World(moto_table, world.clock, organization_ids_limit=1)
    ada = Browser(strict).sign_in(acme)
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    both = {f"organization.{acme.organizations[name]}": "on" for name in ("Cedar", "Alder")}
    wrong = answer(ada, page, next="continue", **both)
    assert wrong.status == 422
    assert errors(wrong)["words"].startswith("Choose at most 1 organizations")


def test_all_organizations_says_what_that_means(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    assert "All 4 organizations of today, and every one that is added later" in words(page)
    page = go(ada, answer(ada, page, next="continue", all_organizations="on"))
    check = go(ada, answer(ada, page))
    assert "Every organization that is added to Acme, at once" in words(check)
    assert "Invite Continuum to all 4 organizations" in read(check).said("button")
    go(ada, answer(ada, check))
    (connection,) = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    assert connection["all_organizations"] is True


def test_every_answer_can_be_changed_from_the_check_page_and_leads_back_to_it(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    globex = world.company("globex", {"administrator": "administrator"})
    check = up_to_check(ada, acme)
    changes = [a["href"] for a in read(check).all("a") if "then=check" in a["href"]]
    assert len(changes) == 4
    account = ada.get(changes[0])
    assert 'value="continuum"' in account.text
    back = go(ada, ada.submit(account, "/connections/new", subdomain=globex.subdomain))
    assert heading(back) == "Check the invitation of Globex"
    role = ada.get(changes[1])
    assert "Step" not in words(role)
    back = go(ada, answer(ada, role, maximum_role="read_only"))
    assert "At most Read-only" in words(back)
    back = go(ada, answer(ada, ada.get(changes[2]), next="continue", all_organizations="on"))
    assert "All 4 organizations" in words(back)
    message = ada.get(changes[3])
    assert read(message).said("textarea") == ["Welcome aboard"]
    back = go(ada, answer(ada, message, message=""))
    assert "No message." in words(back)


def test_a_message_that_is_too_long_or_hides_something_is_not_lost(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    page = go(ada, answer(ada, page, next="continue", all_organizations="on"))
    wrong = answer(ada, page, message="x" * 2_001)
    assert wrong.status == 422
    assert errors(wrong) == {
        "message": "The message must have at most 2,000 characters; it has 2,001."
    }
    assert read(wrong).said("textarea") == ["x" * 2_001]
    wrong = answer(ada, page, message="Welcome\u202e aboard")
    assert wrong.status == 422
    assert read(wrong).said("textarea") == ["Welcome aboard"]
    check = go(ada, answer(ada, page, message=HOSTILE + "\r\nhttps://evil.example"))
    assert "<script>" not in check.text
    assert "hxxps" in words(check)


def test_what_was_deleted_meanwhile_is_said_and_no_longer_chosen(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    cedar = acme.organizations["Cedar"]
    page = go(ada, answer(ada, page, **{f"organization.{cedar}": "on"}))
    world.api("DELETE", f"/organizations/{cedar}", token=world.token(acme))
    wrong = answer(ada, page, next="continue")
    assert wrong.status == 422
    assert errors(wrong)["words"].startswith("1 of what was chosen was deleted meanwhile")
    assert "Chosen: nothing yet" in words(wrong)


def test_a_pair_that_has_a_connection_is_told_at_the_first_question(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.invite(acme, continuum)
    page = ada.get("/console/connections/new")
    refused = ada.submit(page, "/connections/new", subdomain="continuum")
    assert refused.status == 409
    assert heading(refused) == "These accounts already have a connection"


def test_a_draft_is_its_owners_alone_and_lasts_a_day(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    draft = draft_of(begin(ada))
    addresses = [
        f"/console/drafts/{draft}/{name}" for name in ("role", "grant", "message", "check")
    ]
    other = Browser(world).sign_in(continuum)
    colleague = world.api(
        "POST",
        "/users",
        {"email": "new@acme.test", "name": "New", "role": "administrator"},
        token=world.token(acme),
    )
    assert colleague.status == 201
    for address in addresses:
        assert other.get(address).status == 404
        assert ada.get(address).status in {200, 303}
    world.clock.advance(hours=11, minutes=59)
    again = ada.get(addresses[0])
    answer(ada, again, maximum_role="editor")
    world.clock.advance(hours=23)
    ada.sign_in(acme)
    assert ada.get(addresses[0]).status == 200
    world.clock.advance(hours=2)
    gone = ada.get(addresses[0])
    assert gone.status == 404
    assert "drafts are kept for a day" in words(gone)


@pytest.mark.parametrize("name", ["manager", "editor", "lite"])
def test_nobody_else_finds_a_page_of_the_wizard(
    world: World, acme: Company, continuum: Company, ada: Browser, name: str
) -> None:
    draft = draft_of(begin(ada))
    browser = Browser(world).sign_in(acme, name)
    for address in (
        "/console/connections",
        "/console/connections/new",
        f"/console/drafts/{draft}/role",
        f"/console/drafts/{draft}/grant",
        f"/console/drafts/{draft}/message",
        f"/console/drafts/{draft}/check",
    ):
        refused = browser.get(address)
        assert refused.status == 403, address
        assert "Only Administrators may" in words(refused)


def test_a_form_without_the_sessions_token_is_refused_and_changes_nothing(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    check = up_to_check(ada, acme)
    draft = draft_of(check)
    before = world.dump()
    for address in (
        "/console/connections/new",
        *(f"/console/drafts/{draft}/{name}" for name in ("role", "grant", "message", "check")),
    ):
        assert ada.post(address, {"subdomain": "continuum"}).status == 403
        assert ada.post(address, {"csrf_token": "0" * 64}).status == 403
    assert world.dump() == before


def test_looking_at_the_wizard_changes_nothing(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    draft = draft_of(up_to_check(ada, acme))
    before = world.dump()
    for address in (
        "/console/connections/new",
        f"/console/connections/new?draft={draft}&then=check",
        *(f"/console/drafts/{draft}/{name}" for name in ("role", "grant", "message", "check")),
        f"/console/drafts/{draft}/grant?words=cedar",
    ):
        assert ada.get(address).status == 200
        assert world.api("HEAD", address, cookies=ada.cookies).status == 200
    assert world.dump() == before
