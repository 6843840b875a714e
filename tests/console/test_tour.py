"""The tour, which pictures and browser tests go by, leaves no page out."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from local.routing import RouteTable
from scripts.pictures.tour import TOUR
from tests.console.clicking import draft_of, up_to_check
from tests.console.rights import ROWS
from tests.support.api import Reply, template
from tests.support.browser import Browser
from tests.support.console import read
from tests.support.document import is_page
from tests.support.world import Company, World

ROUTES = RouteTable(template().routes)


def page_at(address: str) -> str | None:
    """Return which page stands at an address: its route's path, and of steps which; None if none."""
    path = urlsplit(address).path
    found = ROUTES.find("GET", path)
    if found is None:
        return None
    route, parameters = found
    return route.path.replace("{step}", parameters.get("step", ""))


def page_of(stop: str) -> str | None:
    """Return which page a stop of the tour is at, by its address with names in it."""
    return page_at(stop.replace("{", "").replace("}", ""))


ON_TOUR = {page_of(stop.address) for stop in TOUR}


def ways_on(address: str, page: Reply) -> Iterator[str]:
    """Return where the links and the searches of a page lead."""
    document = read(page)
    links = [one["href"] for one in document.all("a")]
    forms = [one["action"] for one in document.all("form") if one["method"] == "get"]
    yield from (urljoin(address, one) for one in [*links, *forms])


def pages_from(browser: Browser, *starts: str) -> set[str]:
    """Go wherever links lead, to each page once; return the pages."""
    left, seen = list(starts), set[str]()
    while left:
        address = left.pop()
        page = page_at(address)
        assert page, f"a link leads nowhere: {address}"
        if page in seen or page.startswith(("/sign-", "/assets/")):
            continue
        seen.add(page)
        reply = browser.get(address)
        assert reply.status in {200, 422}, (address, reply)  # a form sent empty says so
        left += ways_on(address, reply)
    return seen


def test_every_route_of_the_console_is_on_the_tour() -> None:
    pages = {route.path for route in template().routes if is_page(route.key)}
    assert pages
    steps = {page for page in pages if page.endswith("/{step}")}
    assert pages - steps - ON_TOUR == set()
    for route in steps:
        start = route.removesuffix("{step}")
        assert [page for page in ON_TOUR if page and page.startswith(start)], route


def test_every_page_on_the_tour_has_its_row_in_the_table_of_rights() -> None:
    pages = {page for page in ON_TOUR if page and f"{page}/".startswith("/console/")}
    missing = sorted(page for page in pages - ROWS.keys() if not page.endswith("/nothing"))
    rows = [
        f"{page:<48} yes  ·   ·   ·   ·   ·   ·   ·  | {there}  ·  | {there}"
        for page in missing
        for there in ["404" if "{" in page else "own"]
    ]
    assert not missing, (
        "PAGES in tests/console/rights.py does not say who sees these pages. Add to it, with the "
        "words that the product's rules give, under the entry of the menu that they belong to:\n"
        + "\n".join(rows)
        + "\nand to `names` in tests/console/test_rights.py what their addresses need."
    )
    assert ROWS.keys() <= pages, f"there are no such pages: {sorted(ROWS.keys() - pages)}"


def test_whatever_a_link_leads_to_is_on_the_tour(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    draft = draft_of(up_to_check(ada, acme))
    world.connect(acme, continuum, all_organizations=False, group_ids=[acme.groups["Level 1"]])
    initech = world.company("initech", {"administrator": "administrator"})
    for host, guest in ((acme, initech), (initech, continuum)):
        assert world.invite(host, guest).status == 201
    world.decide(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    nora, paula = (Browser(world).sign_in(continuum, name) for name in ("administrator", "paula"))
    found = pages_from(ada, "/", f"/console/drafts/{draft}/check")
    found |= pages_from(nora, "/") | pages_from(paula, "/")
    assert found - ON_TOUR == set()
    assert len(found) > 40
