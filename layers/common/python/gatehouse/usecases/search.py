"""Search (AuthZEN): who may, where may they, and what may they do.

Every result is decided by the deciding function itself. Reads are strongly consistent, but a
list is not one snapshot: what changes while it is read may show in part. Nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gatehouse.domain.decision import Decision, Facts, Pair, decide
from gatehouse.domain.directory import Organization
from gatehouse.domain.errors import NotFound
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.pages import Page
from gatehouse.domain.policy import NO_DEMANDS, ORGANIZATION, Circumstances, Policy
from gatehouse.domain.roles import ACTIONS
from gatehouse.domain.rule import Rule
from gatehouse.domain.secrets import ApiKeyText
from gatehouse.domain.user import User
from gatehouse.usecases.asking import Ask
from gatehouse.usecases.authorize import admitted, read

if TYPE_CHECKING:
    from gatehouse.usecases.ports import Ports

_ACCOUNTS_AT_ONCE: Final = 8
"""How many accounts one page of a subject search reads side by side."""
_NO_MOMENT: Final = datetime.min.replace(tzinfo=UTC)
_WHOLE: Final = "~"
"""Stands after every user of an account in a position."""


@dataclass(frozen=True, slots=True)
class Company:
    """An account whose people may be subjects: the asking one itself, or a guest with its pair.

    ``rules`` are those for single people of it. Where ``only_ruled``, no others can be subjects.
    """

    account_id: str
    pair: Pair | None
    rules: Mapping[str, Rule] = field(default_factory=dict)
    only_ruled: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who may, as a guest of a pair or at home, and the decision that says so."""

    user: User
    facts: Facts
    decision: Decision

    @property
    def pair(self) -> Pair | None:
        """Return what lets them in; None at home."""
        return self.facts.pair


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one organization, to be put for one user after another."""

    action: str
    circumstances: Circumstances
    policy: Policy
    organization: Organization
    resource_type: str = ORGANIZATION

    @property
    def own(self) -> Company:
        """Return the account that has the organization."""
        return Company(self.organization.account_id, None)

    def of(self, user: User, company: Company) -> Subject:
        """Decide for one user."""
        rule = company.rules.get(user.user_id)
        facts = Facts(company.pair is None, user, company.pair, self.organization, rule)
        decision = decide(self.action, facts, self.policy, self.circumstances, self.resource_type)
        return Subject(user, facts, decision)


def guests_let_in(ports: Ports, asked: Asked) -> Sequence[Company]:
    """Return the guests with an active connection that reaches the organization, or a rule does."""
    pairs = ports.store.connections.pairs(asked.organization.account_id)
    active = [pair for pair in pairs if pair.is_active]
    ruled: dict[str, dict[str, Rule]] = {pair.connection_id: {} for pair in active}
    for user_id, rule in ports.store.connections.rules(active).items():
        ruled[rule.connection_id][user_id] = rule
    found: list[Company] = []
    for pair in active:
        rules = ruled[pair.connection_id]
        granted = bool(via_of(pair, asked.organization))
        if granted or any(via_of(rule, asked.organization) for rule in rules.values()):
            found.append(Company(pair.guest_account_id, pair, rules, only_ruled=not granted))
    return found


def search_subjects(
    ports: Ports, key_text: ApiKeyText, ask: Ask, after: str | None, limit: int
) -> Page[str]:
    """Return the users, own and guests, who may take the action on the organization.

    Guests are read only of companies whose connection is active and reaches the organization.
    A page may be short while ``after`` is set.
    """
    policy, facts = _facts(ports, key_text, ask)
    if ask.subject_type != "user" or facts.organization is None:
        return Page(())
    asked = Asked(ask.action, ask.circumstances, policy, facts.organization, ask.resource.type)
    page = subjects(ports, asked, [asked.own, *guests_let_in(ports, asked)], after, limit)
    return Page(tuple(one.user.user_id for one in page.items), page.after)


def subjects(
    ports: Ports, asked: Asked, companies: Sequence[Company], after: str | None, limit: int
) -> Page[Subject]:
    """Return the users of these companies who may, each with the decision that says so.

    A page may be short while ``after`` is set.
    """
    position = after.split(" ") if after else ["", ""]
    companies = sorted(companies, key=lambda company: company.account_id)
    left = [one for one in companies if one.account_id > position[0]]
    if position[1] != _WHOLE:
        left = [one for one in companies if one.account_id >= position[0]]
    found: list[Subject] = []
    for company, page in _people(ports, left[:_ACCOUNTS_AT_ONCE], position, limit):
        for user in page.items:
            if len(found) == limit:
                return Page(tuple(found), f"{company.account_id} {_before(page.items, user)}")
            subject = asked.of(user, company)
            if subject.decision.allowed:
                found.append(subject)
        if page.after is not None:
            return Page(tuple(found), f"{company.account_id} {page.after}")
    if len(left) > _ACCOUNTS_AT_ONCE:
        last = left[_ACCOUNTS_AT_ONCE - 1]
        return Page(tuple(found), f"{last.account_id} {_WHOLE}")
    return Page(tuple(found))


def _people(
    ports: Ports, companies: Sequence[Company], position: Sequence[str], limit: int
) -> Iterator[tuple[Company, Page[User]]]:
    """Return a page of each company's people; of one that rules alone let in, those with a rule."""
    after = {position[0]: position[1]}
    whole = [one for one in companies if not one.only_ruled]
    pages = iter(
        ports.store.users.pages(
            [(one.account_id, after.get(one.account_id)) for one in whole], limit
        )
    )
    for company in companies:
        if not company.only_ruled:
            yield company, next(pages)
            continue
        ids = sorted(one for one in company.rules if one > after.get(company.account_id, ""))
        users = ports.store.users.many(ids)
        yield company, Page(tuple(users[one] for one in ids if one in users))


