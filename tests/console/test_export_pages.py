"""Export Data: what will be in it, one in the making, the former ones, and the download."""

import urllib.parse

import pytest

from tests.support.browser import Browser
from tests.support.console import entries, heading, read, rows, said, words
from tests.support.jobs import Jobs
from tests.support.world import Company, World

PATH = "/console/exports"


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


@pytest.fixture
def ada(world: World, jobs: Jobs, acme: Company) -> Browser:
    return Browser(world).sign_in(acme)


def test_an_administrator_exports_watches_and_downloads(
    world: World, jobs: Jobs, acme: Company, ada: Browser
) -> None:
    first = ada.get(PATH)
    assert "Export Data" in entries(first)[0]
    assert heading(first) == "Export Data"
    for part in ("Users, with what each has besides groups", "The activity log from its beginning"):
        assert part in words(first)
    assert "Secrets are not in it." in words(first)
    assert "Nothing was exported in the last 90 days." in words(first)
    begun = ada.submit(first, PATH)
    page = ada.get(begun.headers["location"])
    assert said(page) == "The export has begun."
    assert "Part 1 of 15, 0 lines read" in words(page)
    assert read(page).all("progress") == [{"aria-labelledby": "how-far", "max": "15", "value": "0"}]
    meanwhile = ada.get(PATH)
    assert "An export is running" in words(meanwhile)
    assert [form for form in read(meanwhile).all("form") if form["action"] == PATH] == []
    jobs.run()
    page = ada.get(begun.headers["location"])
    assert "Finished" in words(page)
    assert ["Groups", "2"] in rows(page)
    assert read(page).all("progress") == []
    sent_on = ada.submit(page, begun.headers["location"])
    assert sent_on.status == 303
    address = urllib.parse.urlsplit(sent_on.headers["location"])
    assert (
        f"form-action 'self' {address.scheme}://{address.netloc};"
        in (page.headers["content-security-policy"])
    )
    assert "X-Amz-Expires=300" in address.query
    listed = rows(ada.get(PATH))[1]
    assert listed[1:4] == ["Everything", "Administrator", "Finished"]
    assert [e["action"] for e in world.log(acme) if e["action"].startswith("export.")] == [
        "export.downloaded",
        "export.finished",
        "export.requested",
    ]


def test_pressing_twice_exports_once_and_a_second_one_waits(
    world: World, jobs: Jobs, acme: Company, ada: Browser
) -> None:
    page, other = ada.get(PATH), ada.get(PATH)
    begun = ada.submit(page, PATH)
    assert ada.submit(page, PATH).headers["location"] == begun.headers["location"]
    refused = ada.submit(other, PATH)
    assert refused.status == 409
    assert heading(refused) == "An export is running"


def test_a_deleted_archive_has_no_button(
    world: World, jobs: Jobs, acme: Company, ada: Browser
) -> None:
    begun = ada.submit(ada.get(PATH), PATH).headers["location"]
    jobs.run()
    world.clock.advance(days=7)
    ada = Browser(world).sign_in(acme)
    late = ada.get(begun)
    assert "The archive was deleted" in words(late)
    assert [form for form in read(late).all("form") if form["action"] == begun] == []
    token = read(late).all("input")[0]["value"]
    sent_back = ada.post(begun, {"csrf_token": token})
    assert (sent_back.status, sent_back.headers["location"]) == (303, begun)


@pytest.mark.parametrize("name", ["manager", "editor", "lite"])
def test_nobody_else_sees_or_opens_the_section(
    world: World, jobs: Jobs, acme: Company, name: str
) -> None:
    begun = world.api("POST", "/exports", token=world.token(acme)).json["export_id"]
    browser = Browser(world).sign_in(acme, name)
    for address in (PATH, f"{PATH}/{begun}"):
        refused = browser.get(address)
        assert refused.status == 403
        assert "Only Administrators may export data" in words(refused)
    assert "Export Data" not in browser.get("/console").text


def test_exports_of_another_account_are_not_there(
    world: World, jobs: Jobs, acme: Company, continuum: Company, ada: Browser
) -> None:
    theirs = world.api("POST", "/exports", token=world.token(continuum)).json["export_id"]
    assert ada.get(f"{PATH}/{theirs}").status == 404
    token = read(ada.get(PATH)).all("input")[0]["value"]
    assert ada.post(f"{PATH}/{theirs}", {"csrf_token": token}).status == 404
