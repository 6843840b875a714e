"""The bodies of requests about accounts as such: making one, its plan, whom to bill."""

from pydantic import Field

from gatehouse.domain.account import Region
from gatehouse.domain.seats import Plan
from gatehouse.http.bodies import Body
from gatehouse.http.fields import Email, Label, Name, SeatNumber, Subdomain, Text
from gatehouse.usecases.account import NewAccount
from gatehouse.usecases.billing import ContactChange


class AccountBody(Body):
    """What ``make create-account`` sends."""

    subdomain: Subdomain
    name: Name
    region: Region = Field(strict=False)
    admin_email: Email
    admin_name: Name | None = None
    plan: Label | None = None
    seats: SeatNumber | None = None

    def account(self) -> NewAccount:
        return NewAccount(
            self.subdomain,
            self.name,
            self.region,
            self.admin_email,
            self.admin_name or self.admin_email,
            Plan(self.plan, self.seats),
        )


class PlanBody(Body):
    """What ``make set-plan`` sends: what is left out stays, null seats are no limit."""

    subdomain: Subdomain
    plan: Label | None = None
    seats: SeatNumber | None = None

    def applied_to(self, old: Plan) -> Plan:
        return Plan(
            self.plan if "plan" in self.model_fields_set else old.name,
            self.seats if "seats" in self.model_fields_set else old.seats,
        )


class BillingContactBody(Body):
    name: Name
    email: Email
    postal_address: Text | None = None
    reference: Label | None = None

    def contact(self) -> ContactChange:
        return ContactChange(
            self.name, self.email, (self.postal_address or "").strip() or None, self.reference
        )
