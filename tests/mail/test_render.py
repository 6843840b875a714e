"""Each mail states its facts, twice the same, and carries nothing of a stranger's to click."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gatehouse.domain.mailing import MailKind
from gatehouse.domain.roles import Role, actions_allowed
from gatehouse.http.pages import asset
from gatehouse.mail.render import render
from tests.mail.linkable import LINKABLE
from tests.mail.samples import (
    ACCOUNT_LETTERS,
    HOSTILE,
    HOSTILE_ACCOUNT_LETTERS,
    INVITATION,
    LETTERS,
    LINK,
    NOTICES,
    USER_INVITATION,
)


class Parts(HTMLParser):
    """The elements, addresses and texts of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str | None] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data):
        if self.tags[-1:] != ["style"] and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


MAILS = LETTERS | ACCOUNT_LETTERS
HOSTILE_MAILS = HOSTILE | HOSTILE_ACCOUNT_LETTERS
every_letter = pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
every_mail = pytest.mark.parametrize("letter", MAILS.values(), ids=MAILS)
every_hostile_letter = pytest.mark.parametrize("letter", HOSTILE.values(), ids=HOSTILE)
every_hostile_mail = pytest.mark.parametrize("letter", HOSTILE_MAILS.values(), ids=HOSTILE_MAILS)
every_notice = pytest.mark.parametrize("letter", NOTICES.values(), ids=NOTICES)


def test_every_kind_has_a_sample_for_each_side_that_receives_it():
    told = {(letter.kind, letter.side) for letter in LETTERS.values()}
    notices = {(k, s) for k in MailKind if k.is_of_connection for s in ("host", "guest")}
    assert told == notices - {(MailKind.INVITATION, "host")}
    own = {letter.kind for letter in ACCOUNT_LETTERS.values()}
    assert own == {kind for kind in MailKind if not kind.is_of_connection}


@every_letter
def test_both_companies_role_and_scope_stand_in_both_parts(letter):
    mail = render(letter)
    for text in (mail.text, Parts(mail.html).text):
        for fact in ("Acme MSP (acme)", "Continuum", "Editor", "2 organizations"):
            assert fact in text


@every_mail
def test_what_the_html_part_says_the_text_part_says(letter):
    mail = render(letter)
    brand, preheader, way_in = "Gatehouse", Parts(mail.html).texts[1], "Or open this address:"
    said = [text for text in Parts(mail.html).texts if text not in {brand, preheader, way_in}]
    assert not [text for text in said if text not in mail.text]


@every_mail
def test_what_the_text_part_says_the_html_part_says(letter):
    mail = render(letter)
    said = Parts(mail.html).text
    phrases = {phrase.strip("> :") for phrase in re.split(r"\n| {2,}", mail.text)}
    assert not {phrase for phrase in phrases - {"--"} if phrase not in said}


@every_notice
def test_a_notice_carries_no_address_at_all(letter):
    mail = render(letter)
    assert Parts(mail.html).addresses == []
    assert "://" not in mail.text
    assert "://" not in mail.html


@every_notice
def test_a_notice_says_where_to_look(letter):
    place = "open Connections, Continuum" if letter.side == "host" else "open Who let us in, Acme"
    assert place in render(letter).text


def test_each_side_reads_a_subject_of_its_own():
    subjects = [render(letter).subject for letter in MAILS.values()]
    assert len(set(subjects)) == len(subjects)


def test_the_invitation_has_one_button_and_the_address_in_full():
    parts = Parts(render(INVITATION).html)
    assert parts.addresses == [LINK, LINK]
    assert parts.texts.count("Read the invitation") == 1
    assert LINK in parts.texts


def test_a_user_invitation_says_who_added_whom_as_what_until_when_and_leads_to_one_place():
    mail = render(USER_INVITATION)
    for text in (mail.text, Parts(mail.html).text):
        for fact in ("Ana Lima", "Continuum (continuum)", "Manager", "22 November 2026, 10:00 UTC"):
            assert fact in text
    parts = Parts(mail.html)
    assert parts.addresses == [USER_INVITATION.link] * 2
    assert mail.text.splitlines().count(str(USER_INVITATION.link)) == 1
    assert mail.text.count("://") == 1


def test_a_key_that_is_about_to_be_revoked_is_told_with_its_last_use_and_the_day():
    text = render(ACCOUNT_LETTERS["key-unused"]).text
    for fact in (
        "API key:       Documentation",
        "Last used:     25 August 2026, 09:00 UTC",
        "Revoked on:    1 December 2026, 10:00 UTC",
    ):
        assert fact in text.splitlines()
    assert "Last used:     Never" in render(ACCOUNT_LETTERS["key-revoked"]).text.splitlines()


@pytest.mark.parametrize("name", ["key-unused", "key-revoked"])
def test_a_notice_of_an_account_carries_no_address_and_says_where_to_look(name):
    mail = render(ACCOUNT_LETTERS[name])
    assert Parts(mail.html).addresses == []
    assert "://" not in mail.text
    assert "open API keys" in mail.text


@pytest.mark.parametrize("change", [{"link": None}, {"expires_at": None}])
def test_a_user_invitation_without_link_or_expiry_is_not_written(change):
    with pytest.raises(ValueError, match="has a link and an expiry"):
        render(replace(USER_INVITATION, **change))


def test_the_link_stands_alone_on_its_line():
    assert render(INVITATION).text.splitlines().count(LINK) == 1
    assert render(INVITATION).text.count("://") == 1


