"""Resource types that an account denies to the holders of groups, whatever else allows them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.errors import FieldError, Refused
from gatehouse.domain.policy import ORGANIZATION
from gatehouse.usecases.changes import Change, RequireRemovals
from gatehouse.usecases.ports import Ports

MOST: Final = 100
"""How many groups are named at most, all types together: decisions read the account each time."""


def check_denials(ports: Ports, account_id: str, denied: Mapping[str, frozenset[str]]) -> Change:
    """Refuse unknown groups, too many, and organizations themselves; return the fence.

    A group that is denied something and its removal can never both succeed side by side.
    """
    if ORGANIZATION in denied:
        raise Refused.at(
            "/denied_resource_types/organization",
            "An organization itself is denied by not granting it. Name another type.",
        )
    if sum(map(len, denied.values())) > MOST:
        raise Refused.at(
            "/denied_resource_types",
            f"At most {MOST} groups are denied something, all types together. "
            "Put people who are denied the same into one group.",
        )
    removals = ports.store.accounts.removals(account_id)
    named = frozenset[str]().union(*denied.values())
    known = ports.store.directory.groups(account_id, named)
    unknown = [
        FieldError(
            f"/denied_resource_types/{name}", f"There is no group {group_id} in your account."
        )
        for name, group_ids in sorted(denied.items())
        for group_id in sorted(group_ids - known.keys())
    ]
    if unknown:
        raise Refused(
            "The denial names groups that your account does not have. Nothing was written.",
            fields=unknown,
        )
    return RequireRemovals(account_id, removals, names=bool(named))


def types_denied_to(account: Account, group_id: str) -> tuple[str, ...]:
    """Return the resource types that holders of a group are denied."""
    denied = account.policy.denied_resource_types
    return tuple(sorted(name for name, groups in denied.items() if group_id in groups))


def without_denials_of(account: Account, group_id: str) -> Account:
    """Return the account with a group that is being deleted no longer denied anything."""
    left = {
        name: groups - {group_id}
        for name, groups in account.policy.denied_resource_types.items()
        if groups - {group_id}
    }
    return account.changed(policy=replace(account.policy, denied_resource_types=left))


def in_order(denied: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """Return denials as the log writes them."""
    return {name: sorted(groups) for name, groups in sorted(denied.items())}
