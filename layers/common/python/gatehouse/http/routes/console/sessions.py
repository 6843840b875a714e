"""Where one is signed in, and the way out of each place or of all others."""

from typing import Any

from gatehouse.domain.device import device_in_words
from gatehouse.domain.policy import Circumstances
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import SHOWN
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases import sessions
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.sessions import Listed

pages = Pages()
_HERE = "/console/sessions"


@pages.at("GET /console/sessions")
def list_sessions(visit: Visit) -> Answer:
    found = sessions.own_sessions(visit.ports, visit.person, visit.call.after(_HERE), SHOWN)
    return visit.page(
        "sessions",
        sessions=[row_of(one) for one in found.items],
        next=visit.more(_HERE, found.after),
        later="cursor" in visit.query,
    )


@pages.at("POST /console/sessions")
def end_sessions(visit: Visit) -> Answer:
    session_id = visit.form.get("session_id")
    if session_id:
        sessions.end_own_session(visit.ports, visit.person, session_id, no_receipt)
        return visit.go(_HERE, "The session was ended. Its next click leads to the sign-in.")
    sessions.end_other_sessions(visit.ports, visit.person, no_receipt)
    return visit.go(_HERE, "You are signed out everywhere but here.")


def row_of(one: Listed) -> dict[str, Any]:
    """Return a session as lists show it."""
    session = one.session
    factors = Circumstances(session.factors.amr, session.factors.acr)
    return {
        "session_id": session.session_id,
        "current": one.is_current,
        "device": device_in_words(session.user_agent),
        "ip_address": session.ip_address or "unknown",
        "since": session.created_at,
        "seen": session.last_seen_at,
        "second_factor": factors.is_multi_factor,
    }
