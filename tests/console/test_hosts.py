"""Who let us in: answering without the mail, seeing one's own people there, leaving."""

import pytest

from tests.support.browser import Browser
from tests.support.console import entries, errors, heading, read, rows, said, words
from tests.support.world import Company, World

HOSTILE = '<b onclick="x()">{{ 7 * 7 }}</b>'


@pytest.fixture
def nora(world: World, continuum: Company) -> Browser:
    """Return the browser of the guest's Administrator."""
    return Browser(world).sign_in(continuum)


def offered(world: World, acme: Company, continuum: Company, **terms: object) -> str:
    """Invite the guest; return the address of the connection's page at the guest."""
    invited = world.invite(acme, continuum, **terms)
    assert invited.status == 201, invited
    return f"/console/hosts/{invited.json['connection_id']}"


def joined(world: World, acme: Company, continuum: Company, **terms: object) -> str:
    return f"/console/hosts/{world.connect(acme, continuum, **terms)['connection_id']}"


def test_whom_nobody_invited_learns_how_invitations_come(nora: Browser) -> None:
    page = nora.get("/console/hosts")
    assert heading(page) == "Who let us in"
    assert "No company has invited yours yet" in words(page)
    assert "continuum" in words(page)
    assert "Who let us in" in entries(page)[0]


