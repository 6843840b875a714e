"""What an account demands of whoever acts for it: its own people, and applications by its keys.

What it demands of guests stands in the deciding function, which knows their circumstances.
"""

from gatehouse.domain.account import Account
from gatehouse.domain.errors import NetworkNotAllowed, SecondFactorRequired
from gatehouse.domain.principal import Person


def must_meet(account: Account, person: Person) -> None:
    """Refuse a person whom the security settings of their own account keep out."""
    must_come_from(account, person.origin.ip_address)
    if account.policy.require_mfa and not person.circumstances.is_multi_factor:
        raise SecondFactorRequired(
            f"{account.name} lets nobody in without a second factor, and you signed in without "
            "one. Nothing was done. Sign in again with your second factor; if you have none, ask "
            f"an Administrator of {account.name} how to get one.",
            account.name,
        )


def must_come_from(account: Account, ip_address: str | None) -> None:
    """Refuse a request from outside of the account's networks, whoever sent it."""
    if not account.policy.admits(ip_address):
        raise NetworkNotAllowed(
            f"{account.name} takes requests from its own networks only, and yours came from "
            f"{ip_address or 'an address that is not known'}. Nothing was done. Go on from one of "
            f"those networks, or ask an Administrator of {account.name} to add yours.",
            account.name,
        )
