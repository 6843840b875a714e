"""Between the row of a billing contact and the contact."""

from gatehouse.domain.billing import BillingContact
from gatehouse.domain.moments import from_text, to_text
from gatehouse.store import table as t


def billing_row(b: BillingContact) -> t.BillingRow:
    return t.BillingRow(
        *t.billing_key(b.account_id),
        account_id=b.account_id,
        name=b.name,
        email=b.email,
        postal_address=b.postal_address,
        reference=b.reference,
        changed_at=to_text(b.changed_at),
        version=b.version,
    )


def billing_contact(row: t.BillingRow) -> BillingContact:
    return BillingContact(
        account_id=row.account_id,
        name=row.name,
        email=row.email,
        postal_address=row.postal_address,
        reference=row.reference,
        changed_at=from_text(row.changed_at),
        version=int(row.version),
    )