def test_the_list_says_who_in_which_state_as_what_and_since_when(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    joined(world, acme, continuum)
    other = world.company("other", {"administrator": "administrator"}, organizations=["Oak"])
    offered(world, other, continuum, maximum_role="read_only")
    table = rows(nora.get("/console/hosts"))
    assert [row[:3] for row in table[1:]] == [
        ["Other other", "Pending", "Read-only"],
        ["Acme acme", "Active", "Editor"],
    ]
    assert table[1][3].startswith("Answer by ")
    only = rows(nora.get("/console/hosts?state=active"))
    assert [row[0] for row in only[1:]] == ["Acme acme"]
    assert "No company is declined" in words(nora.get("/console/hosts?state=declined"))


def test_a_lost_mail_is_no_dead_end(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = offered(world, acme, continuum, message="Welcome aboard")
    assert "Nobody of yours has access until an Administrator accepts" in words(nora.get(here))
    page = nora.get(f"{here}/accept")
    text = words(page)
    assert "4 people of yours: everybody with role Read-only or higher" in text
    assert "Accept and let 4 people in" in text
    assert ["Manager", "Editor", "1"] in rows(page)
    assert "Welcome aboard" in text
    assert "Its log shows every action of your people" in text
    accepted = nora.submit(page, "/accept")
    assert accepted.status == 303
    assert accepted.headers["location"] == here
    after = nora.get(here)
    assert said(after) == "Accepted. Your people can work in Acme from now on."
    assert "Active" in words(after)


def test_pressing_accept_twice_accepts_once(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    page = nora.get(f"{offered(world, acme, continuum)}/accept")
    assert nora.submit(page, "/accept").status == 303
    before = world.dump()
    assert nora.submit(page, "/accept").status == 303
    assert world.dump() == before


def test_an_offer_that_changed_meanwhile_is_read_again_first(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = offered(world, acme, continuum)
    page = nora.get(f"{here}/accept")
    connection_id = here.rpartition("/")[2]
    terms = {"maximum_role": "manager", "group_ids": [], "organization_ids": []}
    changed = world.api(
        "PUT",
        f"/connections/{connection_id}/grant",
        {**terms, "all_organizations": True},
        token=world.token(acme),
        headers={"if-match": "1"},
    )
    assert changed.status == 200, changed
    refused = nora.submit(page, "/accept")
    assert refused.status == 409
    assert "changed the offer after this page was opened" in words(refused)
    assert "as at most Manager" in words(refused)
    assert nora.submit(refused, "/accept").status == 303


def test_declining_takes_a_reason_and_says_what_it_means_before(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = offered(world, acme, continuum)
    page = nora.get(f"{here}/decline")
    assert "not who of you did" in words(page)
    wrong = nora.submit(page, "/decline", reason="x" * 2_001)
    assert wrong.status == 422
    assert "at most 2,000 characters" in errors(wrong)["reason"]
    assert "x" * 2_000 in wrong.text
    assert nora.submit(wrong, "/decline", reason="Not this year").status == 303
    after = nora.get(here)
    assert "Declined. Acme is told" in said(after)
    assert "An Administrator of Continuum declined." in words(after)
    assert "there is nothing to answer" in words(nora.get(f"{here}/accept"))


def test_leaving_says_who_loses_what_and_has_one_button(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = joined(world, acme, continuum)
    page = nora.get(f"{here}/leave")
    text = words(page)
    assert "lose access to 4 organizations of Acme at their next click" in text
    assert "stays in the log" in text
    assert "Acme has to invite you again" in text
    assert "Keep the connection" in text
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    assert world.decide(acme, paula, "view", alder)["decision"] is True
    assert nora.submit(page, "/leave").status == 303
    assert said(nora.get(here)).startswith("Left:")
    assert "Administrator ended it." in words(nora.get(here))
    assert world.decide(acme, paula, "view", alder)["decision"] is False
    assert "there is nothing to leave" in words(nora.get(f"{here}/leave"))


def test_the_page_says_who_of_ours_was_in_and_the_log_what_they_did(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = joined(world, acme, continuum)
    assert "Nobody of Continuum was in through this connection during the last 30 days" in words(
        nora.get(here)
    )
    world.decide(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    world.decide(acme, continuum.users["paula"], "restore", acme.organizations["Alder"])
    used = rows(nora.get(here))
    assert used[1][0] == "Paula"
    assert used[1][3:] == ["1", "1"]
    log = words(nora.get(f"{here}/log"))
    assert "Paula of Continuum was allowed to look at Alder." in log
    assert "Paula of Continuum was not allowed to restore Alder." in log
    assert "The effective role was too low for this action." in log
    assert "API key" not in log
    assert "Nothing on these days" in words(nora.get(f"{here}/log?to=2026-01-02&from=2026-01-01"))


def test_what_is_out_of_reach_is_neither_named_nor_said_to_be_deleted(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    alder, cedar = acme.organizations["Alder"], acme.organizations["Cedar"]
    here = joined(world, acme, continuum, all_organizations=False, organization_ids=[alder])
    world.decide(acme, continuum.users["paula"], "view", cedar)
    log = words(nora.get(f"{here}/log"))
    assert "Paula of Continuum was not allowed to look at an organization out of their reach" in log
    assert "Cedar" not in log
    assert "deleted" not in log


def test_after_the_end_the_log_stays_but_names_no_organization_any_more(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = joined(world, acme, continuum)
    world.decide(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    address = f"/connections/{here.rpartition('/')[2]}/revoke"
    assert world.api("POST", address, token=world.token(acme)).status == 200
    log = words(nora.get(f"{here}/log"))
    assert "Paula of Continuum was allowed to look at" in log
    assert "Alder" not in log
    assert "organizations are no longer named" in log
    assert "Acme revoked it." in words(nora.get(here))


def test_of_all_organizations_the_names_come_with_the_acceptance(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = offered(world, acme, continuum)
    before = words(nora.get(f"{here}/accept"))
    assert "All organizations of Acme: the 4 of today, and every one it adds later" in before
    assert "Alder" not in before
    assert nora.submit(nora.get(f"{here}/accept"), "/accept").status == 303
    assert "Alder" in words(nora.get(here))


@pytest.mark.parametrize("name", ["manager", "paula", "lite"])
def test_who_does_not_run_the_account_is_told_whom_to_ask(
    world: World, acme: Company, continuum: Company, name: str
) -> None:
    here = joined(world, acme, continuum)
    browser = Browser(world).sign_in(continuum, name)
    for address in ("/console/hosts", here, f"{here}/accept", f"{here}/leave", f"{here}/log"):
        refused = browser.get(address)
        assert refused.status == 403, address
        assert "Ask an Administrator of your account" in words(refused)
    assert "Who let us in" not in browser.get("/console").text


def test_the_connections_of_others_are_not_there(
    world: World, acme: Company, continuum: Company
) -> None:
    here = joined(world, acme, continuum)
    other = world.company("other", {"administrator": "administrator"})
    for company in (other, acme):
        browser = Browser(world).sign_in(company)
        for address in (here, *(f"{here}/{s}" for s in ("accept", "decline", "leave", "log", "x"))):
            assert browser.get(address).status == 404, address


def test_looking_at_everything_changes_nothing(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = offered(world, acme, continuum)
    before = world.dump()
    for address in ("/console/hosts", here, f"{here}/accept", f"{here}/decline", f"{here}/leave"):
        assert nora.get(address).status == 200
        world.api("HEAD", address, cookies=nora.cookies)
    assert world.dump() == before


def test_what_the_host_wrote_stays_text(world: World, continuum: Company, nora: Browser) -> None:
    host = world.company("evil", {"administrator": "administrator"}, organizations=["Fine"])
    token = world.token(host)
    for address in (
        "/account",
        f"/organizations/{host.organizations['Fine']}",
        f"/users/{host.users['administrator']}",
    ):
        assert world.api("PATCH", address, {"name": HOSTILE}, token=token).status == 200
    terms = {
        "all_organizations": False,
        "organization_ids": [host.organizations["Fine"]],
        "message": f"{HOSTILE} https://evil.test/x",
    }
    here = offered(world, host, continuum, **terms)
    pages = [nora.get(a) for a in ("/console/hosts", here, f"{here}/accept", f"{here}/decline")]
    assert nora.submit(pages[2], "/accept").status == 303
    world.decide(host, continuum.users["paula"], "view", host.organizations["Fine"])
    pages += [nora.get(a) for a in (here, f"{here}/leave", f"{here}/log", "/console/log")]
    for page in pages:
        assert page.status == 200
        assert "<b onclick" not in page.text
        assert "&lt;b onclick" in page.text
        assert "https://evil" not in page.text


def test_a_host_that_keeps_writing_is_blocked_and_unblocked(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = joined(world, acme, continuum)
    assert "You block nobody" in words(nora.get("/console/blocked"))
    page = nora.get(f"{here}/block")
    assert "Acme cannot invite Continuum any more" in words(page)
    assert "your people keep their access until somebody leaves" in words(page)
    assert nora.submit(page, "/block").status == 303
    after = nora.get(here)
    assert said(after) == "Blocked: Acme cannot invite you any more."
    assert "Continuum takes no new invitations from Acme." in words(after)
    assert nora.submit(nora.get(f"{here}/leave"), "/leave").status == 303
    assert world.invite(acme, continuum).status == 422
    assert "is blocked already" in words(nora.get(f"{here}/block"))
    blocked = nora.get("/console/blocked")
    assert rows(blocked)[1][0] == "Acme acme"
    assert nora.submit(blocked, "/blocked").status == 303
    assert said(nora.get("/console/blocked")) == "Acme can invite you again."
    assert world.invite(acme, continuum).status == 201
    assert "Administrator blocked Acme: no more invitations from it." in words(
        nora.get("/console/log")
    )


def test_only_administrators_block_and_only_who_invited_them(
    world: World, acme: Company, continuum: Company, nora: Browser
) -> None:
    here = joined(world, acme, continuum)
    paula = Browser(world).sign_in(continuum, "paula")
    assert paula.get("/console/blocked").status == 403
    assert paula.get(f"{here}/block").status == 403
    page = nora.get(f"{here}/block")
    other = world.company("other", {"administrator": "administrator"})
    fields = {"csrf_token": read(page).all("input")[0]["value"], "key": "x"}
    unknown = nora.post("/console/blocked", {**fields, "host_account_id": other.account_id})
    assert unknown.status == 404
