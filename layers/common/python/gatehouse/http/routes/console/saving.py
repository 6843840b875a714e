"""How settings are saved: as they stood when the page was opened, and once."""

from typing import Final

from gatehouse.http.routes.console.forms import key_of
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases.account import AccountChange, change_account

CHANGED: Final = (
    "Somebody else changed the settings while you did. Nothing was saved. Look at what stands "
    "here, and save again."
)


def save(visit: Visit, change: AccountChange) -> None:
    """Change the account as it stood when the page was opened, once. Raises EtagStale."""
    visit.once(
        key_of(visit),
        lambda keep: change_account(
            visit.ports, visit.person, change, visit.form.get("etag", ""), keep
        ),
        lambda account: {"etag": str(account.version)},
    )
