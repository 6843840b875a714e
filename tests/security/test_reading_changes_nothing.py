"""Scanners of mail and browsers open links that nobody clicked: reading leaves the table as it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from scripts.pictures.tour import TOUR
from tests.support.api import Reply, template
from tests.support.browser import Browser
from tests.support.document import is_page
from tests.support.requests import requests_of
from tests.support.world import Company, World

READS = ("GET", "HEAD")
KEYS = [r.key for r in template().routes if r.key.startswith("GET ") and not is_page(r.key)]

ARE_ACTIVITIES = {
    "/accessible-accounts/{account_id}/organizations",
    "/console/in/{account_id}",
}
"""What a guest's own people open in a host's account stands in the host's log, these two lists
too: the host is to see who looked. It takes a session, which no scanner has, and changes no
access."""

ARE_ON_THE_RECORD = {"/activities/export?format=csv"}
"""Hands out much of the log at once, and says so in it. It takes a bearer token, or the token of our
own page beside the session: no scanner and no link from elsewhere has either. HEAD does not."""


class Place:
    """A host with a guest in every state, and the address of everything of theirs."""

    def __init__(self, world: World) -> None:
        self.world = world
        people = {"administrator": "administrator", "paula": "editor"}
        self.host = world.company(
            "acme", people, organizations=["Alder", "Birch"], groups={"Level 1": ["Alder"]}
        )
        self.guest = world.company("continuum", people)
        others = [world.company(name, people) for name in ("initech", "umbra")]
        active = world.connect(self.host, self.guest)
        self.used_link = world.outbox.to(self.guest.emails["administrator"]).token
        pending, asking = (
            world.invite(host, guest).json
            for host, guest in ((self.host, others[0]), (others[1], self.guest))
        )
        self.open_link = world.outbox.to(self.guest.emails["administrator"]).token
        self.ada = Browser(world).sign_in(self.host)
        self.nora = Browser(world).sign_in(self.guest)
        self.names: Mapping[str, str] = defaultdict(
            lambda: "unknown",
            acme=self.host.account_id,
            user=self.host.users["paula"],
            colleague=self.host.users["administrator"],
            technician=self.guest.users["paula"],
            group=self.host.groups["Level 1"],
            organization=self.host.organizations["Alder"],
            clinic=self.host.organizations["Birch"],
            far=self.host.organizations["Birch"],
            key=f"key_{self.host.key.split('_')[2]}",
            active=active["connection_id"],
            pending=pending["connection_id"],
            ended=pending["connection_id"],
            asking=asking["connection_id"],
            draft=self._draft("/console/connections/new", "subdomain=umbra"),
            change=self._draft(f"/console/connections/{active['connection_id']}", "question=role"),
            link_pending=self.open_link,
            link_accepted=self.used_link,
        )
        world.api("GET", "/users", token=self.host.key)  # a key's use is noted, once an hour

    def _draft(self, address: str, answer: str) -> str:
        page = self.ada.get(address)
        name, _, value = answer.partition("=")
        reply = self.ada.submit(page, address, **{name: value})
        assert reply.status == 303, reply
        return reply.headers["location"].split("/")[3]

    def of_programs(self) -> list[str]:
        """Return every address that programs read, invitations included."""
        return [
            request.address
            for link in (self.open_link, self.used_link)
            for request in requests_of(
                KEYS,
                self.host,
                connection_id=self.names["active"],
                link=link,
                guest_subdomain="umbra",
            )
        ]

    def addresses(self) -> list[str]:
        """Return every address that can be read, the pages of people included."""
        of_people = [stop.address.format_map(self.names) for stop in TOUR]
        found = dict.fromkeys([*self.of_programs(), *of_people])
        return [address for address in found if not address.startswith("/.local/")]

    def is_an_activity(self, address: str) -> bool:
        there = {one.format(account_id=self.host.account_id) for one in ARE_ACTIVITIES}
        return address in there

    def changed(self, before: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """Return the keys of the items that are not as they were."""
        now = self.world.dump()
        was = list(before)
        return [(i["pk"]["S"], i["sk"]["S"]) for i in [*now, *was] if i not in now or i not in was]


@pytest.fixture
def place(world: World) -> Place:
    return Place(world)


def test_a_scanner_without_a_session_changes_nothing(place: Place) -> None:
    before = place.world.dump()
    for address in place.addresses():
        for method in READS:
            for accept in ("text/html", "application/json"):
                reply = place.world.api(method, address, headers={"accept": accept})
                assert reply.status < 500, (address, reply)
    assert place.changed(before) == []


@pytest.mark.parametrize("who", ["ada", "nora"])
def test_a_scanner_in_somebodys_browser_changes_nothing(place: Place, who: str) -> None:
    browser: Browser = getattr(place, who)
    before, opened = place.world.dump(), 0
    for address in place.addresses():
        if who == "nora" and place.is_an_activity(address):
            continue
        for method in READS:
            reply = place.world.api(
                method, address, headers={"accept": "text/html"}, cookies=browser.cookies
            )
            assert reply.status < 500, (address, reply)
            opened += reply.status == 200
    assert place.changed(before) == []
    assert opened > len(place.addresses()) / 2


def test_a_programs_reading_changes_nothing(place: Place) -> None:
    callers: list[tuple[Company, str]] = [
        (place.host, place.world.token(place.host)),
        (place.guest, place.world.token(place.guest)),
        (place.host, place.host.key),
    ]
    before = place.world.dump()
    for company, token in callers:
        for address in place.of_programs():
            if company is place.guest and place.is_an_activity(address):
                continue
            for method in READS[address in ARE_ON_THE_RECORD :]:
                assert place.world.api(method, address, token=token).status < 500, address
    assert place.changed(before) == []


@pytest.mark.parametrize("address", sorted(ARE_ACTIVITIES))
def test_what_a_guest_opens_is_in_the_hosts_log_and_changes_nothing_else(
    place: Place, address: str
) -> None:
    before = place.world.dump()
    there = address.format(account_id=place.host.account_id)
    reply: Reply = place.nora.get(there)
    assert reply.status == 200
    changed = place.changed(before)
    assert [pk.rpartition("#")[0] for pk, _ in changed] == [f"{place.host.account_id}#LOG"]


@pytest.mark.parametrize("address", sorted(ARE_ON_THE_RECORD))
def test_what_a_program_takes_along_is_in_its_own_log_and_changes_nothing_else(
    place: Place, address: str
) -> None:
    before = place.world.dump()
    reply = place.world.api("GET", address, token=place.world.token(place.host))
    assert reply.status == 200
    mine = place.host.account_id
    attempt, entry = sorted(place.changed(before))
    # It reads much, so how often that is done in an hour is counted.
    assert (attempt[0], attempt[1].partition("#")[0]) == (f"{mine}#ATTEMPTS", "log export")
    assert entry[0].rpartition("#")[0] == f"{mine}#LOG"
