"""What happens to one person: deactivated, reactivated, deleted, erased, their own
organizations.
"""

from collections.abc import Mapping
from typing import Final

from gatehouse.domain.errors import Malformed, NotAllowed, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import administrator
from gatehouse.domain.seats import SEATED, no_seat_free
from gatehouse.domain.user import Status
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console import erasures
from gatehouse.http.routes.console.forms import (
    OFFERED,
    SHOWN,
    Field,
    key_of,
    new_key,
    sentences_of,
    step,
    words_of,
)
from gatehouse.http.routes.console.sessions import row_of
from gatehouse.http.routes.console.users import PATH, facts_of, invitation_facts
from gatehouse.http.routes.console.visit import Errors, Page, Pages, Visit
from gatehouse.usecases import invite_user, sessions, users
from gatehouse.usecases.find import find_organizations
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.users import Described, UserChange
from gatehouse.usecases.writers import Writer, writer

pages = Pages()
_TICKED: Final = 200
"""How many of somebody's own organizations their page lists."""


@pages.at("GET /console/users/{user_id}/{step}")
def show_step(visit: Visit) -> Answer:
    return step(visit, _SHOW)


@pages.at("POST /console/users/{user_id}/{step}")
def take_step(visit: Visit) -> Answer:
    return step(visit, _TAKE)


# ---- deactivated, and back


def _ask_status(visit: Visit) -> Answer:
    who, one = _touched(visit)
    return visit.page(
        "user-status",
        user=facts_of(visit.ports, one, who),
        obstacle=_obstacle(visit, who, one),
    )


def _obstacle(visit: Visit, who: Writer, one: Described) -> str | None:
    """Return why somebody may not be reactivated now; None if nothing is in the way."""
    if one.user.status is Status.ACTIVE:
        return None
    seats = visit.ports.store.seats.get(one.user.account_id)
    if not seats.has_room_for(one.user.role in SEATED):
        return no_seat_free(seats).detail
    try:
        had = visit.ports.store.grants.get(one.user.account_id, one.user.grant_id or "")
        who.must_reach_as_far_as(
            visit.ports, one.user, had.organization_ids if had else frozenset()
        )
    except NotAllowed as refusal:
        return refusal.detail
    return None


def _take_status(visit: Visit) -> Answer:
    wanted = Status.ACTIVE if visit.form.get("status") == "active" else Status.DEACTIVATED
    changed = users.change_user(
        visit.ports,
        visit.person,
        visit.path["user_id"],
        UserChange(status=wanted),
        None,
        no_receipt,
    )
    name = one_line(changed.user.name)
    said = (
        f"{name} is active again and reaches what they reached before."
        if wanted is Status.ACTIVE
        else f"{name} is deactivated: nothing is open to them from their next click on."
    )
    return visit.go(f"{PATH}/{changed.user.user_id}", said)


# ---- the mail to sign in


def _ask_invitation(visit: Visit) -> Answer:
    who, one = _touched(visit)
    return visit.page(
        "user-invitation",
        user=facts_of(visit.ports, one, who),
        invitation=invitation_facts(visit, one.user),
        key=new_key(visit),
    )


def _send_invitation(visit: Visit) -> Answer:
    _, one = _touched(visit)
    invite_user.must_be_able_to_invite(visit.ports, visit.person, one.user.user_id)
    visit.once(
        key_of(visit),
        lambda keep: invite_user.send_invitation(visit.ports, visit.person, one.user.user_id, keep),
        lambda sent: {"user_id": sent.user.user_id},
    )
    name = one_line(one.user.name)
    return visit.go(f"{PATH}/{one.user.user_id}", f"A new link was sent to {name}, for six hours.")


# ---- where they are signed in


def _ask_sessions(visit: Visit) -> Answer:
    who, one = _touched(visit)
    found = sessions.sessions_of(visit.ports, visit.person, one.user.user_id, None, SHOWN)
    return visit.page(
        "user-sessions",
        user=facts_of(visit.ports, one, who),
        sessions=[row_of(session) for session in found.items],
    )


