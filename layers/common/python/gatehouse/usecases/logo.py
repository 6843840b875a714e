"""The account's logo: a picture of its own, set and taken away by its Administrators."""

from gatehouse.domain import png
from gatehouse.domain.account import Account
from gatehouse.domain.brand import Logo
from gatehouse.domain.errors import NotFound, Refused
from gatehouse.domain.principal import Principal, administrator
from gatehouse.usecases.account import AccountChange, change_account
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import Keep


def set_logo(
    ports: Ports, principal: Principal, content: bytes, etag: str | None, keep: Keep
) -> Account:
    """Take a PNG file for the logo; what is kept of it is the picture."""
    who = administrator(principal, "change the logo")
    change = AccountChange(logo=logo_of(who.account_id, content))
    return change_account(ports, principal, change, etag, keep)


def logo_of(account_id: str, content: bytes) -> Logo:
    """Return the picture of a PNG file as a logo. Raises Refused."""
    try:
        return Logo.of(account_id, png.clean(content))
    except ValueError as wrong:
        raise Refused.at("/logo", f"The logo {wrong}.") from None


def remove_logo(ports: Ports, principal: Principal, etag: str | None, keep: Keep) -> Account:
    """Do without a logo."""
    administrator(principal, "change the logo")
    return change_account(ports, principal, AccountChange(without_logo=True), etag, keep)


def show_logo(ports: Ports, account_id: str, logo_id: str) -> Logo:
    """Return a logo that is in use, to anybody who was shown where it is."""
    found = ports.store.accounts.logo(account_id, logo_id)
    if found is None:
        raise NotFound("There is no such logo. It may have been replaced.")
    return found
