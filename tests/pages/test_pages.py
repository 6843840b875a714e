"""Pages are sound documents, keep to themselves, and show strangers' words as words."""

from collections import Counter
from itertools import pairwise

import pytest

from gatehouse.http.pages import page
from tests.mail.linkable import LINKABLE
from tests.mail.samples import HOSTILE_MESSAGE
from tests.pages.preview import write
from tests.pages.samples import (
    ADMINISTRATOR,
    CSRF,
    MANAGER,
    PREVIEW,
    TOKEN_PATH,
    pages,
)
from tests.support.page import Document

PAGES = pages()
every_page = pytest.mark.parametrize("body", [p.body for p in PAGES.values()], ids=PAGES)


# ------------------------------------------------------------------------------------- documents


@every_page
def test_a_page_has_one_heading_of_the_first_order_one_main_part_and_a_way_to_it(body):
    document = Document(body)
    assert len(document.said("h1")) == 1
    assert document.said("h1")[0]
    assert document.all("main") == [{"id": "main", "tabindex": "-1"}]
    assert document.all("a")[0] == {"class": "skip", "href": "#main"}
    assert document.all("html") == [{"lang": "en"}]


@every_page
def test_a_title_names_the_page_and_the_product(body):
    (title,) = Document(body).said("title")
    page_itself, _, product = title.rpartition(" \u2013 ")
    assert page_itself
    assert product == "Gatehouse"


@every_page
def test_ids_are_used_once_and_references_lead_somewhere(body):
    document = Document(body)
    assert set(document.ids.values()) == {1}
    for _, attributes in document.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert set(attributes.get(name, "").split()) <= set(document.ids)


@every_page
def test_a_page_styles_nothing_in_line_and_runs_nothing(body):
    document = Document(body)
    tags = {tag for tag, _ in document.elements}
    assert {"script", "style", "iframe", "img", "base", "object"}.isdisjoint(tags)
    for _, attributes in document.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


@every_page
def test_every_address_is_our_own(body):
    for _, attributes in Document(body).elements:
        for name in ("href", "src", "action"):
            address = attributes.get(name, "#")
            assert address.startswith(("/", "#"))
            assert not address.startswith("//")


@every_page
def test_every_form_is_posted_with_its_csrf_token(body):
    document = Document(body)
    tokens = [i for i in document.all("input") if i["name"] == "csrf_token"]
    assert [form["method"] for form in document.all("form")] == ["post"] * len(tokens)
    assert all(token["value"] == CSRF for token in tokens)


@every_page
def test_every_field_has_a_label(body):
    document = Document(body)
    visible = [*document.all("textarea"), *document.all("select")]
    visible += [i for i in document.all("input") if i["type"] != "hidden"]
    labels = {label["for"] for label in document.all("label")}
    assert {field["id"] for field in visible} == labels


@every_page
def test_every_table_has_a_caption_scoped_headers_and_a_row_header(body):
    document = Document(body)
    assert len(document.said("caption")) == len(document.all("table"))
    scopes = Counter(th.get("scope") for th in document.all("th"))
    assert set(scopes) <= {"col", "row"}
    rows = len(document.all("tr")) - len(document.all("thead"))
    assert scopes["row"] == rows
    regions = [a for _, a in document.elements if a.get("class") == "scroll"]
    assert [r["tabindex"] for r in regions] == ["0"] * len(document.all("table"))


@pytest.mark.parametrize("name", [name for name in PAGES if "hostile" not in name])
def test_a_page_never_begs_blames_or_asks_twice(name):
    text = Document(PAGES[name].body).text.lower()
    for word in ("please", "sorry", "invalid", "forbidden", "are you sure", "oops", "click here"):
        assert word not in text


@pytest.mark.parametrize("name", PAGES)
def test_what_is_an_error_says_so_in_its_title(name):
    (title,) = Document(PAGES[name].body).said("title")
    assert title.startswith("Error: ") == name.startswith(("problem", "sign-in-problem"))


def test_all_of_them_can_be_written_to_look_at(tmp_path):
    assert set(write(tmp_path)) >= {f"{name}.html" for name in PAGES}
    assert (tmp_path / "assets" / "gatehouse.css").exists()


# --------------------------------------------------------------------------------------- strangers