def _end_sessions(visit: Visit) -> Answer:
    _, one = _touched(visit)
    sessions.end_sessions_of(visit.ports, visit.person, one.user.user_id, no_receipt)
    return visit.go(
        f"{PATH}/{one.user.user_id}", f"{one_line(one.user.name)} is signed out everywhere."
    )


# ---- deleted


def _ask_delete(visit: Visit) -> Answer:
    administrator(visit.person, "delete users")
    who, one = _touched(visit)
    return visit.page("user-delete", user=facts_of(visit.ports, one, who))


def _take_delete(visit: Visit) -> Answer:
    administrator(visit.person, "delete users")
    _, one = _touched(visit)
    users.remove_user(visit.ports, visit.person, one.user.user_id, None, no_receipt)
    return visit.go(PATH, f"{one_line(one.user.name)} was deleted. The log keeps what they did.")


# ---- organizations of their own


def _ask_organizations(visit: Visit) -> Answer:
    return _organizations_page(visit)


def _take_organizations(visit: Visit) -> Answer:
    _, one = _touched(visit)
    ticked = visit.ticked("organization.")
    takes = visit.form.get("next") == "take"
    if not ticked:
        place = "held" if takes else "words"
        return _organizations_page(visit, {place: "Tick at least one organization."})
    wanted = one.organization_ids - ticked if takes else one.organization_ids | ticked
    try:
        body = bodies.UserChangeBody(organization_ids=sorted(wanted))
        bodies.check_sizes(visit.ports.limits, body.scope)
        users.change_user(
            visit.ports,
            visit.person,
            one.user.user_id,
            body.change(),
            str(one.user.version),
            no_receipt,
        )
    except (Malformed, Refused) as refusal:
        return _organizations_page(visit, sentences_of(refusal, _FIELDS))
    count = "1 organization" if len(ticked) == 1 else f"{len(ticked)} organizations"
    name = one_line(one.user.name)
    said = f"{count} taken from {name}." if takes else f"{count} given to {name}."
    return visit.go(f"{PATH}/{one.user.user_id}/organizations", f"{said} It holds at once.")


def _organizations_page(visit: Visit, errors: Errors | None = None) -> Answer:
    who, one = _touched(visit)
    words = words_of(visit)
    directory = visit.ports.store.directory
    held = directory.organizations(who.account_id, sorted(one.organization_ids)[:_TICKED])
    found = find_organizations(
        visit.ports,
        visit.person,
        words,
        None,
        OFFERED,
        lambda found: found.organization_id not in one.organization_ids,
    )
    return visit.page(
        "user-organizations",
        422 if errors else 200,
        errors=errors,
        user=facts_of(visit.ports, one, who),
        held=sorted(held.values(), key=lambda o: o.name.casefold()),
        words=words,
        found=found.items,
        more=found.after is not None,
        stopped=found.stopped,
    )


_FIELDS: Final = {"/organization_ids": Field("words", "The choice", "Choose organizations.")}


def _touched(visit: Visit) -> tuple[Writer, Described]:
    """Return the writer, and the person if the writer may change them at all."""
    who = writer(visit.person, "change users")
    one = users.read_user(visit.ports, visit.person, visit.path["user_id"])
    who.must_not_touch_administrators(one.user.role)
    return who, one


_SHOW: Final[Mapping[str, Page]] = {
    "status": _ask_status,
    "invitation": _ask_invitation,
    "sessions": _ask_sessions,
    "delete": _ask_delete,
    "erase": erasures.ask,
    "erasure": erasures.show,
    "organizations": _ask_organizations,
}
_TAKE: Final[Mapping[str, Page]] = {
    "status": _take_status,
    "invitation": _send_invitation,
    "sessions": _end_sessions,
    "delete": _take_delete,
    "erase": erasures.begin,
    "organizations": _take_organizations,
}
