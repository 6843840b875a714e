"""Erasing somebody from the log on pages: what it means, the button, how far it is."""

import pytest

from tests.support.browser import Browser
from tests.support.cleanup import run_cleanup
from tests.support.console import heading, read, words
from tests.support.jobs import Jobs
from tests.support.world import Company, World


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


def test_an_administrator_erases_somebody_who_has_left_and_watches_it(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    ada = Browser(world).sign_in(acme)
    editor = acme.users["editor"]
    page = f"/console/users/{editor}/erase"
    here = ada.get(page)
    assert "is still a user of your account" in words(here)
    assert not [form for form in read(here).all("form") if form["action"] == page]
    assert world.api("DELETE", f"/users/{editor}", token=world.token(acme)).status == 204
    asked = ada.get(page)
    assert "There is no way back." in words(asked)
    begun = ada.submit(asked, "/erase")
    assert begun.status == 303, begun
    address = begun.headers["location"]
    assert "The erasure has begun." in words(ada.get(address))
    jobs.run()
    world.clock.advance(minutes=3)
    run_cleanup()
    jobs.run()
    done = ada.get(address)
    assert heading(done).startswith("Erasure of ")
    assert "Finished" in words(done)
    log = ada.get("/console/log?action=user.deleted")
    assert "Administrator deleted somebody whose name was erased." in words(log)
    assert "What was somebody's own left this entry on" in words(log)
    other = acme.users["creator"]
    elsewhere = address.replace(editor, other)
    assert ada.get(elsewhere).status == 404
    assert Browser(world).sign_in(acme, "manager").get(page).status == 403
    assert Browser(world).sign_in(continuum).get(page).status == 404


def test_the_log_of_days_to_come_counts_none(world: World, acme: Company) -> None:
    ada = Browser(world).sign_in(acme)
    assert "No entry matches" in words(ada.get("/console/log?from=2027-01-01&to=2027-01-02"))
