"""Where a person can work: at home, and in every host that lets their company in."""

from dataclasses import dataclass, replace

from gatehouse.domain.account import Account, AccountName
from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.brand import NO_BRAND, Brand
from gatehouse.domain.connection import State
from gatehouse.domain.decision import Facts, Reason
from gatehouse.domain.directory import Organization
from gatehouse.domain.errors import Contended, NotAllowed, NotFound, Unauthenticated
from gatehouse.domain.grant import Holder
from gatehouse.domain.pages import every
from gatehouse.domain.principal import Person, Principal
from gatehouse.domain.roles import Role, actions_allowed, effective_role
from gatehouse.domain.rule import limit_of
from gatehouse.domain.user import Status, User
from gatehouse.usecases.organizations import with_living_parents
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.sift import Found, sift
from gatehouse.usecases.turn_away import turned_away

_PAGE = 200
_UNMET = {
    Reason.DENIED_BY_RULE: (
        "This account lets your company in, but a rule of it denies you. "
        "Ask an Administrator of that account."
    ),
    Reason.MFA_REQUIRED: (
        "This account lets guests in with a second factor only, and you signed in without one. "
        "Sign in again with your second factor."
    ),
    Reason.NETWORK_NOT_ALLOWED: (
        "This account lets guests in from its own networks only, and your address is not in them. "
        "Ask an Administrator of that account."
    ),
}


@dataclass(frozen=True, slots=True)
class Accessible:
    """An account a person can work in: ``home``, or a ``host`` through a connection."""

    account: AccountName
    relation: str
    effective_role: Role
    connection_id: str | None
    brand: Brand = NO_BRAND


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, and where they can work."""

    user: User
    account: Account
    accessible: tuple[Accessible, ...]


def me(ports: Ports, principal: Principal) -> Me:
    """Return the signed-in person with every account they can work in, home first."""
    person = _person(principal)
    account = ports.store.accounts.get(person.account_id)
    if account is None:
        raise Unauthenticated("Your account no longer exists.")
    accessible = [Accessible(account.named, "home", person.user.role, None)]
    if person.user.role is not Role.LITE:
        accessible.extend(_hosts(ports, person))
    return Me(person.user, account, tuple(accessible))


@dataclass(frozen=True, slots=True)
class Reached:
    """What a person reaches in an account, and what they may do with it."""

    there: Accessible
    organizations: Found[Organization]
    actions: tuple[str, ...]


def organizations_there(
    ports: Ports,
    principal: Principal,
    account_id: str,
    after: str | None,
    limit: int,
    words: str = "",
) -> Reached:
    """Return what the person reaches in one account; an activity of that account if a host.

    With ``words``, what of it has all of them in its name, as far as one search looks.

    The standing is read before and after: a list that was true at no single moment (a revoked
    guest beside an organization granted later) is never returned. What the host demands of guests
    holds here as in every decision, of how this person signed in and where they are.
    """
    person = _person(principal)
    for _ in range(5):
        standing = ports.store.standing(person.user.user_id, account_id)
        user, holder, role = _holder(ports, person, standing)
        found = _reached(ports, account_id, holder, after, limit, words)
        if _versions(ports.store.standing(user.user_id, account_id)) == _versions(standing):
            break
    else:
        raise Contended("Your access kept changing while it was read. Try again.")
    account = ports.store.accounts.get(account_id)
    if account is None:
        raise NotFound("No account of this id lets you in.")
    connection_id: str | None = None
    if not standing.own and standing.pair is not None:
        connection_id = standing.pair.connection_id
        unmet = _unmet(account, person, standing)
        ports.store.log.record(
            (
                Activity(
                    account_id=account_id,
                    activity_id=ports.ids.new("act"),
                    time=ports.clock.now(),
                    category=Category.ACTIVITY,
                    action="organizations.listed",
                    outcome=Outcome.DENIED if unmet else Outcome.ALLOWED,
                    reason=unmet.value if unmet else None,
                    actor=_guest(person, role),
                    connection_id=connection_id,
                    guest_account_id=person.account_id,
                    resource=Resource("account", account_id),
                    ip_address=person.origin.ip_address,
                    user_agent=person.origin.user_agent,
                ),
            )
        )
        if unmet:
            raise NotAllowed(_UNMET[unmet])
    found = replace(found, items=with_living_parents(ports, found.items))
    relation = "home" if standing.own else "host"
    there = Accessible(account.named, relation, role, connection_id, account.brand)
    return Reached(there, found, actions_allowed(role))


def _reached(
    ports: Ports, account_id: str, holder: Holder, after: str | None, limit: int, words: str
) -> Found[Organization]:
    return sift(
        lambda position, size: ports.store.directory.reach_page(account_id, holder, position, size),
        lambda organization: organization.name,
        lambda organization: organization.organization_id,
        words,
        after,
        limit,
    )


def _holder(ports: Ports, person: Person, standing: Facts) -> tuple[User, Holder, Role]:
    user, pair = standing.user, standing.pair
    if user is None or user.status is not Status.ACTIVE or user.role is Role.LITE:
        raise NotAllowed("The role Lite reaches no organizations. Ask an Administrator for a role.")
    if standing.own:
        return user, user, user.role
    if pair is None or pair.state is not State.ACTIVE:
        raise turned_away(ports, person, pair)
    role = effective_role(user.role, limit_of(pair.maximum_role, standing.rule))
    return user, standing.rule or pair, role


def _unmet(host: Account, person: Person, standing: Facts) -> Reason | None:
    """Return the first demand of a host that a guest does not meet; None if there is none."""
    if standing.rule is not None and standing.rule.denied:
        return Reason.DENIED_BY_RULE
    shown = person.circumstances
    if host.policy.require_mfa and not shown.is_multi_factor:
        return Reason.MFA_REQUIRED
    return None if host.policy.admits(shown.ip_address) else Reason.NETWORK_NOT_ALLOWED


def _versions(standing: Facts) -> tuple[int, int, int, str]:
    return (
        standing.user.version if standing.user else 0,
        standing.pair.version if standing.pair else 0,
        standing.stored_rule.version if standing.stored_rule else 0,
        standing.pair.connection_id if standing.pair else "",
    )


def _hosts(ports: Ports, person: Person) -> list[Accessible]:
    incoming = every(
        lambda after: ports.store.connections.incoming_page(person.account_id, after, _PAGE)
    )
    hosts = {one.host.account_id: one.host for one in incoming if one.state is State.ACTIVE}
    pairs = ports.store.connections.facing((host, person.account_id) for host in hosts)
    rules = ports.store.connections.rules_for(person.user.user_id, hosts)
    standings = [
        Facts(False, person.user, pair, None, rules.get(pair.host_account_id))
        for pair in sorted(pairs, key=lambda pair: hosts[pair.host_account_id].subdomain)
        if pair.state is State.ACTIVE
    ]
    return [
        Accessible(
            hosts[one.pair.host_account_id],
            "host",
            effective_role(person.user.role, limit_of(one.pair.maximum_role, one.rule)),
            one.pair.connection_id,
        )
        for one in standings
        if one.pair is not None and not (one.rule is not None and one.rule.denied)
    ]


def _guest(person: Person, role: Role) -> Actor:
    return replace(person.actor, effective_role=role)


def _person(principal: Principal) -> Person:
    if not isinstance(principal, Person):
        raise NotAllowed("An API key is nobody: only a signed-in person has accounts to work in.")
    return principal
