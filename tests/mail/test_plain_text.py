"""Nothing that a stranger wrote can be clicked, hidden, or made to look like something else."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.utils import urlize

from gatehouse.domain.plain_text import NAME_LIMIT, clean, defang, one_line
from tests.mail.linkable import LINKABLE
from tests.mail.samples import HOSTILE_MESSAGE, HOSTILE_NAME

PIECES = [
    *("http", "hxxp", "HTTPS", "ftp", "javascript", "data", "mailto", "www", "evil", "com", "co"),
    *("example", "1", "192", "0", "x", "xn--e1a", "É", "です", "\u0300", "😀"),
    *("://", ":", "/", "//", "\\", "\\\\", ".", "..", "@", "[", "]", "[.]", "[:]", "(", "<", ">"),
    *("\u3002", "\uff0e", "\uff61", "\u2024", "\uff1a", "\uff0f", "\uff20", "\uff57"),
    *(" ", "\n", "\t", "\r\n", "\u200b", "\u202e", "\u2060", "\u00ad", "\x00", "\u2028", "-", "_"),
]
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
)


@given(TEXTS)
def test_nothing_of_a_defanged_text_is_a_link(text):
    assert not LINKABLE.search(defang(text))


@given(TEXTS)
def test_an_unrelated_link_maker_finds_no_link_in_a_defanged_text(text):
    assert "<a " not in urlize(defang(text), extra_schemes=["ftp:", "mailto:", "tel:"])


@given(TEXTS)
def test_defanging_twice_is_defanging_once(text):
    assert defang(defang(text)) == defang(text)


@given(TEXTS)
def test_a_defanged_text_has_only_characters_that_show(text):
    hidden = {c for c in defang(text) if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert hidden <= {"\n"}


@given(TEXTS)
def test_a_name_is_one_line_that_is_never_empty_nor_too_long(text):
    name = one_line(text)
    assert name.splitlines() == [name]
    assert name.strip()
    assert len(name) <= NAME_LIMIT


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzÄéß ,;!?'()-\n", max_size=200))
def test_ordinary_words_stay_as_they_are(text):
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    assert defang(text) == re.sub(r"\n{3,}", "\n\n", lines).strip()


@given(st.text(alphabet="²³éüñ½™ab", max_size=50))
def test_superscripts_and_accents_survive_cleaning(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://example.com/a?b=1", "hxxps://example[.]com/a?b=1"),
        ("HTTP://EXAMPLE.COM", "hxxp://EXAMPLE[.]COM"),
        ("http://localhost:8000", "hxxp://localhost[:]8000"),
        ("http://2130706433/", "hxxp://2130706433/"),
        ("www.example.com", "www[.]example[.]com"),
        ("www.3com", "www[.]3com"),
        ("bit.ly/x", "bit[.]ly/x"),
        ("ana@example.com", "ana[@]example[.]com"),
        ("mailto:ana@example.com", "mailto[:]ana[@]example[.]com"),
        ("192.0.2.1/x", "192[.]0[.]2[.]1/x"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("JavaScript: alert(1)", "JavaScript[:] alert(1)"),
        ("1javascript:alert(1)", "1javascript[:]alert(1)"),
        ("java\u200dscript:x", "javascript[:]x"),
        ("data:text/html,x", "data[:]text/html,x"),
        ("file://server/a", "file[:]//server/a"),
        (r"\\server\a", r"[\\]server\a"),
        ("ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ", "hxxp://evil[.]com"),  # noqa: RUF001
        ("evil\u2024com", "evil[.]com"),
        ("evil\u3002com", "evil\u3002 com"),
        ("https://münchen.de", "hxxps://münchen[.]de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya[.]de"),
        ("[evil.com](https://evil.com)", "[evil[.]com](hxxps://evil[.]com)"),
        ("\u202emoc.live\u202c", "moc[.]live"),
        ("hxxps://example[.]com", "hxxps://example[.]com"),
        ("At 10:30, version 2.1.3, 3.5 GB, e.g. J.R. Smith.",) * 2,
        ("C:\\Temp", "C[:]\\Temp"),
        ("a\r\nb\x0bc\u2028d\n\n\n\n\ne", "a\nb\nc\nd\n\ne"),
    ],
)
def test_how_it_is_shown(written, shown):
    assert defang(written) == shown


def test_a_name_of_nothing_visible_gives_way_to_another():
    assert one_line("\u200b\u202e \u3164", otherwise="acme") == "acme"


def test_a_long_name_ends_in_an_ellipsis():
    assert one_line("x" * 500) == "x" * (NAME_LIMIT - 1) + "…"


@pytest.mark.parametrize("text", [HOSTILE_MESSAGE, HOSTILE_NAME])
def test_the_hostile_samples_are_hostile_and_come_out_harmless(text):
    assert LINKABLE.search(text)
    assert not LINKABLE.search(defang(text))


@pytest.mark.parametrize("unit", ["a", "1", "a.", "a:", ":", "@", "\\", "\u3002", "www."])
def test_the_work_grows_with_the_length_of_the_text_and_not_faster(unit):
    # A quadratic pattern takes minutes here; the suite's own limit would stop it.
    assert len(defang(unit * 60_000)) >= 60_000
