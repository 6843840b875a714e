"""The account's plan and its billing contact."""

from typing import Final

from gatehouse.domain.billing import BillingContact
from gatehouse.domain.errors import EtagStale, Malformed, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.seats import SEATED
from gatehouse.http import account_bodies, bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import Field, sentences_of, typed
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import billing
from gatehouse.usecases.plan import read_plan
from gatehouse.usecases.receipts import no_receipt

pages = Pages()
_FIELDS: Final = {
    "/name": Field("name", "The name", "Enter a name: a person or an office."),
    "/email": Field("email", "The e-mail address", "Enter an e-mail address."),
    "/postal_address": Field("postal_address", "The address", "Enter an address."),
    "/reference": Field("reference", "The reference", "Enter a reference."),
}
_CHANGED: Final = (
    "Somebody else changed the billing contact while you did. Nothing was saved. Look at what "
    "stands here, which is what you typed, and save again."
)


@pages.at("GET /console/plan")
def show_plan(visit: Visit) -> Answer:
    seats = read_plan(visit.ports, visit.person)
    limit = seats.plan.seats
    return visit.page(
        "plan",
        plan=seats.plan.name,
        limit=limit,
        in_use=seats.in_use,
        free=seats.free,
        beyond=max(0, seats.in_use - limit) if limit is not None else 0,
        by_role=[(role.value, seats.by_role.get(role, 0)) for role in SEATED],
    )


@pages.at("GET /console/billing")
def show_billing(visit: Visit) -> Answer:
    return _billing_page(visit, billing.read_billing_contact(visit.ports, visit.person))


@pages.at("POST /console/billing")
def change_billing(visit: Visit) -> Answer:
    old = billing.read_billing_contact(visit.ports, visit.person)
    body = {
        "name": typed(visit, "name"),
        "email": typed(visit, "email") or None,
        "postal_address": typed(visit, "postal_address") or None,
        "reference": typed(visit, "reference") or None,
    }
    try:
        change = bodies.read(account_bodies.BillingContactBody, body).contact()
        changed = billing.change_billing_contact(
            visit.ports, visit.person, change, visit.form.get("etag", ""), no_receipt
        )
    except (Malformed, Refused) as refusal:
        return _billing_page(visit, old, sentences_of(refusal, _FIELDS))
    except EtagStale:
        return _billing_page(visit, old, {"name": _CHANGED}, 412)
    said = f"{one_line(changed.name)} is the billing contact now."
    return visit.go("/console/billing", said)


def _billing_page(
    visit: Visit, contact: BillingContact | None, errors: Errors | None = None, status: int = 422
) -> Answer:
    stored = {
        field.id: getattr(contact, field.id) or "" if contact else "" for field in _FIELDS.values()
    }
    return visit.page(
        "billing",
        status if errors else 200,
        errors=errors,
        typed={name: typed(visit, name) for name in stored} if errors else stored,
        changed_at=contact.changed_at if contact else None,
        etag=str(contact.version if contact else 0),
    )
