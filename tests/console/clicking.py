"""Click through the console: answer the question of a page, follow where a form leads."""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import read
from tests.support.world import Company

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7 * 7 }}'


def go(browser: Browser, reply: Reply) -> Reply:
    """Follow where a form led."""
    assert reply.status == 303, reply
    page = browser.get(reply.headers["location"])
    assert page.status == 200, page
    return page


def begin(browser: Browser, subdomain: str = "continuum") -> Reply:
    """Answer the first question; return the second one's page."""
    page = browser.get("/console/connections/new")
    return go(browser, browser.submit(page, "/connections/new", subdomain=subdomain))


def answer(browser: Browser, page: Reply, **fields: str) -> Reply:
    """Answer the question of a page of a draft, as it stands with what was answered before."""
    (action,) = (form["action"] for form in read(page).all("form") if "/drafts/" in form["action"])
    ticked = {i["name"]: "on" for i in read(page).all("input") if ticks(i)}
    return browser.submit(page, action, **{**ticked, **fields})


def ticks(field: dict[str, str]) -> bool:
    return field["type"] == "checkbox" and "checked" in field and "disabled" not in field


def up_to_check(
    browser: Browser, acme: Company, subdomain: str = "continuum", **chosen: str
) -> Reply:
    """Answer every question; return the check page."""
    page = go(browser, answer(browser, begin(browser, subdomain), maximum_role="editor"))
    chosen = chosen or {f"organization.{acme.organizations['Cedar']}": "on"}
    page = go(browser, answer(browser, page, next="continue", **chosen))
    return go(browser, answer(browser, page, message="Welcome aboard"))


def draft_of(page: Reply) -> str:
    found = re.search(r"/console/drafts/(drf_\w+)/", page.text)
    assert found
    return found[1]


def address(connection: Mapping[str, Any]) -> str:
    """Return where a connection's page is."""
    return f"/console/connections/{connection['connection_id']}"
