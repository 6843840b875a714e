"""What an account demands of whoever acts for it: its own people, and applications by its keys.

What it demands of guests stands in the deciding function, which knows their circumstances.
"""

from gatehouse.domain.account import Account
from gatehouse.domain.errors import NetworkNotAllowed


def must_meet(account: Account, ip_address: str | None) -> None:
    """Refuse a request that the account's own security settings keep out."""
    if not account.policy.admits(ip_address):
        raise NetworkNotAllowed(
            f"{account.name} takes requests from its own networks only, and yours came from "
            f"{ip_address or 'an address that is not known'}. Nothing was done. Go on from one of "
            f"those networks, or ask an Administrator of {account.name} to add yours."
        )
