"""People sign in for the first time while others do, or while somebody shuts them out."""

from functools import partial
from typing import Any

import pytest

from tests.proof.field import THREADS, Field, statuses
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 100
HALF = THREADS // 2
YES = "/sign-in/continue"


def added(field: Field, company: Company, number: int) -> dict[str, Any]:
    new = {"name": "New", "role": "editor", "send_invitation": False}
    email = f"new-{number}@{company.subdomain}.test"
    made = field.world.api("POST", "/users", new | {"email": email}, token=field.token(company))
    assert made.status == 201, made
    return dict(made.json)


def asked(field: Field, user: dict[str, Any], subject: str) -> tuple[Browser, Reply]:
    """Return a browser that came back from the issuer, and the page that asks it to go on."""
    browser = Browser(field.world)
    page = browser.come_back(browser.begin(), user["email"], sub=f"{subject} {user['user_id']}")
    assert YES in page.text, page
    return browser, page


def may_come_in(field: Field, browser: Browser) -> bool:
    reply = field.world.api("GET", "/me", cookies=browser.cookies)
    assert reply.status in {200, 401}, reply
    return reply.status == 200


def test_two_identities_with_one_address_say_yes_at_once(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    company = field.company()
    for number in range(count):
        user = added(field, company, number)
        people = [asked(field, user, ("one", "other")[n // HALF]) for n in range(THREADS)]
        replies = field.meet(*[partial(browser.submit, page, YES) for browser, page in people])
        halves = {tuple(statuses(replies[:HALF])), tuple(statuses(replies[HALF:]))}
        assert halves == {(303,) * HALF, (403,) * HALF}, replies
        within = [may_come_in(field, browser) for browser, _ in people]
        assert within == [reply.status == 303 for reply in replies]
        query = f"/activities?user_id={user['user_id']}&category=session"
        told = field.world.api("GET", query, token=field.token(company)).json["items"]
        actions = [entry["action"] for entry in told]
        assert (actions.count("session.bound"), actions.count("session.started")) == (1, HALF)
    proof.record(
        "two identities with one verified address are bound to one user, four browsers each",
        count,
        "rounds",
        "one is bound, once; the other signs in nowhere",
    )


def test_whoever_is_shut_out_while_signing_in_is_out(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    company = field.company()
    address = "/users/{user_id}"
    for number in range(count):
        user = added(field, company, number)
        people = [asked(field, user, "one") for _ in range(HALF)]
        out = {"status": "deactivated"}
        path = address.format(**user)
        shut = partial(field.world.api, "PATCH", path, out, token=field.token(company))
        replies = field.meet(*[partial(one.submit, page, YES) for one, page in people], shut)
        assert replies[-1].status == 200, replies
        assert not any(may_come_in(field, browser) for browser, _ in people)
    proof.record(
        "a user is deactivated while four browsers bind and start sessions",
        count,
        "rounds",
        "nobody is within afterwards",
    )
