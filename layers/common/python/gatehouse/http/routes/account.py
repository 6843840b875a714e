"""The account itself: its settings, its look, its plan, whom to bill."""

from gatehouse.domain.errors import UnsupportedMediaType
from gatehouse.domain.principal import administrator
from gatehouse.http import account_bodies, account_views, bodies, views
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.reading import LARGEST
from gatehouse.usecases import account, billing, logo, plan

routes = Routes()


@routes("GET /account")
def show_account(call: Call) -> Answer:
    return call.entity(views.account(account.read_account(call.ports, call.principal)))


@routes("PATCH /account")
def change_account(call: Call) -> Answer:
    administrator(call.principal, "change account settings")
    change = bodies.read(bodies.AccountChangeBody, call.body()).change()
    return call.once(
        lambda keep: account.change_account(call.ports, call.principal, change, call.etag, keep),
        views.account,
    )


@routes("GET /account/plan")
def show_plan(call: Call) -> Answer:
    return json_answer(200, account_views.plan(plan.read_plan(call.ports, call.principal)))


@routes("GET /account/billing-contact")
def show_billing_contact(call: Call) -> Answer:
    contact = billing.read_billing_contact(call.ports, call.principal)
    return call.entity(account_views.billing_contact(contact))


@routes("PUT /account/billing-contact")
def change_billing_contact(call: Call) -> Answer:
    administrator(call.principal, "change the billing contact")
    change = bodies.read(account_bodies.BillingContactBody, call.body()).contact()
    return call.once(
        lambda keep: billing.change_billing_contact(
            call.ports, call.principal, change, call.etag, keep
        ),
        account_views.billing_contact,
    )


@routes("PUT /account/logo")
def set_logo(call: Call) -> Answer:
    administrator(call.principal, "change the logo")
    if call.media_type != "image/png":
        raise UnsupportedMediaType("Send the logo as image/png.")
    return call.once(
        lambda keep: logo.set_logo(
            call.ports, call.principal, call.content(LARGEST), call.etag, keep
        ),
        views.account,
    )


@routes("DELETE /account/logo")
def remove_logo(call: Call) -> Answer:
    administrator(call.principal, "change the logo")
    call.no_body()
    return call.once(
        lambda keep: logo.remove_logo(call.ports, call.principal, call.etag, keep),
        views.nothing,
        204,
    )
