"""Settings on pages: what the account is called, whom it lets in, what its applications may ask."""

from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World

SECURITY = "/console/settings/security"
MFA = ["pwd", "mfa"]


def account(world: World, company: Company) -> dict[str, object]:
    token = world.token(company, amr=MFA)
    return dict(world.api("GET", "/account", token=token).json)


# ---- account info


def test_the_name_and_the_lifetime_are_changed_and_what_never_changes_is_shown(
    world: World, acme: Company, ada: Browser
) -> None:
    page = ada.get("/console/settings")
    assert "North America (na)" in words(page)
    assert "Subdomain and region never change" in words(page)
    saved = ada.submit(page, "/console/settings", name="Acme & Sons", days="30", publish="on")
    assert saved.status == 303
    assert account(world, acme)["publish_entries"] is True
    assert said(ada.get("/console/settings")) == "The account info was saved."
    assert account(world, acme)["name"] == "Acme & Sons"
    assert account(world, acme)["invitation_expires_in_days"] == 30
    entry = world.log(acme)[0]
    assert entry["changes"] == {
        "name": ["Acme", "Acme & Sons"],
        "invitation_expires_in_days": [7, 30],
        "publish_entries": [False, True],
    }
    twice = ada.submit(page, "/console/settings", name="Acme & Sons", days="30", publish="on")
    assert twice.status == 303  # a double click
    stale = ada.submit(page, "/console/settings", name="Other", days="30")
    assert stale.status == 412
    assert "Somebody else changed the settings" in errors(stale)["name"]


def test_account_info_that_cannot_be_is_said_at_its_field(ada: Browser) -> None:
    page = ada.get("/console/settings")
    for name, days, field, sentence in (
        ("", "7", "name", "Enter the name of your company."),
        ("Acme", "", "days", "Enter how many days an invitation lives, from 1 to 30."),
        ("Acme", "0", "days", "The number of days must be at least 1."),
        ("Acme", "31", "days", "The number of days must be at most 30."),
        ("Acme", "seven", "days", "The number of days must be a whole number."),
        ("Acme", "\u0667", "days", "The number of days must be a whole number."),
    ):
        refused = ada.submit(page, "/console/settings", name=name, days=days)
        assert refused.status == 422
        assert errors(refused) == {field: sentence}
        assert days in [one.get("value") for one in read(refused).all("input")]


# ---- security


