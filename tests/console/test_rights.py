"""Everybody who could open a page × every page: shown or refused exactly as the table says."""

from collections.abc import Iterator

import pytest

from scripts.pictures.tour import TOUR
from tests.console.clicking import draft_of, up_to_check
from tests.console.rights import ROWS, Row
from tests.console.test_tour import page_of
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.cast import COLUMNS, DONE, REFUSED, Cast
from tests.support.console import read, words
from tests.support.memory import Memory
from tests.support.world import World


def names(cast: Cast, row: Row) -> dict[str, str]:
    """Return what stands for each name in the tour's addresses: what the row's owner has."""
    owner = cast.company(row.owner)
    return {
        "acme": cast.acme.account_id,
        "action": "print_password",
        "type": "password",
        "active": cast.active,
        "asking": cast.asking,
        "export": cast.export,
        "erasure": cast.erasure,
        **dict.fromkeys(("left", "erased"), f"{owner.users['administrator'][:-26]}{0:026}"),
        "import_looked_at": cast.awaited_import,
        "key": f"key_{owner.key.split('_')[2]}",
        "rotated": f"key_{owner.key.split('_')[2]}",
        "pending": cast.pending,
        "user": owner.users["colleague"],
        "self": owner.users["colleague"],
        "newcomer": owner.users["colleague"],
        "colleague": owner.users["colleague"],
        "technician": cast.continuum.users["edi"],
        "ruled": cast.continuum.users["edi"],
        "denied": cast.continuum.users["edi"],
        "group": owner.groups["Zymurgists"],
        "organization": owner.organizations["Xanthic Dyes"],
        "clinic": owner.organizations["Xanthic Dyes"],
        "far": owner.organizations["Birch"],
    }


def addresses(cast: Cast) -> Iterator[tuple[Row, str]]:
    """Return every page of the table at an address where its owner has something, by the tour."""
    ada, all_of_them = Browser(cast.world).sign_in(cast.acme), {"all_organizations": "on"}
    draft = draft_of(up_to_check(ada, cast.acme, "fernhill", **all_of_them))
    for row in ROWS.values():
        address = next(stop.address for stop in TOUR if page_of(stop.address) == row.page)
        yield row, address.format(**names(cast, row), draft=draft, change=draft)


def menu_of(page: Reply) -> set[str]:
    """Return which entries of the Account menu stand before what the page is about."""
    elements = read(page).elements
    before = elements[: [tag for tag, _ in elements].index("main")]
    links = {attributes["href"] for tag, attributes in before if tag == "a"}
    return {row.page for row in ROWS.values() if row.entry and row.page in links}


def test_everybody_sees_the_pages_and_the_menu_that_the_table_gives_them_and_no_more(
    world: World, moto_table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(world)
    for column in COLUMNS:
        page = world.api("GET", "/console", token=cast.token("acme", column))
        may_open = {row.page for row in ROWS.values() if row.entry and row.people[column] in DONE}
        assert menu_of(page) == may_open, column
    pages = list(addresses(cast))
    before = Memory(moto_table)
    before.read_directly(monkeypatch)
    for row, address in pages:
        for column, said in row.people.items():
            page = world.api("GET", address, token=cast.token(row.owner, column))
            assert page.status < 500, (row.page, column, page)
            where = (row.page, column, page.status, words(page)[:300] if page.text else page)
            assert page.status == (200 if said in DONE else REFUSED[said]), where
            if said == "·":
                assert "Ask an Administrator" in words(page), where
            if said == "own":
                cast.must_not_tell(row.owner, page)
        if row.page.startswith("/console/in/"):  # a guest's visit stands in the host's log
            before.restore()
    assert before.is_unchanged
