"""The Export part of Activity Logs: what the filters show, as a file, or as a job to follow."""

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import heading, read, rows, said, words
from tests.support.exports import at_most, cells_in, entries_in, file_at, shown
from tests.support.jobs import Jobs
from tests.support.world import Company, World

LOG, EXPORTS = "/console/log", "/console/exports"


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


def actions_of(page: Reply) -> list[str]:
    return [form["action"] for form in read(page).all("form") if form["method"] == "post"]


def test_the_part_says_what_will_happen_before_the_buttons(
    world: World, acme: Company, ada: Browser
) -> None:
    page = ada.get(LOG)
    assert "Up to 10,000 entries are downloaded at once." in words(page)
    assert "of the last 30 days" in words(page)
    assert "That you exported it, and with which filters, stands in this log." in words(page)
    assert [b for b in read(page).said("button") if "Export as" in b] == [
        "Export as CSV",
        "Export as JSON Lines",
    ]


def test_the_file_has_exactly_what_the_filters_in_the_address_show(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.connect(acme, continuum)
    for action in ("view", "delete", "view"):
        world.decide(acme, continuum.users["paula"], action, acme.organizations["Alder"])
    address = f"{LOG}?action=view&from=2026-11-20&find=pau"
    page = ada.get(address)
    (action,) = [one for one in actions_of(page) if one.startswith(LOG)]
    assert action == f"{LOG}?action=view&from=2026-11-20"
    saved = ada.submit(page, action, format="csv")
    assert saved.status == 200
    assert saved.headers["content-disposition"].startswith("attachment; filename=")
    assert [row["action"] for row in cells_in(saved.text.encode())] == ["view", "view"]
    lines = ada.submit(page, action, format="jsonl")
    assert [line["action"] for line in entries_in(lines.text.encode())] == ["view", "view"]
    (first, second) = world.log(acme, "&action=log.exported")
    assert first["changes"]["filters"][1]["action"] == "view"
    assert second["changes"]["entries"] == [None, 2]
    assert "exported entries of the activity log." in words(ada.get(LOG))


def test_too_much_for_a_download_is_a_job_that_is_followed_to_its_file(
    world: World, jobs: Jobs, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.connect(acme, continuum)
    at_most(world, 0)
    page = ada.get(f"{LOG}?category=connection&organization_id=")
    assert "Up to 0 entries" in words(page)
    begun = ada.submit(page, f"{LOG}?category=connection", format="csv")
    assert begun.status == 303
    again = ada.submit(page, f"{LOG}?category=connection", format="csv")
    assert again.headers["location"] == begun.headers["location"]
    there = ada.get(begun.headers["location"])
    assert "so it is put into a file" in (said(there) or "")
    assert "0 entries found, 0 of 100 parts of the time looked through" in words(there)
    assert "Steps of connections" in words(there)
    everything = ada.get(EXPORTS)
    assert "An export is running" not in words(everything)
    assert [form["action"] for form in read(everything).all("form") if form["action"] == EXPORTS]
    jobs.run()
    there = ada.get(begun.headers["location"])
    assert "Finished" in words(there)
    assert "Entries of the activity log, as CSV" in words(there)
    assert ada.submit(there, begun.headers["location"]).headers["location"].startswith("https://")
    assert rows(ada.get(EXPORTS))[1][1:4] == ["Activity log, CSV", "Administrator", "Finished"]
    export_id = begun.headers["location"].rpartition("/")[2]
    content = file_at(jobs, shown(world, acme, export_id)["download_url"])
    assert [row["action"] for row in cells_in(content)] == [
        "connection.accepted",
        "connection.invited",
    ]


def test_days_that_are_wrong_are_told_at_their_fields(
    world: World, acme: Company, ada: Browser
) -> None:
    page = ada.get(LOG)
    token = read(page).all("input")[0]["value"]
    wrong = ada.post(f"{LOG}?from=yesterday", {"csrf_token": token, "format": "csv"})
    assert wrong.status == 422
    assert "The day must be written as in 2026-11-21." in words(wrong)
    assert world.log(acme, "&action=log.exported") == []


def test_another_form_or_none_exports_nothing(world: World, acme: Company, ada: Browser) -> None:
    token = read(ada.get(LOG)).all("input")[0]["value"]
    before = world.dump()
    assert ada.post(LOG, {"csrf_token": token, "format": "xml"}).status == 404
    assert ada.post(LOG, {"csrf_token": token}).status == 404
    assert ada.post(LOG, {"format": "csv"}).status == 403
    assert world.dump() == before


def test_a_manager_reads_the_log_and_sees_no_such_part(world: World, acme: Company) -> None:
    max_ = Browser(world).sign_in(acme, "manager")
    page = max_.get(LOG)
    assert heading(page) == "Activity Logs"
    assert "Export" not in words(page)
    token = read(page).all("input")[0]["value"]
    before = world.dump()
    refused = max_.post(LOG, {"csrf_token": token, "format": "csv"})
    assert refused.status == 403
    assert "Only Administrators may export the activity log" in words(refused)
    assert world.dump() == before