def test_the_invitation_states_what_is_offered_by_whom_and_until_when():
    mail = render(INVITATION)
    for text in (mail.text, Parts(mail.html).text):
        for fact in ("Dana Reyes", "28 November 2026, 10:00 UTC", "Dana Reyes wrote:"):
            assert fact in text
    assert "> Welcome aboard.\n>\n> The night shift starts on Monday.\n" in mail.text


@pytest.mark.parametrize(
    ("own", "effective"),
    [
        ("Administrator", "Editor"),
        ("Manager", "Editor"),
        ("Editor", "Editor"),
        ("Creator", "Creator"),
        ("Read-only", "Read-only"),
        ("Lite", "No access"),
    ],
)
def test_the_invitation_says_what_the_maximum_role_editor_means(own, effective):
    mail = render(INVITATION)
    assert [own, effective] in [re.split(r" {2,}", line) for line in mail.text.splitlines()]
    assert f">{own}</td>" in mail.html


@pytest.mark.parametrize(
    ("count", "everything", "words"),
    [
        (1, False, "1 organization"),
        (20_000, False, "20,000 organizations"),
        (40, True, "all current and future organizations"),
    ],
)
def test_the_scope_stands_in_words(count, everything, words):
    mail = render(replace(INVITATION, organization_count=count, all_organizations=everything))
    assert f"Where:         {words}" in mail.text.splitlines()
    assert words in Parts(mail.html).texts


def test_the_invitation_says_how_to_answer_without_trusting_the_mail():
    text = render(INVITATION).text
    assert "Opening the link changes nothing." in text
    assert "sign in to Gatehouse as you always do, and open Who let us in." in text


def test_the_preheader_states_facts():
    assert Parts(render(INVITATION).html).texts[1] == (
        "As at most Editor, in 2 organizations. Answer by 28 November 2026, 10:00 UTC."
    )


def test_no_message_leaves_no_empty_quote():
    mail = render(replace(INVITATION, message=" \n\u200b"))
    assert "wrote:" not in mail.text
    assert "wrote:" not in mail.html


def test_somebody_without_a_visible_name_is_somebody():
    assert "Somebody of Acme MSP" in render(replace(INVITATION, actor_name="\u200b")).text


def test_a_company_without_a_visible_name_is_its_subdomain():
    assert render(replace(INVITATION, host_name="\u202e")).subject.startswith("acme invites")


@pytest.mark.parametrize("change", [{"side": "host"}, {"link": None}, {"expires_at": None}])
def test_an_invitation_without_link_or_expiry_or_for_the_host_is_not_written(change):
    with pytest.raises(ValueError, match="goes to the guest only"):
        render(replace(INVITATION, **change))


@every_hostile_mail
def test_a_hostile_subject_is_one_line_without_a_control_character(letter):
    subject = render(letter).subject
    assert subject.isprintable()
    assert len(subject) < 600


@every_hostile_mail
def test_no_address_of_a_hostile_text_survives(letter):
    mail = render(letter)
    parts = Parts(mail.html)
    ours = letter.link or LINK
    assert set(parts.addresses) <= {ours}
    for text in (mail.subject, mail.text, parts.text):
        assert not LINKABLE.search(text.replace(ours, ""))


@every_hostile_mail
def test_a_hostile_text_adds_no_element_and_no_attribute(letter):
    calm = Parts(render(LETTERS["invitation-guest"]).html)
    hostile = Parts(render(letter).html)
    assert set(hostile.tags) <= set(calm.tags)
    assert hostile.attributes <= calm.attributes


@every_hostile_letter
def test_a_hostile_text_is_never_taken_for_a_template(letter):
    mail = render(letter)
    assert "49" not in mail.text
    if letter.message and letter.kind in {MailKind.INVITATION, MailKind.DECLINED}:
        assert "{{ 7 * 7 }}" in mail.text


@every_hostile_letter
def test_a_hostile_message_stays_behind_its_quote_marks(letter):
    lines = render(letter).text.splitlines()
    assert all(line.startswith(">") for line in lines if "Act now" in line)


@every_mail
def test_a_mail_loads_nothing_and_runs_nothing(letter):
    parts = Parts(render(letter).html)
    assert {"script", "img", "link", "form", "input", "iframe"}.isdisjoint(parts.tags)
    assert not {name for name in parts.attributes if name.startswith("on")}
    assert "url(" not in render(letter).html


@pytest.mark.parametrize("maximum", [role for role in Role if role is not Role.LITE])
def test_every_maximum_role_is_named_as_people_read_it(maximum):
    mail = render(replace(INVITATION, maximum_role=maximum))
    may = ", ".join(actions_allowed(maximum))
    assert f"At most:       {maximum.label}: {may}" in mail.text.splitlines()


def test_a_mail_has_the_colours_of_the_pages_in_both_themes():
    stylesheet = asset("gatehouse.css")
    assert stylesheet
    light, dark = (
        {_long(colour) for colour in re.findall(r"--[\w-]+: (#\w+);", block)}
        for block in re.findall(r":root \{(.*?)\}", stylesheet.content.decode(), re.DOTALL)
    )
    html = render(INVITATION).html
    style, body = html.split("</style>")
    used = {_long(colour) for colour in re.findall(r"#[0-9a-f]{3,6}\b", body)}
    assert used <= light, used - light
    used = {_long(colour) for colour in re.findall(r"#[0-9a-f]{3,6}\b", style)}
    assert used <= dark, used - dark
    # The button too: what is white on blue in the light is dark on light blue in the dark.
    assert body.count('class="button"') == 2


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
