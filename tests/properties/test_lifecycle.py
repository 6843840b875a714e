"""The life of a connection: whatever is tried in whatever order, only legal steps happen."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gatehouse.domain.connection import Connection, Person, State
from gatehouse.domain.errors import Conflict, Gone, TooMany
from gatehouse.domain.roles import MAXIMUM_ROLES, Role
from tests.support.people import NOW, a_connection, numbered
from tests.support.trials import trials

PEOPLE = [Person("usr_1", "Nora"), Person("usr_2", "Omar")]
WEEK = timedelta(days=7)


class Life(RuleBasedStateMachine):
    """A connection beside a naive model of it: a word, a deadline, and lists of what happened."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.connection = a_connection()
        self.past: list[tuple[Connection, Connection]] = []
        # The model.
        self.word = "pending"
        self.deadline = NOW + WEEK
        self.accepted: tuple[Person, datetime] | None = None
        self.ended: tuple[str, datetime] | None = None
        self.sent: list[datetime] = []
        self.steps = 0

    def reads(self) -> str:
        """Read the model's state: pending past its deadline is expired."""
        over = self.word == "pending" and self.now >= self.deadline
        return "expired" if over else self.word

    def try_(self, step: object, legal: bool) -> bool:
        """Take a step; it must work if it is legal and change nothing if it is not."""
        before = self.connection
        kept = replace(before)
        try:
            after = step()  # type: ignore[operator]  # a thunk
        except (Conflict, Gone, TooMany):
            assert not legal, f"a legal step was refused: {self.reads()}"
            after = before
        else:
            assert legal, f"an illegal step was taken: {self.reads()}"
            self.steps += 1
            self.past.append((before, kept))
        self.connection = after
        return legal

    @rule(days=st.integers(0, 9), minutes=st.sampled_from([0, 1, 20, 59, 60]))
    def time_passes(self, days: int, minutes: int) -> None:
        self.now += timedelta(days=days, minutes=minutes)

    @precondition(lambda self: self.word == "pending")
    @rule(late=st.sampled_from([-1, 0]))
    def time_comes_close_to_the_deadline(self, late: int) -> None:
        self.now = max(self.now, self.deadline + timedelta(milliseconds=late))

    @rule(who=st.sampled_from(PEOPLE))
    def accept(self, who: Person) -> None:
        if self.try_(lambda: self.connection.accept(who, self.now), self.reads() == "pending"):
            self.word, self.accepted = "active", (who, self.now)

    @rule()
    def decline(self) -> None:
        if self.try_(lambda: self.connection.decline(self.now), self.reads() == "pending"):
            self.word, self.ended = "declined", ("declined_by_guest", self.now)

    @rule()
    def expire(self) -> None:
        noted = self.word == "pending" and self.reads() == "expired"
        if self.try_(lambda: self.connection.expire(self.now), noted):
            self.word, self.ended = "expired", ("expired", self.deadline)

    @rule(who=st.sampled_from(PEOPLE))
    def revoke(self, who: Person) -> None:
        live = self.reads() in {"pending", "active"}
        if self.try_(lambda: self.connection.revoke(who, self.now), live):
            self.word, self.ended = "revoked", ("revoked_by_host", self.now)

    @rule(who=st.sampled_from(PEOPLE))
    def leave(self, who: Person) -> None:
        if self.try_(lambda: self.connection.leave(who, self.now), self.reads() == "active"):
            self.word, self.ended = "revoked", ("left_by_guest", self.now)

    @rule()
    def resend(self) -> None:
        in_the_hour = [one for one in self.sent if one > self.now - timedelta(hours=1)]
        in_the_day = [one for one in self.sent if one > self.now - timedelta(days=1)]
        legal = (
            self.reads() in {"pending", "expired"} and len(in_the_hour) < 3 and len(in_the_day) < 10
        )
        name = f"mlg_{len(self.sent)}"
        if self.try_(lambda: self.connection.resend(name, self.now), legal):
            self.word, self.deadline, self.ended = "pending", self.now + WEEK, None
            self.sent.append(self.now)
            assert self.connection.mailing_id == name

    @rule(maximum=st.sampled_from(MAXIMUM_ROLES), group=st.integers(1, 3))
    def edit(self, maximum: Role, group: int) -> None:
        held = frozenset({numbered("grp", group)})
        live = self.reads() in {"pending", "active"}
        step = lambda: self.connection.regrant(  # noqa: E731  # a thunk
            maximum_role=maximum,
            group_ids=held,
            grant_id=None,
            all_organizations=False,
            now=self.now,
        )
        if self.try_(step, live):
            assert (self.connection.maximum_role, self.connection.group_ids) == (maximum, held)

    @rule(group=st.integers(1, 3))
    def lose_a_group(self, group: int) -> None:
        lost = numbered("grp", group)
        self.try_(lambda: self.connection.without_group(lost), legal=True)
        assert lost not in self.connection.group_ids

    @invariant()
    def it_reads_as_the_model_reads(self) -> None:
        assert self.connection.state_at(self.now) == self.reads()
        assert self.connection.is_live_at(self.now) is (self.reads() in {"pending", "active"})

    @invariant()
    def pending_past_its_expiry_reads_expired_whether_noted_or_not(self) -> None:
        if self.connection.state is State.PENDING:
            later = max(self.now, self.connection.expires_at)
            assert self.connection.state_at(later) is State.EXPIRED

    @invariant()
    def it_can_be_answered_only_while_pending(self) -> None:
        assert (self.connection.obstacle_at(self.now) is None) is (self.reads() == "pending")

    @invariant()
    def history_is_never_lost(self) -> None:
        first = a_connection()
        one = self.connection
        assert (one.connection_id, one.host, one.guest, one.invited_by, one.created_at) == (
            first.connection_id,
            first.host,
            first.guest,
            first.invited_by,
            first.created_at,
        )
        who, when = self.accepted or (None, None)
        assert (one.accepted_by, one.accepted_at) == (who, when)
        reason, over = self.ended or (None, None)
        assert (one.end_reason, one.ended_at) == (reason, over)

    @invariant()
    def every_step_is_one_version_and_leaves_the_one_before_as_it_was(self) -> None:
        assert self.connection.version == 1 + self.steps
        assert all(before == kept for before, kept in self.past[-3:])


Life.TestCase.settings = settings(
    max_examples=trials(2_000, least=40), stateful_step_count=40, deadline=None
)
test_only_legal_steps_happen_and_history_is_never_lost = Life.TestCase
