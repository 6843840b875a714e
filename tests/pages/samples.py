"""Every page with what it may be given: the calm story, and the one an attacker writes."""

from typing import Any

from gatehouse.domain.roles import Role
from gatehouse.domain.wording import roles_under
from gatehouse.http.pages import PageResult, page
from tests.mail.samples import HOSTILE_MESSAGE, HOSTILE_NAME

TOKEN_PATH = "/invitations/" + "Zk3v9Qp7" * 5 + "abc"
CSRF = "c" * 64

_FIRST_NAMES = (
    "Ana Ben Chloé Dmitri Esra Farid Grace Hugo Imani Jun Kofi Lena Mateo Nadia Olu Priya Quinn "
    "Rosa Sven Tomoko Uma Vera Wes Ximena Yusuf"
).split()
_OWN_ROLES = ["administrator"] * 2 + ["manager"] * 4 + ["editor"] * 5 + ["creator"] * 4
_OWN_ROLES += ["read_only"] * 4 + ["lite"] * 6

ROLES = [{"own_role": o, "effective_role": e} for o, e in roles_under(Role.EDITOR)]
PEOPLE = [
    {
        "user_id": f"usr_{n}",
        "name": f"{name} Lima",
        "own_role": own,
        "effective_role": dict(roles_under(Role.EDITOR))[Role(own)],
    }
    for n, (name, own) in enumerate(zip(_FIRST_NAMES, _OWN_ROLES, strict=True))
]

OFFER: dict[str, Any] = {
    "state": "pending",
    "host_account": {"subdomain": "acme", "name": "Acme MSP"},
    "guest_account": {"subdomain": "continuum", "name": "Continuum"},
    "invited_by": {"user_id": "usr_1", "name": "Dana Reyes"},
    "message": "Welcome aboard.\n\nThe night shift starts on Monday; the handbook is at "
    "https://wiki.acme.example/night-shift.",
    "maximum_role": "editor",
    "organization_count": 2,
    "all_organizations": False,
    "expires_at": "2026-11-28T10:00:00.000Z",
}
PREVIEW = OFFER | {
    "etag": '"7"',
    "roles": ROLES,
    "people": PEOPLE,
    "organizations": [{"name": "Northwind Dental"}, {"name": "Harbor Logistics"}],
}
HOSTILE_OFFER = PREVIEW | {
    "host_account": {"subdomain": "acme", "name": HOSTILE_NAME},
    "guest_account": {"subdomain": "continuum", "name": "W" * 300},
    "invited_by": {"user_id": "usr_1", "name": HOSTILE_NAME},
    "message": HOSTILE_MESSAGE + "\n" + "x" * 400,
    "people": [*PEOPLE, PEOPLE[0] | {"name": HOSTILE_NAME}, PEOPLE[0] | {"name": "\u200b"}],
    "organizations": [{"name": HOSTILE_NAME}, {"name": "W" * 120}],
}

ADMINISTRATOR: dict[str, Any] = {
    "name": "Ana Lima",
    "role": "administrator",
    "account_name": "Continuum",
    "may_decide": True,
}
MANAGER = ADMINISTRATOR | {"name": "Chloé Lima", "role": "manager", "may_decide": False}
STRANGER = MANAGER | {"name": "Sam Ode", "account_name": "Third Rock IT"}

_LINK: dict[str, Any] = {
    "token_path": TOKEN_PATH,
    "sign_in_url": f"/sign-in?return_to={TOKEN_PATH}",
}


def _invitation(view: dict[str, Any], viewer: dict[str, Any] | None) -> PageResult:
    return page("invitation", view=view, viewer=viewer, csrf=CSRF if viewer else None, **_LINK)


def _dead_end(cause: str, viewer: dict[str, Any] | None = ADMINISTRATOR, **more: Any) -> PageResult:
    given = {"view": OFFER, "csrf": CSRF if viewer else None} | more
    return page("dead-end", cause=cause, viewer=viewer, **given)


def _user_invitation(state: str, viewer: dict[str, Any] | None = None, **more: Any) -> PageResult:
    given: dict[str, Any] = {
        "account": {"name": "Continuum", "subdomain": "continuum"},
        "actor_name": "Ben Lima",
        "role": "manager",
        "address": "a•••@continuum.test",
        "expires_at": "2026-11-22T16:00:00.000Z",
        "sign_in_url": "/sign-in?return_to=%2F",
        **more,
    }
    return page(
        "user-invitation", state=state, viewer=viewer, csrf=CSRF if viewer else None, **given
    )


