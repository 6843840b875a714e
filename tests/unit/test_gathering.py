"""Every change that there is has its place in a gathering, or is no import's to make."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest

from gatehouse.domain.errors import TooMany
from gatehouse.usecases import changes as c
from gatehouse.usecases.gathering import Full, Gathering
from gatehouse.usecases.session_changes import CarryOver, Close, Open
from tests.support.people import HOST, NOW, a_user

GATHERED = {
    *(c.Save, c.Claim, c.Release, c.Enrol, c.Dismiss),
    *(c.RequireAdministrator, c.RequireUnchanged, c.RequireGroup),
    *(c.RequireRemovals, c.RequireNamings),
    *(c.ListMember, c.UnlistMember, c.Reach, c.Unreach, c.KeepGrant),
    *(c.CountAttempt, c.Queue, c.Record),
}
"""What the use cases commit that an import does its rows with."""
ELSEWHERE = {
    *(c.Remove, c.Revisit, c.SetPlan, c.Receipt, c.Notes, c.Told, c.Erase),
    *(c.KeepOut, c.LetIn, c.RequireWelcome, c.Look),
    *(Open, Close, CarryOver),
}
"""What no row of an import commits."""


def test_a_new_kind_of_change_is_looked_at_before_an_import_meets_it() -> None:
    # Two changes about one item must not go into one transaction: usecases/gathering.py knows
    # which those are of the changes that it gathers.
    assert set(get_args(c.Change)) == GATHERED | ELSEWHERE
    assert not GATHERED & ELSEWHERE


class Kept:
    """Stands for a store that keeps what is committed to it, and knows nothing."""

    def __init__(self) -> None:
        self.commits: list[tuple[c.Change, ...]] = []

    def commit(self, *changes: c.Change) -> None:
        self.commits.append(changes)


def gathered(*commits: Sequence[c.Change]) -> tuple[c.Change, ...]:
    """Return the one transaction that becomes of these."""
    store = Kept()
    gathering = Gathering(cast(Any, SimpleNamespace(store=store)), HOST.account_id)
    for changes in commits:
        gathering.commit(*changes)
    gathering.flush()
    (found,) = store.commits
    return found


USER = a_user(1, HOST)
LATER = replace(USER, name="Later", version=USER.version + 1)
LATEST = replace(LATER, name="Latest", version=LATER.version + 1)
ACCOUNT = HOST.account_id


def test_what_is_saved_twice_is_saved_once_from_what_was_read() -> None:
    first, second = c.Save(LATER, USER), c.Save(LATEST, LATER)
    assert gathered([first], [second]) == (c.Save(LATEST, USER),)


def test_a_condition_on_what_is_saved_is_in_the_saving() -> None:
    save, check = c.Save(LATER, USER), c.RequireUnchanged(USER)
    assert gathered([save], [check]) == (save,)
    assert gathered([check], [save]) == (save,)
    assert gathered([check], [check]) == (check,)


def test_counts_of_what_is_removed_are_one_condition() -> None:
    read, naming = c.RequireRemovals(ACCOUNT, 3), c.RequireRemovals(ACCOUNT, 3, names=True)
    assert gathered([read], [naming]) == (naming,)
    assert gathered([naming], [read]) == (naming,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (c.RequireUnchanged(USER), c.RequireUnchanged(LATER)),
        (c.RequireRemovals(ACCOUNT, 3), c.RequireRemovals(ACCOUNT, 4)),
        (c.Claim("email", "a@acme.test", "usr_1"), c.Claim("email", "a@acme.test", "usr_2")),
        (c.CountAttempt(ACCOUNT, "mail", NOW, 3, TooMany("")),) * 2,
    ],
    ids=["versions", "removals", "names", "attempts"],
)
def test_what_does_not_go_together_waits_for_the_next_transaction(
    one: c.Change, other: c.Change
) -> None:
    with pytest.raises(Full):
        gathered([one], [other])


def test_no_more_is_gathered_than_a_transaction_takes() -> None:
    names = [c.Claim("email", f"{number}@acme.test", "usr_1") for number in range(95)]
    assert len(gathered(names[:94])) == 94
    with pytest.raises(Full):
        gathered(names)


def test_many_rows_of_a_groups_list_are_written_beside_the_transaction() -> None:
    people = [a_user(number, HOST) for number in range(25)]
    listed = [c.ListMember(user, "grp_1") for user in people]
    unlisted = [c.UnlistMember(user, "grp_1") for user in people]
    store = Kept()
    gathering = Gathering(cast(Any, SimpleNamespace(store=store)), ACCOUNT)
    gathering.commit(*listed)
    gathering.commit(*unlisted)
    assert store.commits == [tuple(listed)]  # a row too many is shown to nobody
    assert not gathering.is_empty
    gathering.flush()
    assert store.commits[1:] == [(), tuple(unlisted)]
    assert gathering.is_empty
