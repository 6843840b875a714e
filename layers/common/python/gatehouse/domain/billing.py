"""The billing contact: whom to write to about payment. Nothing is decided by it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BillingContact:
    """A person or an office, as the account's Administrators wrote it: plain text throughout.

    ``reference`` is what the account wants to read on an invoice: an order or a VAT number.
    """

    account_id: str
    name: str
    email: str
    postal_address: str | None
    reference: str | None
    changed_at: datetime
    version: int = 1