def pages() -> dict[str, PageResult]:
    """Render every page in every shape it has."""
    answered: dict[str, Any] = {
        "answered_by": "Ben Lima",
        "answered_at": "2026-11-22T08:15:00.000Z",
    }
    signed_in: dict[str, Any] = {"viewer": ADMINISTRATOR, "csrf": CSRF}
    accounts = [
        {
            "account_id": "acc_0000000000000001",
            "name": "Continuum",
            "subdomain": "continuum",
            "relation": "home",
            "effective_role": "administrator",
        },
        {
            "account_id": "acc_0000000000000002",
            "name": "Acme MSP",
            "subdomain": "acme",
            "relation": "host",
            "effective_role": "editor",
        },
    ]
    waiting = [OFFER | {"path": "/console/hosts/con_01"}]
    everything: dict[str, Any] = {
        "all_organizations": True,
        "organization_count": 40,
        "organizations": [],
    }
    user = {"name": "Ana Lima", "email": "ana@continuum.test", "role": "administrator"}
    return {
        "invitation": _invitation(PREVIEW, ADMINISTRATOR),
        "invitation-everything": _invitation(PREVIEW | everything, ADMINISTRATOR),
        "invitation-without-people": _invitation(
            PREVIEW | {"people": None, "message": None}, ADMINISTRATOR
        ),
        "invitation-signed-out": _invitation(OFFER, None),
        "invitation-manager": _invitation(OFFER, MANAGER),
        "invitation-hostile": _invitation(HOSTILE_OFFER, ADMINISTRATOR),
        "dead-end-wrong-person": _dead_end("wrong-person", MANAGER),
        "dead-end-wrong-person-named": _dead_end(
            "wrong-person", MANAGER, administrators=["Ana Lima", "Ben Lima"]
        ),
        "dead-end-wrong-account": _dead_end("wrong-account", STRANGER),
        "dead-end-expired": _dead_end("expired", None, sign_in_url=_LINK["sign_in_url"]),
        "dead-end-replaced": _dead_end("replaced"),
        "dead-end-already-accepted": _dead_end("already-accepted", **answered),
        "dead-end-already-accepted-signed-out": _dead_end("already-accepted", None),
        "dead-end-already-accepted-by-you": _dead_end(
            "already-accepted", by_viewer=True, **answered
        ),
        "dead-end-declined": _dead_end("declined", **answered),
        "dead-end-revoked": _dead_end("revoked", answered_at=answered["answered_at"]),
        "dead-end-unknown": _dead_end("unknown", None, view=None),
        "dead-end-offer-changed": _dead_end("offer-changed", token_path=TOKEN_PATH),
        "dead-end-hostile": _dead_end(
            "already-accepted", view=HOSTILE_OFFER, **(answered | {"answered_by": HOSTILE_NAME})
        ),
        "answered-accepted": page("answered", outcome="accepted", view=OFFER, **signed_in),
        "answered-again": page(
            "answered", outcome="accepted", already=True, view=OFFER, **signed_in
        ),
        "answered-declined": page("answered", outcome="declined", view=OFFER, **signed_in),
        **{
            f"sign-in-problem-{cause}": page(
                "sign-in-problem",
                status=status,
                cause=cause,
                email="ana@continuum.test",
                account_name="Continuum",
            )
            for cause, status in {
                "not-added": 403,
                "email-unverified": 403,
                "provider-unavailable": 503,
                "expired-attempt": 400,
                "not-confirmed": 400,
                "deactivated": 403,
                "other-identity": 403,
                "other-user": 409,
            }.items()
        },
        "continue": page(
            "continue",
            account={"name": "Continuum", "subdomain": "continuum"},
            user=user,
            added_by="Ben Lima",
            csrf=CSRF,
        ),
        "continue-unsaid": page(
            "continue",
            account={"name": HOSTILE_NAME, "subdomain": "continuum"},
            user=user | {"name": HOSTILE_NAME},
            csrf=CSRF,
        ),
        **{
            f"user-invitation-{state}": _user_invitation(state)
            for state in ("open", "signed-in", "expired", "replaced", "deactivated")
        },
        "user-invitation-somebody-else": _user_invitation("somebody-else", viewer=STRANGER),
        "user-invitation-yours": _user_invitation("signed-in", viewer=ADMINISTRATOR),
        "user-invitation-gone": _user_invitation("gone", role=None, address=None),
        "user-invitation-unknown": _user_invitation(
            "unknown", account=None, actor_name=None, role=None, address=None, expires_at=None
        ),
        "user-invitation-hostile": _user_invitation(
            "open",
            account={"name": HOSTILE_NAME, "subdomain": "continuum"},
            actor_name=HOSTILE_NAME,
        ),
        "home": page("home", accounts=accounts, invitations=waiting, **signed_in),
        "home-first-use": page("home", accounts=[], invitations=[], **signed_in),
        "signed-out": page("signed-out"),
        "problem": page(
            "problem",
            status=429,
            title="Too many requests",
            detail="This invitation was sent again 3 times in an hour, which is the limit.",
            retry_after=120,
            request_id="req-1",
            **signed_in,
        ),
        "problem-hostile": page(
            "problem",
            status=422,
            title="This cannot be done",
            detail=HOSTILE_MESSAGE,
            errors=[HOSTILE_NAME],
        ),
    }
