"""What the log says in sentences, where an entry is unusual."""

import re
from pathlib import Path

import pytest

from gatehouse.domain.activity import Actor, Category, Outcome, Resource
from gatehouse.domain.sentences import Names, reason_in_words, sentence_of
from tests.support.people import an_activity

NAMES = Names()
KINDS = "user|group|organization|account|host|key|session|import|export"
WRITTEN = re.compile(rf'"((?:{KINDS})\.[a-z_]+)"')
"""How a use case names what it keeps in the log."""


def _kept() -> list[str]:
    files = Path("layers/common/python/gatehouse/usecases").rglob("*.py")
    return sorted({name for file in files for name in WRITTEN.findall(file.read_text("utf-8"))})


@pytest.mark.parametrize("action", _kept())
def test_everything_a_use_case_keeps_has_words_of_its_own(action: str) -> None:
    assert action not in sentence_of(an_activity(category=Category.DIRECTORY, action=action), NAMES)


def test_the_names_of_what_is_kept_are_found() -> None:
    assert {"user.created", "key.revoked", "import.finished", "export.downloaded"} <= set(_kept())


def test_what_has_no_words_of_its_own_is_told_by_its_name() -> None:
    entry = an_activity(category=Category.DIRECTORY, action="user.moved")
    assert sentence_of(entry, NAMES) == "Sam of another company did “user.moved”"


def test_an_application_is_called_one() -> None:
    entry = an_activity(actor=Actor("key", "Portal"), category=Category.KEY, action="key.changed")
    assert sentence_of(entry, NAMES) == "The application Portal changed the API key —"


def test_a_reason_is_told_as_it_was_written() -> None:
    declined = an_activity(category=Category.CONNECTION, reason="Not now")
    assert reason_in_words(declined) == "Not now"
    assert reason_in_words(an_activity()) is None


def test_a_refused_list_and_a_thing_made_read_as_sentences() -> None:
    listed = an_activity(
        category=Category.ACTIVITY, action="organizations.listed", outcome=Outcome.DENIED
    )
    assert "was refused the list of organizations" in sentence_of(listed, NAMES)
    made = an_activity(
        category=Category.ACTIVITY, action="create", resource=Resource("password", "7", "Router")
    )
    assert "created the password “Router” in" in sentence_of(made, NAMES)