def test_a_demand_is_said_of_whom_it_concerns_before_it_is_saved(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    ada = Browser(world).sign_in(acme, amr=MFA)
    before = account(world, acme)
    page = ada.get(SECURITY)
    assert "You come from 192.0.2.7" in words(page)
    listed = "192.0.2.0/24\r\n2001:DB8:0::/32,\r\n"
    check = ada.submit(page, SECURITY, mfa="on", networks=listed)
    assert (check.status, heading(check)) == (200, "Check who gets in")
    assert ("people of Acme nobody gets in without a second factor from their next click") in words(
        check
    )
    assert "The same is demanded of everybody of Continuum" in words(check)
    assert "So is the application that uses your API key" in words(check)
    assert "You get in afterwards too: you come from 192.0.2.7" in words(check)
    assert rows(check)[1:] == [
        ["Second factor", "Not demanded", "Demanded", "Changes"],
        ["Where from", "Anywhere", "2 networks only", "Changes"],
    ]
    assert account(world, acme) == before  # nothing is saved yet
    assert ada.submit(check, SECURITY).status == 303
    assert said(ada.get(SECURITY)) == "Saved. It holds from everybody's next click."
    after = account(world, acme)
    assert (after["require_mfa"], after["ip_allow_list"]) == (
        True,
        ["192.0.2.0/24", "2001:db8::/32"],
    )
    assert read(ada.get(SECURITY)).said("textarea") == ["192.0.2.0/24 2001:db8::/32"]
    again = ada.submit(ada.get(SECURITY), SECURITY, mfa="on", networks="2001:db8::/32 192.0.2.0/24")
    assert "There is nothing to change" in words(again)
    lifted = ada.submit(ada.get(SECURITY), SECURITY, networks="")
    assert "get in with one factor from their next click" in words(lifted)
    assert "get in from anywhere from their next click" in words(lifted)


def test_a_demand_that_cannot_be_is_said_at_its_field_and_saves_nothing(
    world: World, acme: Company, ada: Browser
) -> None:
    page, before = ada.get(SECURITY), world.dump()
    for fields, field, sentence in (
        ({"mfa": "on"}, "mfa", "You signed in without a second factor"),
        ({"networks": "198.51.100.0/24"}, "networks", "you would lock yourself out"),
        ({"networks": "192.0.2.0/24 everywhere"}, "networks", "everywhere must be a network"),
        ({"networks": "192.0.2.7/24"}, "networks", "192.0.2.7/24 must be 192.0.2.0/24, or"),
        ({"networks": "192.0.2.7 ::ffff:192.0.2.7"}, "networks", "the same thing twice"),
        (
            {"networks": " ".join(f"10.0.{n}.0/24" for n in range(201))},
            "networks",
            "The list must have at most 200 items.",
        ),
    ):
        for step in ("", "save"):
            refused = ada.submit(page, SECURITY, **{"networks": "", "step": step, **fields})
            assert refused.status == 422, fields
            assert list(errors(refused)) == [field]
            assert sentence in errors(refused)[field]
    assert world.dump() == before


def test_settings_that_somebody_else_changed_meanwhile_are_read_again(
    world: World, acme: Company, ada: Browser
) -> None:
    page = ada.get(SECURITY)
    world.api("PATCH", "/account", {"name": "Acme Two"}, token=world.token(acme))
    stale = ada.submit(page, SECURITY, networks="192.0.2.0/24")
    assert stale.status == 412
    assert "Somebody else changed the settings" in errors(stale)["networks"]


# ---- actions and types


def test_an_action_is_added_changed_and_removed_and_decisions_follow(
    world: World, acme: Company, ada: Browser
) -> None:
    editor, alder = acme.users["editor"], acme.organizations["Alder"]
    page = ada.get("/console/settings/new-action")
    added = ada.submit(page, "new-action", name="print:all", value="manager")
    assert added.headers["location"] == "/console/settings/actions"
    listed = ada.get("/console/settings/actions")
    assert said(listed) == "print:all was added. It holds from the next decision."
    assert ["print:all", "Manager", "Your own"] in rows(listed)
    assert ["restore", "Manager", "Every account's"] in rows(listed)
    here = "/console/settings/actions/print%3Aall"
    assert here in [link["href"] for link in read(listed).all("a")]
    assert ada.submit(ada.get(here), here, value="administrator").status == 303
    assert account(world, acme)["mapped_actions"] == {"print:all": "administrator"}
    entry = world.log(acme)[0]
    assert entry["changes"] == {
        "mapped_actions": [{"print:all": "manager"}, {"print:all": "administrator"}]
    }
    asked = ada.get(f"{here}/remove")
    assert "nobody may print:all" in words(asked)
    assert ada.submit(asked, "/remove").status == 303
    answer = world.decide(acme, editor, "print:all", alder)
    assert answer["context"]["reason"] == "action_unknown"
    assert ada.get(here).status == 404


def test_an_action_that_cannot_be_is_refused_with_the_reason(
    world: World, acme: Company, ada: Browser
) -> None:
    taken = {"mapped_actions": {"taken": "manager"}}
    assert world.api("PATCH", "/account", taken, token=world.token(acme)).status == 200
    page = ada.get("/console/settings/new-action")
    for name, value, field, sentence in (
        ("", "editor", "name", "Enter the name that your applications use."),
        ("print", "", "role-read_only", "Choose the lowest role that may take it."),
        ("print", "lite", "name", "Lite gets in nowhere. Map to Read-only or higher."),
        ("print", "king", "role-read_only", "The role must be one of"),
        ("two words", "editor", "name", "The name must be one word of letters, digits"),
        ("manage_users", "administrator", "name", "manage_users is never delegated"),
        ("import", "administrator", "name", "import is never delegated"),
        ("view", "editor", "name", "view has its role already: Read-only."),
        ("taken", "editor", "name", "taken is there already. Change it."),
    ):
        refused = ada.submit(page, "new-action", name=name, value=value)
        assert refused.status == 422, name
        assert errors(refused)[field].startswith(sentence), name
    assert account(world, acme)["mapped_actions"] == {"taken": "manager"}


def test_a_type_is_added_changed_and_removed(world: World, acme: Company, ada: Browser) -> None:
    page = ada.get("/console/settings/new-type")
    nothing = ada.submit(page, "new-type", name="organization", value="")
    assert errors(nothing)["value"] == "Enter the property that names the organization."
    own = ada.submit(page, "new-type", name="organization", value="client")
    assert "An organization names itself by its own id" in errors(own)["name"]
    assert ada.submit(page, "new-type", name="password", value="client").status == 303
    here = "/console/settings/types/password"
    assert ["password", "client"] in rows(ada.get("/console/settings/actions"), 1)
    assert ada.submit(ada.get(here), here, value="customer").status == 303
    assert account(world, acme)["mapped_resource_types"] == {"password": "customer"}
    asked = ada.get(f"{here}/remove")
    assert "go on naming it in customer are denied" in words(asked)
    assert ada.submit(asked, "/remove").status == 303
    assert account(world, acme)["mapped_resource_types"] == {}


def test_what_is_nowhere_in_settings_is_not_there(ada: Browser) -> None:
    for address in ("nothing", "kinds/print", "actions/print", "types/x/remove", "new-kind"):
        assert ada.get(f"/console/settings/{address}").status == 404, address
