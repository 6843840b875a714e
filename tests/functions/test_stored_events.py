"""The stored events: one at least for every function, each of the gateway's shape, all of them working."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local.demo import WORLD
from local.functions import Context
from local.loader import AccountLoader
from local.stored_events import FOLDER, STORY, Names, read_event
from local.trouble import Trouble
from local.world import read_world
from tests.support import issuer
from tests.support.api import handler_of, template
from tests.support.world import World

FILES = sorted(FOLDER.glob("*.json"))
OF_THE_GATEWAY = [file for file in FILES if "routeKey" in file.read_text(encoding="utf-8")]


class People:
    """Tokens from the issuer of the tests, links from their outbox."""

    def __init__(self, world: World) -> None:
        self._world = world

    def token(self, email: str) -> str | None:
        return issuer.access_token(email, self._world.clock.now())

    def link(self, email: str) -> str | None:
        mails = [mail for mail in self._world.outbox.mails if mail.to == email]
        return self._world.outbox.to(email).token if mails else None


@pytest.fixture
# The loader works side by side, which moto's tables do not bear.
def demo(real_world: World) -> Names:
    accounts = read_world(json.loads(json.dumps(WORLD)))
    tree = [AccountLoader(real_world.ports, issuer.identity_of, one).load() for one in accounts]
    return Names({"accounts": tree}, real_world.ports.store, People(real_world))


def call(stem: str, names: Names) -> Any:
    function = template().functions[stem.partition("-")[0]]
    event = read_event(FOLDER / f"{stem}.json", names)
    return handler_of(function.name)(event, Context(function.name, function.memory, 60))


def test_every_function_has_an_event() -> None:
    assert {file.stem.partition("-")[0] for file in FILES} == set(template().functions)
    assert set(template().functions) <= {file.stem for file in FILES}


def test_the_stored_events_tell_the_whole_story(demo: Names) -> None:
    assert {stem for stem, _ in STORY} == {file.stem for file in OF_THE_GATEWAY}
    for stem, status in STORY:
        answer = call(stem, demo)
        assert answer["statusCode"] == status, f"{stem}: {answer}"
        if stem == "authorize":
            assert json.loads(answer["body"])["decision"] is True
        if stem == "session-reach":
            assert json.loads(answer["body"])["items"]


def test_the_scheduled_event_runs_the_clean_up(demo: Names) -> None:
    assert call("cleanup", demo) == {"done": {}, "failed": 0, "finished": True}


def test_the_event_without_a_route_creates_an_account(real_world: World, demo: Names) -> None:
    made = call("create_account", demo)
    assert real_world.ports.store.accounts.owner("subdomain", "globex") == made["account_id"]


def test_the_event_without_a_route_sets_a_plan(demo: Names) -> None:
    answer = call("set_plan", demo)
    assert (answer["after"]["plan"], answer["after"]["seats"]["limit"]) == ("Business", 25)
    assert answer["after"]["seats"]["in_use"] == answer["before"]["seats"]["in_use"] == 10


def test_the_mail_service_reports_a_bounce_and_a_complaint(real_world: World, demo: Names) -> None:
    call("invite", demo)
    for report in ("deliveries", "deliveries-complaint"):
        assert call(report, demo) == {"noted": True}
        assert call(report, demo) == {"noted": False}


def test_a_name_that_the_world_does_not_have_is_said_in_a_sentence(demo: Names) -> None:
    with pytest.raises(Trouble, match=r"<connection acme/continuum>.*make invoke-invite"):
        call("grant", demo)


@pytest.mark.parametrize("file", OF_THE_GATEWAY, ids=lambda file: file.stem)
def test_an_event_is_of_a_route_of_its_function(file: Path) -> None:
    event = json.loads(file.read_text(encoding="utf-8"))
    function = template().functions[file.stem.partition("-")[0]]
    assert event["version"] == "2.0"
    assert event["routeKey"] == event["requestContext"]["routeKey"]
    assert event["routeKey"] in {route.key for route in function.routes}
    http = event["requestContext"]["http"]
    method, _, pattern = event["routeKey"].partition(" ")
    assert method in {http["method"], "ANY"}
    assert http["path"] == event["rawPath"]
    assert pattern.format(**event.get("pathParameters", {})) == event["rawPath"]
    assert (event.get("headers", {}).get("content-type") is None) is ("body" not in event)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_event_holds_no_secret(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"gh_[a-z2-7]{16}|eyJ[A-Za-z0-9_-]|[a-z2-7]{52}", text)


def test_the_queue_asks_for_a_job(demo: Names) -> None:
    assert call("transfer-import", demo)["statusCode"] == 202
    assert call("transfer", demo) == {demo.find("import", "acme"): "done"}
    assert json.loads(call("transfer-show", demo)["body"])["counts"]["created"] == 2


def test_the_stream_tells_of_an_entry(demo: Names) -> None:
    assert call("follow", demo) == {"entries": 1}
