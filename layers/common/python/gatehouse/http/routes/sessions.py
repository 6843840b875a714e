"""Where people are signed in: their own sessions, and those of the account's users."""

from gatehouse.domain.moments import to_text
from gatehouse.http import views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.http.views import Json
from gatehouse.usecases import sessions
from gatehouse.usecases.sessions import Listed

own_routes = Routes()
user_routes = Routes()


@own_routes("GET /sessions")
def list_own(call: Call) -> Answer:
    page = sessions.own_sessions(call.ports, call.principal, call.after("sessions"), call.limit)
    return call.page(page, "sessions", _view)


@own_routes("DELETE /sessions")
def end_others(call: Call) -> Answer:
    return call.once(
        lambda keep: sessions.end_other_sessions(call.ports, call.principal, keep),
        views.nothing,
        204,
    )


@own_routes("DELETE /sessions/{session_id}")
def end_one(call: Call) -> Answer:
    session_id = call.path["session_id"]
    return call.once(
        lambda keep: sessions.end_own_session(call.ports, call.principal, session_id, keep),
        views.nothing,
        204,
    )


@user_routes("GET /users/{user_id}/sessions")
def list_of_user(call: Call) -> Answer:
    user_id = call.path["user_id"]
    purpose = f"sessions {user_id}"
    page = sessions.sessions_of(
        call.ports, call.principal, user_id, call.after(purpose), call.limit
    )
    return call.page(page, purpose, _view)


@user_routes("DELETE /users/{user_id}/sessions")
def end_all_of_user(call: Call) -> Answer:
    user_id = call.path["user_id"]
    sessions.must_be_able_to_end(call.ports, call.principal, user_id)
    return call.once(
        lambda keep: sessions.end_sessions_of(call.ports, call.principal, user_id, keep),
        views.nothing,
        204,
    )


def _view(listed: Listed) -> Json:
    session = listed.session
    return {
        "session_id": session.session_id,
        "current": listed.is_current,
        "created_at": to_text(session.created_at),
        "last_seen_at": to_text(session.last_seen_at),
        "expires_at": to_text(session.expires_at),
        "ip_address": session.ip_address,
        "user_agent": session.user_agent,
        "amr": sorted(session.factors.amr),
        "acr": session.factors.acr,
    }
