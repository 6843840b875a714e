"""The billing contact: read and replaced whole by the account's Administrators."""

from dataclasses import dataclass

from gatehouse.domain.activity import Resource
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.principal import Principal, administrator
from gatehouse.usecases.changes import Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import Writer, check_etag

_FIELDS = ("name", "email", "postal_address", "reference")


@dataclass(frozen=True, slots=True)
class ContactChange:
    """The whole contact as it is to be."""

    name: str
    email: str
    postal_address: str | None = None
    reference: str | None = None


def read_billing_contact(ports: Ports, principal: Principal) -> BillingContact | None:
    """Return the account's billing contact; None if nobody named one."""
    who = administrator(principal, "see the billing contact")
    return ports.store.accounts.billing_contact(who.account_id)


def change_billing_contact(
    ports: Ports, principal: Principal, change: ContactChange, etag: str | None, keep: Keep
) -> BillingContact:
    """Replace the account's billing contact."""
    who = Writer(administrator(principal, "change the billing contact"))

    def attempt() -> BillingContact:
        old = ports.store.accounts.billing_contact(who.account_id)
        check_etag(etag, old.version if old else 0)
        new = BillingContact(
            who.account_id,
            change.name,
            change.email,
            change.postal_address,
            change.reference,
            ports.clock.now(),
            version=old.version + 1 if old else 1,
        )
        pairs = {name: (getattr(old, name, None), getattr(new, name)) for name in _FIELDS}
        ports.store.commit(
            Save(new, old),
            who.still(),
            who.entry(
                ports,
                "account.billing_contact_changed",
                Resource("billing_contact", who.account_id, new.name),
                {name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
            ),
            keep(new),
        )
        return new

    return settled(attempt)