def search_resources(
    ports: Ports, key_text: ApiKeyText, ask: Ask, after: str | None, limit: int
) -> Page[str]:
    """Return the organizations on which the user may take the action."""
    if ask.resource.type != ORGANIZATION:
        _facts(ports, key_text, ask)
        return Page(())
    policy, facts = _facts(ports, key_text, replace(ask, resource=replace(ask.resource, id=None)))
    holder = facts.holder
    if holder is None or not _could(ask, facts, holder, policy):
        return Page(())
    page = ports.store.directory.reach_page(key_text.account_id, holder, after, limit)
    allowed = (
        one.organization_id
        for one in page.items
        if decide(ask.action, replace(facts, organization=one), policy, ask.circumstances).allowed
    )
    return Page(tuple(allowed), page.after)


def search_actions(ports: Ports, key_text: ApiKeyText, ask: Ask) -> tuple[str, ...]:
    """Return the actions that the user may take on the resource, by name in the table's order."""
    policy, facts = _facts(ports, key_text, ask)
    return tuple(
        action
        for action in (*ACTIONS, *sorted(policy.actions))
        if decide(action, facts, policy, ask.circumstances, ask.resource.type).allowed
    )


def look_up(ports: Ports, key_text: ApiKeyText, email: str) -> str:
    """Return the id of the user with this address: an own one, or of a guest let in now.

    Whoever else it is, known or not, is the same NotFound after the same reads.
    """
    snapshot = read(ports, key_text, ())
    admitted(ports, snapshot, key_text)
    user_id = ports.store.accounts.owner("email", email)
    standing = ports.store.standing(
        user_id or key_text.account_id.replace("acc_", "usr_") + "_" + "0" * 26,
        key_text.account_id,
    )
    let_in = standing.own or (standing.pair is not None and standing.pair.is_active)
    if user_id is None or standing.user is None or not let_in:
        raise NotFound("No user of yours, and no guest let in now, has this address.")
    return user_id


def _facts(ports: Ports, key_text: ApiKeyText, ask: Ask) -> tuple[Policy, Facts]:
    policy: Policy | None = None
    while True:
        question = ask.question(policy)
        snapshot = read(ports, key_text, (question,))
        admitted(ports, snapshot, key_text)
        policy = snapshot.account.policy if snapshot.account else NO_DEMANDS
        if ask.question(policy) == question:
            return policy, snapshot.facts[0]


def _could(ask: Ask, facts: Facts, holder: Holder, policy: Policy) -> bool:
    """Say whether the user may take the action on an organization the holder reaches, if any."""
    reached = Organization(
        account_id="",
        organization_id="",
        name="",
        parent_id=None,
        created_at=_NO_MOMENT,
        groups=holder.group_ids,
        grants=frozenset({holder.grant_id} if holder.grant_id else ()),
    )
    return decide(
        ask.action, replace(facts, organization=reached), policy, ask.circumstances
    ).allowed


def _before(users: Sequence[User], user: User) -> str:
    """Return the position after which this user comes."""
    index = users.index(user)
    return users[index - 1].user_id if index else ""
