"""Explain to a host's Administrator why somebody can or cannot do something.

The deciding function itself answers, from one snapshot, as it answers applications; a question of
an Administrator lets nobody in, so it is not put on the record as a decision.
"""

from dataclasses import dataclass
from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.decision import Decision, Facts, Pair, decide
from gatehouse.domain.errors import NotFound
from gatehouse.domain.finding import finder
from gatehouse.domain.ids import home_account_of, is_id
from gatehouse.domain.policy import ORGANIZATION, UNKNOWN_CIRCUMSTANCES, Circumstances, Policy
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.roles import ACTIONS, NEVER_DELEGATED, Role
from gatehouse.domain.user import User
from gatehouse.usecases.asking import Question
from gatehouse.usecases.find import find_users
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.sift import READ_AT_MOST, Found

_DOING: Final = "ask why somebody can or cannot do something"
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with all it was made of, as it stood at one moment.

    ``user`` and ``home`` are None where nothing may be said of the person. ``ended`` is the
    connection whose end is the reason: the person was known while it was active, by name.
    """

    decision: Decision
    facts: Facts
    user: User | None
    home: Account | None
    ended: Connection | None = None


def may_ask(principal: Principal) -> Person:
    """Return the Administrator who asks."""
    return administrator(principal, _DOING)


def explain(
    ports: Ports,
    principal: Principal,
    action: str,
    user_id: str,
    organization_id: str,
    circumstances: Circumstances = UNKNOWN_CIRCUMSTANCES,
    resource_type: str = ORGANIZATION,
) -> Explanation:
    """Answer whether a user may take an action on an organization of the caller's account.

    ``resource_type`` is of what in the organization is asked about, or the organization itself.
    """
    person = may_ask(principal)
    known = Question(
        user_id if home_account_of(user_id) else "",
        organization_id if is_id(organization_id, "org") else None,
    )
    snapshot = ports.store.snapshot(person.account_id, None, (known,))
    if snapshot.account is None:
        raise NotFound("Your account no longer exists.")
    (facts,) = snapshot.facts
    decision = decide(action, facts, snapshot.account.policy, circumstances, resource_type)
    ended = _ended(ports, facts)
    # As in the answer itself: what it hides of a stranger is hidden here.
    user = facts.user if facts.own or _is_let_in(facts) or _knew(ended, facts.user) else None
    home = ports.store.accounts.get(user.account_id) if user else None
    return Explanation(decision, facts, user, home, ended)


def actions_of(policy: Policy) -> tuple[str, ...]:
    """Return every action that can be asked about, the account's own after the common ones."""
    return (*ACTIONS, *sorted(policy.actions), *sorted(NEVER_DELEGATED))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom one can ask about: of guests whose connection is over the role is not known any more."""

    user_id: str
    account_id: str
    name: str
    role: Role | None


def find_people(ports: Ports, principal: Principal, words: str, limit: int) -> Found[Somebody]:
    """Return own people and people of guests whose names or addresses have all the words.

    A guest's people are found by their names alone: addresses are their company's own business.
    So is who joined it after the connection's end: of a guest that is out, those are found who
    were known while it was in. ``stopped`` says that there may be more than were looked at.
    """
    person = may_ask(principal)
    own = find_users(ports, principal, words, None, limit)
    found = [_somebody(one.user) for one in own.items]
    stopped = own.stopped or own.after is not None
    finds = finder(words)
    read = 0
    pairs = [pair for pair in ports.store.connections.pairs(person.account_id) if pair.accepted_at]
    # Who is in comes before who was.
    for pair in sorted(pairs, key=lambda pair: not pair.is_active):
        ended = None if pair.is_active else _connection(ports, pair)
        if not pair.is_active and ended is None:
            continue
        after: str | None = None
        while True:
            if len(found) >= limit or read >= READ_AT_MOST:
                return Found(tuple(found[:limit]), stopped=True)
            page = ports.store.users.page(pair.guest_account_id, after, _AT_ONCE)
            read += len(page.items)
            found += [
                _somebody(user, named_only=ended is not None)
                for user in page.items
                if finds(user.name) and (ended is None or _knew(ended, user))
            ]
            after = page.after
            if after is None:
                break
    return Found(tuple(found[:limit]), stopped=stopped or len(found) > limit)


def _somebody(user: User, *, named_only: bool = False) -> Somebody:
    return Somebody(user.user_id, user.account_id, user.name, None if named_only else user.role)


def _connection(ports: Ports, pair: Pair) -> Connection | None:
    return ports.store.connections.get(pair.host_account_id, pair.connection_id)


def _ended(ports: Ports, facts: Facts) -> Connection | None:
    pair = facts.pair
    if facts.own or pair is None or pair.is_active or pair.accepted_at is None:
        return None
    return _connection(ports, pair)


def _knew(ended: Connection | None, user: User | None) -> bool:
    """Say whether the host saw somebody among the people of a guest while it was in."""
    return (
        ended is not None
        and user is not None
        and ended.ended_at is not None
        and user.created_at <= ended.ended_at
    )


def _is_let_in(facts: Facts) -> bool:
    return facts.pair is not None and facts.pair.state is State.ACTIVE