@pytest.mark.parametrize("name", [name for name in PAGES if "hostile" in name])
def test_hostile_words_add_no_element_and_no_attribute(name):
    calm = {
        "invitation-hostile": "invitation",
        "dead-end-hostile": "dead-end-already-accepted",
        "problem-hostile": "problem",
        "user-invitation-hostile": "user-invitation-open",
    }[name]
    given, expected = Document(PAGES[name].body), Document(PAGES[calm].body)
    assert {tag for tag, _ in given.elements} <= {tag for tag, _ in expected.elements} | {
        "ul",
        "li",
    }
    names = {key for _, attributes in expected.elements for key in attributes}
    assert {key for _, attributes in given.elements for key in attributes} <= names


def test_no_address_of_a_hostile_message_survives():
    (quoted,) = Document(PAGES["invitation-hostile"].body).said("blockquote")
    assert "evil" in quoted
    assert LINKABLE.search(HOSTILE_MESSAGE)
    assert not LINKABLE.search(quoted)


def test_hostile_words_are_never_taken_for_a_template():
    assert "{{ 7 * 7 }}" in PAGES["invitation-hostile"].body


@pytest.mark.parametrize("name", PAGES)
def test_no_character_of_a_page_hides_or_turns_text(name):
    hidden = {c for c in PAGES[name].body if not c.isprintable()} - {"\n"}
    assert hidden == set()


def test_a_person_without_a_visible_name_still_has_a_row():
    assert '<th scope="row">—</th>' in PAGES["invitation-hostile"].body


# -------------------------------------------------------------------------------------- invitation


def test_the_invitation_tells_in_the_order_of_the_questions():
    text = Document(PAGES["invitation"].body).text
    order = [
        "Acme MSP invites Continuum",
        "Invited by",
        "Answer by",
        "Who gets in, and as what",
        "What they reach",
        "What Acme MSP will see",
        "Dana Reyes wrote:",
        "Accept and let 19 people of Continuum in",
        "Decline the invitation",
    ]
    places = [text.index(words) for words in order]
    assert all(here < there for here, there in pairwise(places))


def test_the_invitation_shows_every_person_with_the_role_they_get():
    body = PAGES["invitation"].body
    assert (
        '<th scope="row">Chloé Lima</th><td class="whole">Manager</td><td class="whole">Editor</td>'
        in body
    )
    assert body.count("No access</td>") == 6


def test_without_people_the_invitation_shows_what_each_role_becomes():
    document = Document(PAGES["invitation-without-people"].body)
    assert len(document.all("table")) == 1
    assert "Accept and let people of Continuum in" in document.said("button")


def test_accepting_and_declining_carry_the_offer_that_was_read():
    document = Document(PAGES["invitation"].body)
    actions = [form["action"] for form in document.all("form")]
    assert actions == ["/sign-out", f"{TOKEN_PATH}/accept", f"{TOKEN_PATH}/decline"]
    assert [i["value"] for i in document.all("input") if i["name"] == "etag"] == ['"7"', '"7"']


@pytest.mark.parametrize("viewer", [None, MANAGER])
def test_nobody_else_sees_people_organizations_or_a_way_to_answer(viewer):
    # Even if the whole preview were handed in.
    body = page(
        "invitation",
        view=PREVIEW,
        viewer=viewer,
        token_path=TOKEN_PATH,
        sign_in_url="/sign-in",
    ).body
    for secret in ("Grace Lima", "Northwind", "/accept", "/decline", "etag"):
        assert secret not in body
    for known in ("Acme MSP", "Continuum", "Dana Reyes", "Editor", "2 organizations", "Pending"):
        assert known in body


def test_signed_out_there_is_one_thing_to_do():
    document = Document(PAGES["invitation-signed-out"].body)
    assert document.all("form") == []
    assert "Sign in to answer" in document.said("a")


def test_an_offer_that_is_no_longer_pending_cannot_be_answered():
    body = page(
        "invitation",
        view=PREVIEW | {"state": "expired"},
        viewer=ADMINISTRATOR,
        csrf=CSRF,
        token_path=TOKEN_PATH,
        sign_in_url="/sign-in",
    ).body
    assert "/accept" not in body


def test_one_person_is_one_person():
    view = PREVIEW | {"people": PREVIEW["people"][:1]}
    body = page(
        "invitation",
        view=view,
        viewer=ADMINISTRATOR,
        csrf=CSRF,
        token_path=TOKEN_PATH,
        sign_in_url="/sign-in",
    ).body
    assert "Accept and let 1 person of Continuum in" in body
