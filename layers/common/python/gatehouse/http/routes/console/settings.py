"""Settings: what the account is called and how long its invitations live; the way to the others."""

import re
from collections.abc import Mapping
from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.errors import EtagStale, Malformed, Refused
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console import branding, mappings, security
from gatehouse.http.routes.console.forms import Field, new_key, sentences_of, step, typed
from gatehouse.http.routes.console.saving import CHANGED, save
from gatehouse.http.routes.console.visit import Errors, Page, Pages, Visit
from gatehouse.usecases import account as accounts

pages = Pages()
PATH: Final = "/console/settings"
_REGIONS: Final = {"na": "North America", "eu": "Europe", "au": "Australia"}
_FIELDS: Final = {
    "/name": Field("name", "The name", "Enter the name of your company."),
    "/invitation_expires_in_days": Field(
        "days", "The number of days", "Enter how many days an invitation lives, from 1 to 30."
    ),
}
_NUMBER: Final = re.compile(r"[0-9]{1,3}")


@pages.at("GET /console/settings")
def show_info(visit: Visit) -> Answer:
    return _info_page(visit, accounts.read_account(visit.ports, visit.person))


@pages.at("POST /console/settings")
def change_info(visit: Visit) -> Answer:
    old, days = accounts.read_account(visit.ports, visit.person), typed(visit, "days")
    wish = {
        "name": typed(visit, "name"),
        "invitation_expires_in_days": int(days) if _NUMBER.fullmatch(days) else days,
        "publish_entries": "publish" in visit.form,
    }
    try:
        change = bodies.read(bodies.AccountChangeBody, wish).change()
        save(visit, change)
    except (Malformed, Refused) as refusal:
        errors = {**sentences_of(refusal, _FIELDS)}
        if not days:
            errors["days"] = _FIELDS["/invitation_expires_in_days"].empty
        return _info_page(visit, old, errors)
    except EtagStale:
        return _info_page(visit, old, {"name": CHANGED}, 412)
    return visit.go(PATH, "The account info was saved.")


@pages.at("GET /console/settings/{step}")
def show_step(visit: Visit) -> Answer:
    return step(visit, _SHOW)


@pages.at("POST /console/settings/{step}")
def take_step(visit: Visit) -> Answer:
    return step(visit, _TAKE)


_SHOW: Final[Mapping[str, Page]] = {
    "branding": branding.show,
    "security": security.show,
    "actions": mappings.show_all,
    "new-action": mappings.ask_for_new,
    "new-type": mappings.ask_for_new,
}
_TAKE: Final[Mapping[str, Page]] = {
    "branding": branding.change,
    "security": security.change,
    "new-action": mappings.add,
    "new-type": mappings.add,
}


def _info_page(
    visit: Visit, account: Account, errors: Errors | None = None, status: int = 422
) -> Answer:
    days = str(account.invitation_expires_in_days)
    return visit.page(
        "settings",
        status if errors else 200,
        errors=errors,
        account=account,
        region=f"{_REGIONS[account.region]} ({account.region})",
        etag=str(account.version),
        sent_once=new_key(visit),
        typed_name=typed(visit, "name") if errors else account.name,
        typed_days=typed(visit, "days") if errors else days,
        publish="publish" in visit.form if errors else account.publishes_all_entries,
    )
