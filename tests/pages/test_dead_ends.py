"""Where an invitation leads nowhere, the page says why and whom to ask; a mistake of ours is loud."""

import pytest
from jinja2 import UndefinedError

from gatehouse.http.pages import page
from tests.pages.samples import (
    CSRF,
    HOSTILE_OFFER,
    MANAGER,
    OFFER,
    pages,
)
from tests.support.page import Document

PAGES = pages()
DEAD_ENDS = [name for name in PAGES if name.startswith("dead-end")]


def test_no_two_dead_ends_read_alike():
    mains = [Document(PAGES[name].body).said("main")[0] for name in DEAD_ENDS]
    assert len(set(mains)) == len(mains)


@pytest.mark.parametrize("name", DEAD_ENDS)
def test_every_dead_end_names_whom_to_ask(name):
    assert "Whom to ask:" in Document(PAGES[name].body).said("strong")


def test_already_accepted_names_the_winner_and_the_day():
    text = Document(PAGES["dead-end-already-accepted"].body).text
    assert "Ben Lima accepted it on 22 November 2026, 08:15 UTC." in text


def test_a_dead_invitation_is_not_said_to_wait():
    view = OFFER | {"state": "expired"}
    body = page("dead-end", cause="wrong-person", view=view, viewer=MANAGER, csrf=CSRF).body
    assert "still waits" not in body
    assert "still waits" in PAGES["dead-end-wrong-person"].body


@pytest.mark.parametrize("cause", ["wrong-person", "expired", "replaced", "revoked", "declined"])
def test_a_dead_end_needs_no_viewer(cause):
    assert page("dead-end", cause=cause, view=HOSTILE_OFFER).body


@pytest.mark.parametrize("name", ["dead-end", "sign-in-problem"])
def test_a_cause_without_words_is_a_mistake_of_ours(name):
    with pytest.raises(UndefinedError):
        page(name, cause="no-such-cause")


def test_a_page_without_what_it_tells_is_a_mistake_of_ours():
    with pytest.raises(UndefinedError):
        page("problem", detail="The store did not answer.")
