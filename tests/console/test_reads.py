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
    assert before[0] <= 8
