"""Invitations of a user to sign in: their state, sending one again, and the page behind a link."""

from dataclasses import replace

from gatehouse.domain.errors import LinkUnknown, ShutOut
from gatehouse.domain.mailing import masked
from gatehouse.domain.moments import to_text
from gatehouse.domain.principal import Person
from gatehouse.domain.session import csrf_token_of
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.application import refusal
from gatehouse.http.call import Call
from gatehouse.http.html import html, sign_in_url, viewer_of, wants_html
from gatehouse.http.identity import SESSION_COOKIE
from gatehouse.http.views import Json
from gatehouse.usecases import invite_user
from gatehouse.usecases.invite_user import UserInvitation
from gatehouse.usecases.user_link import LinkState, UserLink, user_link
from gatehouse.usecases.writers import writer

api_routes = Routes()
page_routes = Routes()


@api_routes("GET /users/{user_id}/invitation")
def show_invitation(call: Call) -> Answer:
    found = invite_user.read_invitation(call.ports, call.principal, call.path["user_id"])
    return json_answer(200, _view(call, found))


@api_routes("POST /users/{user_id}/invitation")
def send_invitation(call: Call) -> Answer:
    user_id = call.path["user_id"]
    writer(call.principal, "invite users")
    call.no_body()
    invite_user.must_be_able_to_invite(call.ports, call.principal, user_id)
    return call.once(
        lambda keep: invite_user.send_invitation(call.ports, call.principal, user_id, keep),
        lambda found: _view(call, found),
    )


def _view(call: Call, found: UserInvitation) -> Json:
    mailing = found.mailing
    expires_at = mailing.expires_at if mailing else None
    return {
        "state": found.state_at(call.ports.clock.now()).value,
        "delivery": found.delivery.value if found.delivery else None,
        "sent_at": to_text(mailing.created_at) if mailing else None,
        "expires_at": to_text(expires_at) if expires_at else None,
    }


@page_routes("GET /user-invitations/{token}")
def show_link(call: Call) -> Answer:
    """Say what the link is for; it changes nothing, whoever or whatever opens it."""
    try:
        found = user_link(call.ports, call.path["token"])
    except LinkUnknown as unknown:
        if not wants_html(call):
            return _varied(refusal(unknown))
        return html(
            "user-invitation", unknown.status, problem=unknown.slug, state="unknown", **_NOBODY
        )
    if not wants_html(call):
        return _varied(json_answer(200, _told(found)))
    visitor = _visitor_of(call)
    state: str = found.state.value
    if visitor is not None and found.user is not None:
        if visitor.user.user_id == found.user.user_id:
            state = LinkState.SIGNED_IN.value
        elif found.state is LinkState.OPEN:
            state = "somebody-else"
    token = call.cookies.get(SESSION_COOKIE)
    return html(
        "user-invitation",
        state=state,
        account={"name": found.account.name, "subdomain": found.account.subdomain},
        actor_name=found.actor_name,
        role=found.user.role.value if found.user else None,
        address=masked(found.user.email) if found.user else None,
        expires_at=found.expires_at,
        sign_in_url=sign_in_url("/"),
        viewer=viewer_of(call, visitor) if visitor else None,
        csrf=csrf_token_of(token) if visitor and token else None,
    )


def _visitor_of(call: Call) -> Person | None:
    """Return who opens the link; whoever their own account keeps out is nobody in particular."""
    try:
        visitor = call.visitor
    except ShutOut:
        return None
    return visitor if isinstance(visitor, Person) else None


def _told(found: UserLink) -> Json:
    """Return what anybody with the link may read."""
    return {
        "state": found.state.value,
        "account": {"subdomain": found.account.subdomain, "name": found.account.name},
        "expires_at": to_text(found.expires_at) if found.expires_at else None,
    }


def _varied(answer: Answer) -> Answer:
    headers = {**answer.headers, "Vary": "Accept, Authorization, Cookie"}
    return replace(answer, headers=headers)


_NOBODY: Json = {
    "account": None,
    "actor_name": None,
    "role": None,
    "address": None,
    "expires_at": None,
    "sign_in_url": sign_in_url("/"),
}
