"""What the log says in sentences, where an entry is unusual."""

from dataclasses import replace

import pytest

from gatehouse.domain.actions import NAMES as CLOSED_LIST
from gatehouse.domain.activity import Actor, Category, Outcome, Resource
from gatehouse.domain.sentences import Names, reason_in_words, sentence_of
from tests.support.people import an_activity

NAMES = Names()
OURS = [(category, name) for category, names in CLOSED_LIST.items() for name in names]


@pytest.mark.parametrize(("category", "action"), OURS)
def test_everything_that_is_kept_has_words_of_its_own(category: Category, action: str) -> None:
    sentence = sentence_of(an_activity(category=category, action=action), NAMES)
    assert action not in sentence
    assert "changed the connection" not in sentence


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


def test_a_rule_that_denies_reads_otherwise_than_one_that_grants() -> None:
    entry = an_activity(category=Category.CONNECTION, action="connection.rule_set")
    denied = replace(entry, changes={"denied": (False, True)})
    assert "denied" in sentence_of(denied, NAMES)
    assert sentence_of(denied, NAMES) != sentence_of(entry, NAMES)


def test_the_reason_of_a_keys_end_is_told_and_no_other_of_a_key() -> None:
    revoked = an_activity(category=Category.KEY, action="key.revoked", reason="unused")
    assert reason_in_words(revoked) == "Nobody used it for 90 days."
    assert reason_in_words(replace(revoked, action="key.unused")) is None
