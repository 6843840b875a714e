"""Back, without a script: nothing that was typed or ticked is lost."""

from tests.console.clicking import answer, begin, draft_of, go, up_to_check
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, words
from tests.support.world import Company, World


def ticked(page: Reply) -> set[str]:
    return {i["name"] for i in read(page).all("input") if "checked" in i and "name" in i}


def test_back_keeps_what_was_ticked_and_not_sent(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    grant = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    cedar = f"organization.{acme.organizations['Cedar']}"
    role = go(ada, answer(ada, grant, back="back", **{cedar: "on"}))
    assert heading(role) == "What is the most that people of Continuum may do?"
    grant = go(ada, answer(ada, role, maximum_role="creator"))
    assert cedar in ticked(grant)
    message = go(ada, answer(ada, grant, next="continue"))
    again = go(ada, answer(ada, message, back="back", message="Half a sen"))
    assert cedar in ticked(again)
    message = go(ada, answer(ada, again, next="continue"))
    assert read(message).said("textarea") == ["Half a sen"]


def test_back_from_the_role_keeps_what_was_chosen_and_asks_for_nothing(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    role = begin(ada)
    account = go(ada, answer(ada, role, back="back"))
    assert heading(account) == "Which account do you invite?"
    assert 'value="continuum"' in account.text
    go(ada, answer(ada, role, back="back", maximum_role="creator"))
    kept = ada.get(f"/console/drafts/{draft_of(role)}/role")
    (chosen,) = (i for i in read(kept).all("input") if "checked" in i)
    assert chosen["value"] == "creator"


def test_back_from_what_the_check_page_sent_to_leads_to_the_check_page(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    draft = draft_of(up_to_check(ada, acme))
    message = ada.get(f"/console/drafts/{draft}/message?then=check")
    check = go(ada, answer(ada, message, back="back", message="Welcome"))
    assert heading(check) == "Check your invitation to Continuum"
    assert "Administrator wrote: Welcome" in words(check)


def test_a_message_that_cannot_be_kept_whole_stays_on_its_page(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    draft = draft_of(up_to_check(ada, acme))
    page = ada.get(f"/console/drafts/{draft}/message")
    go(ada, answer(ada, page, back="back", message="x" * 2_500))
    refused = answer(ada, ada.get(f"/console/drafts/{draft}/check"))
    assert refused.status == 422
    assert "it has 2,500" in errors(refused)["part-message"]
    long = answer(ada, page, back="back", message="x" * 5_000)
    assert long.status == 422
    assert "at most 2,000 characters" in errors(long)["message"]
    assert read(long).said("textarea") == ["x" * 5_000]


def test_back_from_a_change_leads_to_the_connection(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    here = f"/console/connections/{world.connect(acme, continuum)['connection_id']}"
    page = go(ada, ada.submit(ada.get(here), here, question="role"))
    left = answer(ada, page, back="back")
    assert left.headers["location"] == here


def test_enter_goes_on_and_not_back(acme: Company, continuum: Company, ada: Browser) -> None:
    role = begin(ada)
    grant = go(ada, answer(ada, role, maximum_role="editor"))
    message = go(ada, answer(ada, grant, next="continue", all_organizations="on"))
    for page in (role, grant, message):
        buttons = [b for b in read(page).all("button") if b.get("class") != "quiet"]
        assert "back" not in buttons[0].get("name", "")
        assert buttons[-1]["name"] == "back"
        assert "formnovalidate" in buttons[-1]
