"""Why can or can't they: pick a person, an organization, an action; read the answer."""

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, words
from tests.support.world import Company, World

HOSTILE = '<b onclick="x()">{{ 7 * 7 }}</b>'

GRANT = (
    "Grant the connection with Continuum the organization Cedar, or let the group Level 1 reach it."
)


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    terms = {"all_organizations": False, "group_ids": [acme.groups["Level 1"]]}
    return str(world.connect(acme, continuum, maximum_role="creator", **terms)["connection_id"])


def ask(browser: Browser, user_id: str, organization_id: str, action: str) -> Reply:
    return browser.get(
        f"/console/why?user_id={user_id}&organization_id={organization_id}&action={action}"
    )


def answer(page: Reply) -> str:
    """Return the sentence that answers."""
    return read(page).said("h2")[0]


def parts(page: Reply) -> dict[str, str]:
    document = read(page)
    return dict(zip(document.said("dt"), document.said("dd"), strict=True))


def remedies(page: Reply) -> list[str]:
    document = read(page)
    main = [text for text in document.said("li") if text.endswith(".") or "Go there" in text]
    return [text.partition(" Go there")[0] for text in main]


def test_an_allow_says_through_what_and_as_what(
    acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    page = ask(ada, continuum.users["manager"], acme.organizations["Alder"], "edit")
    assert heading(page) == "Why can or can't they?"
    assert answer(page) == "Manager can edit Alder."
    assert parts(page) == {
        "Own role at Continuum": "Manager",
        "Maximum role of the connection": "Creator",
        "Effective role here": "Creator (lowered by the maximum)",
        "This action takes": "Creator or higher",
        "In reach through": "The group Level 1",
    }


def test_a_denial_says_why_and_the_smallest_change(
    acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    page = ask(ada, continuum.users["paula"], acme.organizations["Cedar"], "restore")
    assert answer(page) == "Paula cannot restore Cedar: the organization is not in their reach."
    assert parts(page)["In reach through"] == "Nothing: neither directly nor through a group"
    assert "All of these together:" in words(page)
    assert remedies(page) == [
        GRANT,
        "Let an Administrator of Continuum raise Paula's own role to Manager.",
        "Raise the maximum role of the connection with Continuum to Manager.",
    ]
    assert f'href="/console/connections/{connection_id}"' in page.text


def test_the_answer_is_the_one_that_applications_get(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    people = [*continuum.users.values(), *acme.users.values()]
    for user_id in people:
        for organization_id in list(acme.organizations.values())[1:3]:
            for action in ("view", "delete", "manage_users"):
                told = world.decide(acme, user_id, action, organization_id)["decision"]
                said = answer(ask(ada, user_id, organization_id, action))
                assert (" can " in said) is told, (said, told)


def test_doing_the_smallest_change_allows_it(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    paula, cedar = continuum.users["paula"], acme.organizations["Cedar"]
    assert remedies(ask(ada, paula, cedar, "view")) == [GRANT]
    address = f"/groups/{acme.groups['Level 1']}/organizations/{cedar}"
    assert world.api("PUT", address, token=world.token(acme)).status == 204
    assert answer(ask(ada, paula, cedar, "view")) == "Paula can look at Cedar."


def test_own_people_are_asked_about_alike(acme: Company, ada: Browser) -> None:
    page = ask(ada, acme.users["editor"], acme.organizations["Alder"], "view")
    assert answer(page) == "Editor cannot look at Alder: the organization is not in their reach."
    assert parts(page)["Own role at Acme"] == "Editor"
    assert parts(page)["Maximum role of the connection"] == "None: this is home"
    assert f'href="/console/users/{acme.users["editor"]}"' in page.text


def test_what_is_never_delegated_has_no_remedy(acme: Company, ada: Browser) -> None:
    page = ask(ada, acme.users["administrator"], acme.organizations["Alder"], "manage_users")
    assert "no decision ever allows this to anybody" in answer(page)
    assert "Nothing would allow it" in words(page)


def test_people_and_organizations_are_picked_by_name(
    acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    page = ada.get("/console/why?person=a&organization=ced&action=view")
    radios = {i["value"] for i in read(page).all("input") if i["type"] == "radio"}
    assert continuum.users["paula"] in radios
    assert acme.users["administrator"] in radios
    assert "Editor of Continuum" in words(page)
    assert "Cedar" in words(page)
    both = ada.get("/console/why?person=paula&organization=alder&action=view")
    assert answer(both) == "Paula can look at Alder."
    ids = f"person={continuum.users['paula']}&organization={acme.organizations['Alder']}"
    assert answer(ada.get(f"/console/why?{ids}&action=view")) == "Paula can look at Alder."


def test_an_address_of_a_guests_person_finds_nobody(
    acme: Company, ada: Browser, connection_id: str
) -> None:
    found = ada.get("/console/why?person=paula@continuum.test&organization=alder&action=view")
    assert "Nobody of your account" in errors(found)["person"]


def test_what_is_missing_or_finds_nothing_is_said_at_its_field(acme: Company, ada: Browser) -> None:
    page = ada.get("/console/why?person=zzz&organization=&action=view")
    assert page.status == 422
    assert set(errors(page)) == {"person", "organization"}
    assert 'value="zzz"' in page.text


def test_of_strangers_nothing_is_told(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    assert world.invite(acme, continuum).status == 201  # not accepted
    page = ask(ada, paula, alder, "view")
    assert answer(page) == (
        "This person cannot look at Alder: the connection with their company is not active."
    )
    assert "Paula" not in words(page)
    assert parts(page) == {}
    assert "Paula" not in words(ada.get("/console/why?person=paula&organization=alder"))
    other = world.company("other", {"administrator": "administrator"}, organizations=["Oak"])
    unknown = ask(ada, other.users["administrator"], other.organizations["Oak"], "view")
    assert "nobody of this id" in answer(unknown)
    assert "Oak" not in words(unknown)
    assert ask(ada, "nonsense", "nonsense", "view").status == 200


def test_after_the_end_people_are_found_and_the_end_is_the_answer(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    revoke = f"/connections/{connection_id}/revoke"
    assert world.api("POST", revoke, token=world.token(acme)).status == 200
    world.clock.advance(minutes=5)
    hired = {"email": "hugo@continuum.test", "name": "Hugo", "role": "editor"}
    assert world.api("POST", "/users", hired, token=world.token(continuum)).status == 201

    page = ada.get("/console/why?person=paula&organization=alder&action=view")
    assert answer(page) == (
        "Paula cannot look at Alder: the connection with Continuum was revoked by Administrator "
        "of Acme on 22 November 2026, 10:00 UTC."
    )
    assert remedies(page) == ["Invite Continuum again, and let it accept; then ask again."]
    assert parts(page) == {}
    assert "Editor" not in words(page).partition("Ask something else")[0]
    # Who joined after the end was never the host's to know.
    found = ada.get("/console/why?person=hugo&organization=alder&action=view")
    assert "Nobody of your account" in errors(found)["person"]


def test_a_question_is_not_on_the_record(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    before = world.dump()
    ask(ada, continuum.users["paula"], acme.organizations["Alder"], "delete")
    ada.get("/console/why?person=a&organization=a&action=view")
    assert world.dump() == before


def test_what_the_account_demands_of_guests_can_be_supposed(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    demand, mfa = {"require_mfa": True}, ["mfa"]
    assert world.api("PATCH", "/account", demand, token=world.token(acme, amr=mfa)).status == 200
    ada.sign_in(acme, amr=mfa)
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    denied = ask(ada, paula, alder, "view")
    assert "second factor" in answer(denied)
    assert remedies(denied) == ["Let Paula sign in with a second factor."]
    address = f"/console/why?user_id={paula}&organization_id={alder}&action=view&mfa=on"
    assert answer(ada.get(address)) == "Paula can look at Alder."


@pytest.mark.parametrize("name", ["manager", "editor", "read_only", "lite"])
def test_only_administrators_ask(world: World, acme: Company, name: str) -> None:
    refused = Browser(world).sign_in(acme, name).get("/console/why")
    assert refused.status == 403
    assert "Only Administrators may ask why" in words(refused)


def test_hostile_names_stay_text(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    renamed = {"name": HOSTILE}
    for address in ("/account", f"/users/{continuum.users['paula']}"):
        assert world.api("PATCH", address, renamed, token=world.token(continuum)).status == 200
    for address in (
        f"/organizations/{acme.organizations['Cedar']}",
        f"/groups/{acme.groups['Level 1']}",
    ):
        assert world.api("PATCH", address, renamed, token=world.token(acme)).status == 200
    pages = [
        ask(ada, continuum.users["paula"], acme.organizations["Cedar"], "restore"),
        ada.get("/console/why?person=<b onclick&organization=<b&action=<b onclick"),
        ada.get("/console/why?user_id=<b onclick&organization_id=<b onclick&action=<b"),
    ]
    for page in pages:
        assert "<b onclick" not in page.text
        assert "&lt;b onclick" in page.text


def test_a_rule_for_one_person_is_among_the_parts_and_the_remedy_leads_to_it(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    rule = f"/connections/{connection_id}/rules/{paula}"
    made = world.api("PUT", rule, {"denied": True}, token=world.token(acme))
    page = ask(ada, paula, alder, "edit")
    assert answer(page) == "Paula cannot edit Alder: a rule of your account denies them."
    assert parts(page)["Rule for this person alone"] == "Yes: denies them"
    assert remedies(page)[0].startswith("Remove the rule that denies Paula")
    assert f"/console{rule}" in page.text
    own = {"denied": False, "maximum_role": "read_only", "all_organizations": True}
    seen = {"if-match": made.json["etag"]}
    world.api("PUT", rule, own, token=world.token(acme), headers=seen)
    page = ask(ada, paula, alder, "edit")
    assert parts(page)["Maximum role of the connection"] == "Creator"
    assert parts(page)["Maximum role of the rule"] == "Read-only"
    assert remedies(page)[0].startswith("Raise the maximum role of the rule for Paula to Creator")


def test_a_denied_type_can_be_asked_about_once_there_is_one(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    assert "On what" not in words(ada.get("/console/why"))
    types = {"denied_resource_types": {"password": [acme.groups["Level 1"]]}}
    world.api("PATCH", "/account", types, token=world.token(acme))
    assert answer(ask(ada, paula, alder, "view")) == "Paula can look at Alder."
    page = ada.get(
        f"/console/why?user_id={paula}&organization_id={alder}&action=view&type=password"
    )
    assert answer(page).startswith("Paula cannot look at “password” in Alder: your account denies")
    assert remedies(page)[0].startswith("No longer deny the resource type password to the groups")
    assert "/console/settings/types-denied?type=password" in page.text
