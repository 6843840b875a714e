"""The wizard, as somebody clicks through it: four questions, a check, one invitation."""

import pytest

from tests.console.clicking import HOSTILE, answer, begin, draft_of, go, up_to_check
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World


def test_from_the_list_to_the_sent_invitation(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    empty = ada.get("/console/connections")
    assert "No other company works in your account" in words(empty)
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
    assert heading(check) == "Check your invitation to Continuum"
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
    assert "Level 1 and 1 organization: 3 organizations today" in said_there
    assert "The names of all 3 organizations Alder Birch Cedar" in said_there
    # The mail as it would be sent, but for a link: nobody has one yet.
    assert "Acme invites Continuum to work in its account" in said_there
    assert "https://gatehouse.test/invitations/… " in said_there
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
        ("a b", "The subdomain must be the first part of the address where"),
        ("nora@continuum.test", "The subdomain must be the first part of the address where"),
        (HOSTILE, "The subdomain must be the first part of the address where"),
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


@pytest.mark.parametrize(
    "pasted",
    [
        "https://continuum.example.com/sign-in?x=1",
        "continuum.gatehouse.test",
        "HTTP://www.Continuum.example.com:8443",
        " continuum. ",
    ],
)
def test_a_pasted_address_is_understood_by_its_first_part_and_said_back(
    acme: Company, continuum: Company, ada: Browser, pasted: str
) -> None:
    page = begin(ada, pasted)
    assert heading(page) == "What is the most that people of Continuum may do?"
    assert said(page) == "Understood as continuum: you invite Continuum."


def test_asking_for_subdomains_is_limited(world: World, acme: Company, ada: Browser) -> None:
    page = ada.get("/console/connections/new")
    statuses = [
        ada.submit(page, "/connections/new", subdomain=f"nobody{n}").status for n in range(101)
    ]
    assert statuses == [422] * 100 + [429]


def test_without_an_answer_the_role_is_asked_for(continuum: Company, ada: Browser) -> None:
    page = begin(ada)
    assert rows(page, 1)[0][1:] == ["Administrator", "Manager", "Editor", "Creator", "Read-only"]
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
    assert heading(back) == "Check your invitation to Globex"
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


def test_a_pair_that_has_a_connection_is_told_at_the_first_question(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    live = world.invite(acme, continuum).json
    page = ada.get("/console/connections/new")
    refused = ada.submit(page, "/connections/new", subdomain="continuum")
    assert refused.status == 409
    assert heading(refused) == "These accounts already have a connection"
    there = f"/console/connections/{live['connection_id']}"
    assert there in [a["href"] for a in read(refused).all("a")]


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


def test_what_is_not_sent_yet_waits_on_the_list_to_be_gone_on_with_or_discarded(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.company("globex", {"administrator": "administrator"})
    listed = "/console/connections"
    role = begin(ada)
    begin(ada, "globex")
    draft = draft_of(role)
    assert f"/console/drafts/{draft}/role" in ada.get(listed).text
    grant = go(ada, answer(ada, role, maximum_role="editor"))
    assert f"/console/drafts/{draft}/grant" in ada.get(listed).text
    cedar = {f"organization.{acme.organizations['Cedar']}": "on"}
    go(ada, answer(ada, grant, next="continue", **cedar))
    page = ada.get(listed)
    assert words(page).count("Unfinished invitation:") == 2
    check = ada.get(f"/console/drafts/{draft}/check")
    go(ada, answer(ada, check))
    page = ada.get(listed)
    assert "go on with Continuum" not in words(page)
    left = go(ada, ada.submit(page, listed))
    assert said(left) == "Discarded: the unfinished invitation to Globex. Nothing was sent."
    assert "Unfinished" not in words(left)
    assert ada.submit(page, listed).status == 404

    begin(ada, "globex")
    other = Browser(world).sign_in(continuum)
    assert "Unfinished" not in words(other.get(listed))
    world.clock.advance(hours=25)
    assert "Unfinished" not in words(ada.sign_in(acme).get(listed))


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
