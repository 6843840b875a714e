"""The plan and the billing contact on pages, for Administrators."""

import pytest

from gatehouse.domain.seats import Plan
from gatehouse.usecases.plan import set_plan
from tests.support.browser import Browser
from tests.support.console import errors, read, rows, said, words
from tests.support.world import Company, World

HOSTILE = "<script>alert(1)</script> https://evil.test"


def limit(world: World, seats: int | None, plan: str = "Team") -> None:
    set_plan(world.ports, "acme", lambda _: Plan(plan, seats))


def in_use(world: World, acme: Company) -> int:
    return world.ports.store.seats.get(acme.account_id).in_use


def test_the_plan_shows_seats_by_role_and_how_many_are_left(
    world: World, acme: Company, ada: Browser
) -> None:
    taken = in_use(world, acme)
    limit(world, taken + 2)
    page = ada.get("/console/plan")
    (bar,) = read(page).all("progress")
    assert (bar["max"], bar["value"]) == (str(taken + 2), str(taken))
    assert f"{taken} of {taken + 2} seats in use" in words(page)
    assert "2 more people can be added" in words(page)
    assert "neither does anybody of a company that you let in" in words(page)
    table = dict(rows(page)[1:])
    assert list(table) == ["Administrator", "Manager", "Editor", "Creator", "Read-only", "All"]
    assert table["All"] == str(taken)


@pytest.mark.parametrize(
    ("beyond", "sentence"),
    [
        (0, "Every seat is taken. Nobody can be added as Read-only or higher"),
        (1, "1 more person is in than the plan has seats. All of them stay."),
        (2, "2 more people are in than the plan has seats. All of them stay."),
    ],
)
def test_at_the_limit_the_page_says_what_that_means(
    world: World, acme: Company, ada: Browser, beyond: int, sentence: str
) -> None:
    limit(world, in_use(world, acme) - beyond)
    assert sentence in words(ada.get("/console/plan"))


def test_a_plan_without_a_limit_says_so(world: World, acme: Company, ada: Browser) -> None:
    page = ada.get("/console/plan")
    assert f"{in_use(world, acme)} seats in use, and no limit." in words(page)
    assert not read(page).all("progress")


def test_a_full_plan_is_said_at_the_role_and_what_was_typed_is_kept(
    world: World, acme: Company, ada: Browser
) -> None:
    limit(world, in_use(world, acme))
    form = ada.get("/console/users/new")
    person = {"name": "New", "email": "new@acme.test", "role": "editor"}
    refused = ada.submit(form, "/console/users/new", **person)
    assert refused.status == 409
    assert "ask whoever runs Gatehouse for you" in errors(refused)["role-read_only"]
    assert 'value="new@acme.test"' in refused.text
    assert ada.submit(refused, "/console/users/new", **{**person, "role": "lite"}).status == 303
    lite = f"/console/users/{acme.users['lite']}"
    kept = {"name": "Lite", "email": acme.emails["lite"]}
    raised = ada.submit(ada.get(lite), lite, **kept, role="editor")
    assert raised.status == 409
    assert "seats, and" in errors(raised)["role-read_only"]


def test_nobody_is_asked_to_reactivate_somebody_for_whom_there_is_no_seat(
    world: World, acme: Company, ada: Browser
) -> None:
    editor = f"/console/users/{acme.users['editor']}/status"
    assert ada.submit(ada.get(editor), "/status").status == 303
    limit(world, in_use(world, acme))
    page = ada.get(editor)
    assert "let an Administrator ask whoever runs Gatehouse" in words(page)
    assert not [form for form in read(page).all("form") if form["action"].endswith("/status")]


def test_the_billing_contact_is_named_and_kept_as_plain_text(
    world: World, acme: Company, ada: Browser
) -> None:
    page = ada.get("/console/billing")
    assert "Nobody is named yet" in words(page)
    fields = {"name": HOSTILE, "email": "Pay@Acme.test", "postal_address": "1 Main\r\nFairmont"}
    assert ada.submit(page, "/console/billing", **fields).status == 303
    after = ada.get("/console/billing")
    assert "is the billing contact now." in said(after)
    assert "<script>alert" not in after.text
    stored = world.ports.store.accounts.billing_contact(acme.account_id)
    assert stored
    assert (stored.name, stored.email, stored.postal_address, stored.reference) == (
        *(HOSTILE, "pay@acme.test", "1 Main\nFairmont", None),
    )


def test_what_is_wrong_with_a_contact_stands_at_its_field(ada: Browser) -> None:
    page = ada.get("/console/billing")
    assert errors(ada.submit(page, "/console/billing")) == {
        "name": "Enter a name: a person or an office.",
        "email": "Enter an e-mail address.",
    }
    wrong = ada.submit(page, "/console/billing", name="Ada", email="nobody", reference="PO 1")
    assert errors(wrong) == {"email": "The e-mail address must be one such as ada@example.com."}
    kept = {i["name"]: i["value"] for i in read(wrong).all("input") if "value" in i}
    assert (kept["name"], kept["email"], kept["reference"]) == ("Ada", "nobody", "PO 1")


def test_a_contact_that_somebody_else_changed_meanwhile_is_not_overwritten(
    world: World, acme: Company, ada: Browser
) -> None:
    page = ada.get("/console/billing")
    theirs = {"name": "Theirs", "email": "theirs@acme.test"}
    address = "/account/billing-contact"
    assert world.api("PUT", address, theirs, token=world.token(acme)).status == 200
    stale = ada.submit(page, "/console/billing", name="Mine", email="mine@acme.test")
    assert stale.status == 412
    assert "Somebody else changed the billing contact" in errors(stale)["name"]
    again = ada.submit(stale, "/console/billing", name="Mine", email="mine@acme.test")
    assert again.status == 303
