"""What in an entry is a person's own: taken out, and nothing else."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gatehouse.domain.activity import Activity, Actor, Category, Erased, Outcome, Resource
from gatehouse.domain.erasure import PERSONAL, erased, personal_in
from gatehouse.domain.roles import Role
from gatehouse.domain.sentences import Names, reason_in_words, sentence_of

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
PAULA, ERIN = (f"usr_{'a' * 16}_{number:026}" for number in (1, 2))
BY = Erased(NOW, "era_00000000000000000000000001")
ENTRY = Activity(
    account_id=f"acc_{'a' * 16}",
    activity_id="act_1",
    time=NOW,
    category=Category.DIRECTORY,
    action="user.changed",
    outcome=Outcome.DONE,
    actor=Actor("user", "Paula", PAULA, None, f"acc_{'a' * 16}", Role.EDITOR, Role.EDITOR),
    reason="why",
    connection_id="con_1",
    organization_id="org_1",
    resource=Resource("user", ERIN, "Erin"),
    ip_address="192.0.2.1",
    user_agent="Browser",
    changes={"name": ("Erin", "Eri"), "email": ("e@x", "i@x"), "role": ("lite", "editor")},
)


def differs(old: Activity, new: Activity) -> set[str]:
    """Return in which fields two entries differ, but for that one was erased."""
    names = {field.name for field in fields(Activity)} - {"erased"}
    return {name for name in names if getattr(old, name) != getattr(new, name)}


def test_who_acted_leaves_with_name_and_origin() -> None:
    new = erased(ENTRY, PAULA, BY)
    assert differs(ENTRY, new) == {"actor", "ip_address", "user_agent"}
    assert new.actor == replace(ENTRY.actor, name=None)
    assert (new.ip_address, new.user_agent, new.erased) == (None, None, BY)


def test_whom_it_is_about_leaves_with_name_and_address_and_that_they_changed_stays() -> None:
    new = erased(ENTRY, ERIN, BY)
    assert differs(ENTRY, new) == {"resource", "changes"}
    assert new.resource == Resource("user", ERIN, None)
    assert new.changes == {
        "name": (None, None),
        "email": (None, None),
        "role": ("lite", "editor"),
    }


@pytest.mark.parametrize("pair", [(None, ERIN), (ERIN, None)])
def test_who_came_into_a_group_or_left_it_leaves_with_the_name(pair: tuple[Any, Any]) -> None:
    names = (None, "Erin") if pair[1] else ("Erin", None)
    entry = replace(
        ENTRY,
        action="group.member_added",
        resource=Resource("group", "grp_1", "Erin's group"),
        changes={"user_id": pair, "user_name": names},
    )
    new = erased(entry, ERIN, BY)
    assert differs(entry, new) == {"changes"}
    assert new.changes == {"user_id": pair, "user_name": (None, None)}
    words = sentence_of(new, Names())
    assert words == "Paula added somebody whose name was erased to the group Erin's group"


@pytest.mark.parametrize("category", list(Category))
def test_words_are_personal_with_a_step_of_a_connection_only(category: Category) -> None:
    entry = replace(ENTRY, category=category)
    new = erased(entry, PAULA, BY)
    assert (new.reason is None) is (category is Category.CONNECTION)
    if category is Category.CONNECTION:
        assert reason_in_words(new) is None


@pytest.mark.parametrize("user_id", [PAULA, ERIN, f"usr_{'b' * 16}_{1:026}"])
def test_twice_is_once_and_nothing_to_erase_is_the_very_entry(user_id: str) -> None:
    new = erased(ENTRY, user_id, BY)
    assert erased(new, user_id, Erased(NOW, "era_later")) is new
    assert personal_in(new, user_id) == ()
    assert (new is ENTRY) is (user_id not in {PAULA, ERIN})


def test_of_two_people_in_an_entry_each_leaves_alone() -> None:
    both = erased(erased(ENTRY, PAULA, BY), ERIN, BY)
    assert both == erased(erased(ENTRY, ERIN, BY), PAULA, BY)
    found = {*personal_in(replace(ENTRY, category=Category.CONNECTION), PAULA)}
    found |= {*personal_in(ENTRY, ERIN), "changes.user_name"}
    assert found == {*PERSONAL}


def test_what_was_never_there_is_not_erased() -> None:
    entry = replace(ENTRY, actor=replace(ENTRY.actor, name=""), ip_address=None, user_agent=None)
    assert erased(entry, PAULA, BY) is entry


@pytest.mark.parametrize(
    ("action", "category", "sentence"),
    [
        ("user.created", Category.DIRECTORY, "Paula added somebody whose name was erased"),
        ("user.invited", Category.DIRECTORY, "Paula sent somebody whose name was erased a link to sign in"),
        (
            "connection.rule_set",
            Category.CONNECTION,
            "Paula set a rule for somebody of Continuum whose name was erased alone",
        ),
        (
            "connection.rule_removed",
            Category.CONNECTION,
            "Paula removed the rule for somebody of Continuum whose name was erased",
        ),
    ],
)  # fmt: skip
def test_a_sentence_about_somebody_erased_reads_well(
    action: str, category: Category, sentence: str
) -> None:
    names = Names({"acc_guest": "Continuum"})
    entry = replace(ENTRY, action=action, category=category, guest_account_id="acc_guest")
    assert sentence_of(erased(entry, ERIN, BY), names) == sentence


def test_a_sentence_of_somebody_erased_reads_well() -> None:
    names = Names({"acc_guest": "Continuum", "org_1": "Alder"})
    entry = replace(
        ENTRY,
        category=Category.DECISION,
        outcome=Outcome.ALLOWED,
        action="edit",
        resource=Resource("organization", "org_1"),
    )
    new = erased(entry, PAULA, BY)
    assert sentence_of(new, names) == "Somebody whose name was erased was allowed to edit Alder"
    guest = replace(new, actor=replace(new.actor, home_account_id="acc_guest"))
    assert sentence_of(guest, names) == (
        "Somebody of Continuum whose name was erased was allowed to edit Alder"
    )
    assert new.as_json()["erased"] == {
        "at": "2026-11-22T10:00:00.000Z",
        "erasure_id": BY.erasure_id,
    }
