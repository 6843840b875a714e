"""Branding: the colour and the logo of the account's pages, mails and invitations."""

from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.brand import contrast, text_on
from gatehouse.domain.errors import EtagStale, Malformed, Refused
from gatehouse.domain.png import LARGEST, WIDEST
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import Field, new_key, sentences_of, typed
from gatehouse.http.routes.console.saving import CHANGED, save
from gatehouse.http.routes.console.visit import Errors, Visit
from gatehouse.usecases import account as accounts
from gatehouse.usecases.account import AccountChange
from gatehouse.usecases.logo import logo_of

PATH: Final = "/console/settings/branding"
_FIELDS: Final = {
    "/colour": Field("colour", "The colour", ""),
    "/logo": Field("logo", "The logo", ""),
}


def show(visit: Visit) -> Answer:
    return _page(visit, accounts.read_account(visit.ports, visit.person))


def change(visit: Visit) -> Answer:
    old = accounts.read_account(visit.ports, visit.person)
    uploaded = visit.call.files.get("logo", b"")
    try:
        wish = {"colour": typed(visit, "colour") or None}
        change = AccountChange(
            colour=bodies.read(bodies.AccountChangeBody, wish).change().colour,
            logo=logo_of(old.account_id, uploaded) if uploaded else None,
            without_logo=not uploaded and "without_logo" in visit.form,
        )
        save(visit, change)
    except (Malformed, Refused) as refusal:
        return _page(visit, old, sentences_of(refusal, _FIELDS))
    except EtagStale:
        again = accounts.read_account(visit.ports, visit.person)
        return _page(visit, again, {"colour": CHANGED}, 412)
    return visit.go(PATH, "The branding was saved. Pages and mails have it from now on.")


def _page(
    visit: Visit, account: Account, errors: Errors | None = None, status: int = 422
) -> Answer:
    colour = account.brand.colour
    return visit.page(
        "branding",
        status if errors else 200,
        errors=errors,
        company=account.name,
        colour=colour,
        on_colour=text_on(colour) if colour else None,
        contrast=f"{contrast(text_on(colour), colour):.1f}" if colour else None,
        has_logo=account.brand.logo_id is not None,
        typed_colour=typed(visit, "colour") if errors else colour or "",
        kilobytes=LARGEST // 1024,
        widest=WIDEST,
        etag=str(account.version),
        sent_once=new_key(visit),
    )
