"""Explain to a host's Administrator why somebody can or cannot do something.

The deciding function itself answers, from one snapshot, as it answers applications; a question of
an Administrator lets nobody in, so it is not put on the record as a decision.
"""

from dataclasses import dataclass
from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.connection import State
from gatehouse.domain.decision import Decision, Facts, decide
from gatehouse.domain.errors import NotFound
from gatehouse.domain.finding import finder
from gatehouse.domain.ids import home_account_of, is_id
from gatehouse.domain.policy import UNKNOWN_CIRCUMSTANCES, Circumstances, Policy
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.roles import ACTIONS, NEVER_DELEGATED
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

    ``user`` and ``home`` are None where nothing may be said of the person.
    """

    decision: Decision
    facts: Facts
    user: User | None
    home: Account | None


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
) -> Explanation:
    """Answer whether a user may take an action on an organization of the caller's account."""
    person = may_ask(principal)
    known = Question(
        user_id if home_account_of(user_id) else "",
        organization_id if is_id(organization_id, "org") else None,
    )
    snapshot = ports.store.snapshot(person.account_id, None, (known,))
    if snapshot.account is None:
        raise NotFound("Your account no longer exists.")
    (facts,) = snapshot.facts
    decision = decide(action, facts, snapshot.account.policy, circumstances)
    # As in the answer itself: what it hides of a stranger is hidden here.
    user = facts.user if facts.own or _is_let_in(facts) else None
    home = ports.store.accounts.get(user.account_id) if user else None
    return Explanation(decision, facts, user, home)


def actions_of(policy: Policy) -> tuple[str, ...]:
    """Return every action that can be asked about, the account's own after the common ones."""
    return (*ACTIONS, *sorted(policy.actions), *sorted(NEVER_DELEGATED))


def find_people(ports: Ports, principal: Principal, words: str, limit: int) -> Found[User]:
    """Return own people and people of active guests whose names or addresses have all the words.

    A guest's people are found by their names alone: addresses are their company's own business.
    ``stopped`` says that there may be more than were looked at.
    """
    person = may_ask(principal)
    own = find_users(ports, principal, words, None, limit)
    found = [one.user for one in own.items]
    stopped = own.stopped or own.after is not None
    finds = finder(words)
    read = 0
    for pair in ports.store.connections.pairs(person.account_id):
        if pair.state is not State.ACTIVE:
            continue
        after: str | None = None
        while True:
            if len(found) >= limit or read >= READ_AT_MOST:
                return Found(tuple(found[:limit]), stopped=True)
            page = ports.store.users.page(pair.guest_account_id, after, _AT_ONCE)
            read += len(page.items)
            found += [user for user in page.items if finds(user.name)]
            after = page.after
            if after is None:
                break
    return Found(tuple(found[:limit]), stopped=stopped or len(found) > limit)


def _is_let_in(facts: Facts) -> bool:
    return facts.pair is not None and facts.pair.state is State.ACTIVE
