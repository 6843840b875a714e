"""Every change that there is has its place in a gathering, or is no import's to make."""

from typing import get_args

from gatehouse.usecases import changes as c
from gatehouse.usecases.session_changes import CarryOver, Close, Open

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
