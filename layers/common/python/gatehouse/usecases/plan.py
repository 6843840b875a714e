"""The account's plan: read by its Administrators, set by whoever runs Gatehouse."""

from collections.abc import Callable

from gatehouse.domain.account import clean_subdomain
from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import NotFound
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.seats import Plan, Seats
from gatehouse.usecases.changes import SetPlan
from gatehouse.usecases.entries import by_itself
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled


def read_plan(ports: Ports, principal: Principal) -> Seats:
    """Return the plan of the caller's account, and how many seats are in use by role."""
    return ports.store.seats.get(administrator(principal, "see the plan").account_id)


def set_plan(ports: Ports, subdomain: str, change: Callable[[Plan], Plan]) -> tuple[Seats, Seats]:
    """Count the seats of an account anew and change its plan; return both as before and after.

    A number below what is in use keeps everybody who is in and lets nobody else in.
    """
    label = clean_subdomain(subdomain)
    account_id = ports.store.accounts.owner("subdomain", label) if label else None
    account = ports.store.accounts.get(account_id) if account_id else None
    if account is None:
        raise NotFound(f"There is no account {subdomain}.")
    before = ports.store.seats.get(account.account_id)

    def attempt() -> Seats:
        known = ports.store.seats.recount(account.account_id)
        plan = change(known.plan)
        if plan == known.plan:
            return known
        old = {"plan": known.plan.name, "seats": known.plan.seats}
        new = {"plan": plan.name, "seats": plan.seats}
        changes = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
        whole = Resource("account", account.account_id, account.name)
        entry = by_itself(ports, account.account_id, "account.plan_changed", whole, changes)
        ports.store.commit(SetPlan(account.account_id, plan, known.plan), entry)
        return ports.store.seats.get(account.account_id)

    return before, settled(attempt)
