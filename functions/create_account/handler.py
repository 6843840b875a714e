"""Set up an account with its first Administrator. No route leads here: IAM says who may."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.account_bodies import AccountBody
from gatehouse.http.bodies import read
from gatehouse.usecases.account import create_account


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Create the account; what stands in the way is raised, and nothing is written."""
    account, user = create_account(wiring.ports(), read(AccountBody, event).account())
    return {"account_id": account.account_id, "user_id": user.user_id}
