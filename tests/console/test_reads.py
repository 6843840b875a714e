"""What a page reads is in proportion to what it shows, however much there is besides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from gatehouse.store.engine import Table
from tests.console.clicking import answer, begin, draft_of, go
from tests.support.browser import Browser
from tests.support.world import Company, World


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count the calls to the table."""
    calls = [0]
    call = Table.call

    def counting(table: Table, request: Any) -> Any:
        calls[0] += 1
        return call(table, request)

    with patch.object(Table, "call", counting):
        yield calls


def reads(browser: Browser, address: str) -> int:
    with counted() as calls:
        assert browser.get(address).status == 200
    return calls[0]


@pytest.fixture
def one(world: World, acme: Company, continuum: Company) -> dict[str, str]:
    scope = {"group_ids": [acme.groups["Level 1"]], "all_organizations": False}
    return world.connect(acme, continuum, **scope)


def test_a_longer_list_takes_no_more_reads(
    world: World, acme: Company, ada: Browser, one: dict[str, str]
) -> None:
    before = reads(ada, "/console/connections")
    for n in range(6):
        world.invite(acme, world.company(f"guest{n}", {"administrator": "administrator"}))
    assert reads(ada, "/console/connections") == before
    assert before <= 8


def test_a_connections_page_takes_as_many_reads_as_it_has_parts(
    ada: Browser, one: dict[str, str]
) -> None:
    address = f"/console/connections/{one['connection_id']}"
    assert reads(ada, address) <= 14
    assert reads(ada, f"{address}/revoke") <= 10


def test_more_organizations_make_no_more_reads_of_the_picker(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    draft = draft_of(go(ada, answer(ada, begin(ada), maximum_role="editor")))
    address = f"/console/drafts/{draft}/grant"
    before = reads(ada, address), reads(ada, f"{address}?words=client")
    for n in range(60):
        body = {"name": f"Client {n}"}
        world.api("POST", "/organizations", body, token=world.token(acme))
    assert (reads(ada, address), reads(ada, f"{address}?words=client")) == (
        before[0],
        before[1] + 1,  # now there is something to show
    )
    # Each group that is offered is counted, all of them side by side.
    assert before[0] <= 8 + len(acme.groups)


def test_a_guests_lists_take_no_more_reads_the_more_hosts_have_invited_it(
    world: World, acme: Company, continuum: Company, one: dict[str, str]
) -> None:
    nora = Browser(world).sign_in(continuum)
    addresses = ("/console/hosts", "/console/accounts", "/incoming-connections", "/")

    def invited_by(name: str) -> None:
        host = world.company(name, {"administrator": "administrator"}, organizations=["One"])
        # With a direct grant, which is read too.
        terms = {"organization_ids": [host.organizations["One"]], "all_organizations": False}
        assert world.invite(host, continuum, **terms).status == 201

    invited_by("first")
    before = [reads(nora, address) for address in addresses]
    for n in range(6):
        invited_by(f"host{n}")
    assert [reads(nora, address) for address in addresses] == before
    assert max(before) <= 12


def test_where_people_work_each_host_is_looked_into_once(
    world: World, acme: Company, continuum: Company, one: dict[str, str]
) -> None:
    nora = Browser(world).sign_in(continuum)
    before = reads(nora, "/console/hosts")
    for n in range(3):
        host = world.company(f"host{n}", {"administrator": "administrator"}, organizations=["One"])
        world.connect(host, continuum)
    # The last use of each stands in that host's own log, and nowhere else.
    assert reads(nora, "/console/hosts") == before + 3


def test_a_guests_own_pages_take_as_many_reads_as_they_have_parts(
    world: World, acme: Company, continuum: Company, one: dict[str, str]
) -> None:
    nora, here = Browser(world).sign_in(continuum), f"/console/hosts/{one['connection_id']}"
    paula = Browser(world).sign_in(continuum, "paula")
    assert reads(nora, here) <= 18
    assert reads(nora, f"{here}/leave") <= 14
    assert reads(nora, f"{here}/log") <= 12
    assert reads(paula, "/console/accounts") <= 8
    before = reads(paula, f"/console/in/{acme.account_id}")
    assert before <= 12
    for n in range(60):
        body = {"name": f"Client {n}"}
        made = world.api("POST", "/organizations", body, token=world.token(acme)).json
        address = f"/groups/{acme.groups['Level 1']}/organizations/{made['organization_id']}"
        assert world.api("PUT", address, token=world.token(acme)).status == 204
    assert reads(paula, f"/console/in/{acme.account_id}") == before


def test_an_invitations_page_takes_as_many_reads_however_much_it_offers(
    world: World, acme: Company, continuum: Company
) -> None:
    world.invite(acme, continuum, all_organizations=True)
    (link,) = {
        line.strip()
        for mail in world.outbox.mails[:1]
        for line in mail.text.splitlines()
        if "/invitations/" in line
    }
    address = link.removeprefix("https://gatehouse.test")
    assert reads(Browser(world), address) <= 5
    nora = Browser(world).sign_in(continuum)
    assert reads(nora, address) <= 12
