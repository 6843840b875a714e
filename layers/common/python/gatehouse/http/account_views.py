"""An account's plan and billing contact, as JSON."""

from gatehouse.domain.billing import BillingContact
from gatehouse.domain.moments import to_text
from gatehouse.domain.seats import SEATED, Seats
from gatehouse.http.views import Json


def plan(seats: Seats) -> Json:
    return {
        "plan": seats.plan.name,
        "seats": {
            "limit": seats.plan.seats,
            "in_use": seats.in_use,
            "free": seats.free,
            "by_role": {role.value: seats.by_role.get(role, 0) for role in SEATED},
        },
    }


def billing_contact(contact: BillingContact | None) -> Json:
    """Return the contact; while nobody named one, all of it null under the etag 0."""
    return {
        "name": contact.name if contact else None,
        "email": contact.email if contact else None,
        "postal_address": contact.postal_address if contact else None,
        "reference": contact.reference if contact else None,
        "changed_at": to_text(contact.changed_at) if contact else None,
        "etag": str(contact.version if contact else 0),
    }
