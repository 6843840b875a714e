"""The log as a file: who gets it, and what is asked wrongly."""

from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.console import read
from tests.support.exports import (
    at_most,
    export_log,
    guest,
    host,
    own,
)
from tests.support.jobs import Jobs
from tests.support.world import Company, World


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


@pytest.fixture
def acme(world: World) -> Company:
    return host(world)


@pytest.fixture
def continuum(world: World) -> Company:
    return guest(world)


def test_nobody_but_an_administrator_exports_it(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    at_most(world, 0)
    export_id = export_log(world, acme).json["export_id"]
    callers = [world.token(acme, "max"), world.token(acme, "erin"), acme.key, continuum.key]
    world.api("GET", "/users", token=acme.key)  # a key's use is noted, once an hour
    world.api("GET", "/users", token=continuum.key)
    before = world.dump()
    for token in callers:
        for method in ("GET", "HEAD"):
            for query in ("format=csv", "format=nonsense", ""):
                reply = world.api(method, f"/activities/export?{query}", token=token)
                assert reply.status == 403, reply
    theirs = world.api("GET", f"/exports/{export_id}", token=world.token(continuum))
    assert theirs.status == 404
    assert world.dump() == before


def test_somebody_who_is_no_administrator_any_more_gets_nothing(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.ports.store.log.page
    token = world.token(acme)
    promoted = {"role": "administrator"}
    assert world.api("PATCH", f"/users/{acme.users['erin']}", promoted, token=token).status == 200
    erin = world.token(acme, "erin")

    def meanwhile(*arguments: Any) -> Any:
        found = page(*arguments)
        world.api("PATCH", f"/users/{acme.users['erin']}", {"role": "manager"}, token=token)
        return found

    monkeypatch.setattr(world.ports.store.log, "page", meanwhile)
    refused = world.api("GET", "/activities/export?format=csv", token=erin)
    assert refused.status in {403, 409}, refused
    monkeypatch.undo()
    assert own(world, acme) == []


def test_head_neither_begins_nor_records_anything(world: World, jobs: Jobs, acme: Company) -> None:
    at_most(world, 0)
    before = world.dump()
    reply = world.api("HEAD", "/activities/export?format=csv", token=world.token(acme))
    assert (reply.status, reply.text) == (200, "")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    wrong = world.api("HEAD", "/activities/export?format=xml", token=world.token(acme))
    assert wrong.status == 400
    assert world.dump() == before
    assert jobs.queued() == []


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("", 422, "/format"),
        ("format=", 422, "/format"),
        ("format=xml", 400, "/format"),
        ("format=csv&outcome=perhaps", 400, "/outcome"),
        ("format=csv&from=yesterday", 400, "/from"),
        ("format=csv&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", 400, "/from"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_by_name(
    world: World, acme: Company, query: str, status: int, pointer: str
) -> None:
    before = world.dump()
    refused = export_log(world, acme, query)
    assert refused.status == status
    assert [one["pointer"] for one in refused.json["errors"]] == [pointer]
    assert world.dump() == before


def test_a_link_from_elsewhere_exports_nothing(world: World, acme: Company) -> None:
    ada = Browser(world).sign_in(acme)
    before = world.dump()
    refused = ada.get("/activities/export?format=csv")
    assert (refused.status, refused.slug) == (403, "csrf-token-wrong")
    assert ada.get("/activities/export?format=csv", authorization="").status == 403
    assert world.dump() == before
    token = read(ada.get("/console/exports")).all("input")[0]["value"]
    assert ada.get("/activities/export?format=csv", **{"x-csrf-token": token}).status == 200
