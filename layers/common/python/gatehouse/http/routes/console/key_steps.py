"""What happens to one API key: a new secret, the end of the older one, its revocation."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from gatehouse.domain.api_key import USUAL_GRACE_HOURS
from gatehouse.domain.errors import EtagStale, IllegalStep
from gatehouse.domain.plain_text import one_line
from gatehouse.http import key_bodies
from gatehouse.http.answers import Answer
from gatehouse.http.call import SECRET
from gatehouse.http.routes.console.api_keys import PATH, facts_of, own
from gatehouse.http.routes.console.forms import key_of, new_key, step
from gatehouse.http.routes.console.visit import Errors, Page, Pages, Visit
from gatehouse.usecases import api_keys, rotate
from gatehouse.usecases.receipts import no_receipt

pages = Pages()
_GRACES: Final = {
    0: (
        "Not at all",
        "It ends when the new one is made. Choose this if somebody else has seen it.",
    ),
    1: ("For 1 hour", None),
    24: ("For 24 hours", None),
    72: ("For 3 days", None),
    168: ("For 7 days", None),
}
_CHANGED: Final = (
    "Somebody else changed this key while you looked. No secret was made. Read again what stands "
    "here, and choose again."
)


@pages.at("GET /console/api-keys/{api_key_id}/{step}")
def show_step(visit: Visit) -> Answer:
    return step(visit, _SHOW)


@pages.at("POST /console/api-keys/{api_key_id}/{step}")
def take_step(visit: Visit) -> Answer:
    return step(visit, _TAKE)


# ---- a new secret


def _ask_rotate(visit: Visit) -> Answer:
    return _rotate_page(visit)


def _take_rotate(visit: Visit) -> Answer:
    """Make a secret, and show the key on this answer: it is nowhere to be had again."""
    own(visit)  # whoever may not see the key is told so before anything about the form
    hours = visit.form.get("grace", "")
    try:
        body = key_bodies.RotationBody(grace_period_hours=int(hours) if hours.isdecimal() else -1)
    except ValueError:
        return _rotate_page(visit, {"grace-0": "Choose how long the secret so far goes on."})
    try:
        made = visit.once(
            key_of(visit),
            lambda keep: rotate.rotate_key(
                visit.ports,
                visit.person,
                visit.path["api_key_id"],
                body.grace,
                visit.form.get("etag", ""),
                keep,
            ),
            lambda key: {
                "api_key_id": key[0].api_key_id,
                "name": key[0].name,
                "number": str(key[0].current.number),
                SECRET: key[1],
            },
        )
    except (EtagStale, IllegalStep):
        return _rotate_page(visit, {"grace-0": _CHANGED}, 412)
    return visit.page("api-key-rotated", made=made, key=_facts(visit))


def _rotate_page(visit: Visit, errors: Errors | None = None, status: int = 422) -> Answer:
    key, now = own(visit), visit.ports.clock.now()
    under_way = len(key.secrets_at(now)) > 1
    chosen = 0 if under_way else USUAL_GRACE_HOURS
    return visit.page(
        "api-key-rotate",
        status if errors else 200,
        errors=errors,
        key=facts_of(key, now),
        sent_once=new_key(visit),
        under_way=under_way,
        graces=[
            {
                "hours": hours,
                "label": label,
                "about": about,
                "until": now + timedelta(hours=hours),
                "chosen": hours == chosen,
            }
            for hours, (label, about) in _GRACES.items()
            if not (under_way and hours)
        ],
    )


# ---- the end of the older one


def _ask_end(visit: Visit) -> Answer:
    return visit.page("api-key-end-older", key=_facts(visit))


def _take_end(visit: Visit) -> Answer:
    key = own(visit)
    rotate.end_older_secret(visit.ports, visit.person, key.api_key_id, None, no_receipt)
    said = f"The older secret of {one_line(key.name)} is over. Its next request is refused."
    return visit.go(f"{PATH}/{key.api_key_id}", said)


# ---- its revocation


def _ask_revoke(visit: Visit) -> Answer:
    return visit.page("api-key-revoke", key=_facts(visit))


def _take_revoke(visit: Visit) -> Answer:
    key = own(visit)
    api_keys.revoke_key(visit.ports, visit.person, key.api_key_id, None, no_receipt)
    return visit.go(PATH, f"{one_line(key.name)} was revoked. Its next request is refused.")


def _facts(visit: Visit) -> dict[str, Any]:
    return facts_of(own(visit), visit.ports.clock.now())


_SHOW: Final[Mapping[str, Page]] = {
    "rotate": _ask_rotate,
    "end-older": _ask_end,
    "revoke": _ask_revoke,
}
_TAKE: Final[Mapping[str, Page]] = {
    "rotate": _take_rotate,
    "end-older": _take_end,
    "revoke": _take_revoke,
}
