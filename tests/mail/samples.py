"""Letters of every kind and side, told calmly and told by an attacker."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from gatehouse.domain.mailing import AccountLetter, Letter, MailKind
from gatehouse.domain.roles import Role

LINK = "https://gatehouse.example/invitations/" + "Zk3v9Qp7" * 5 + "abc"

INVITATION = Letter(
    kind=MailKind.INVITATION,
    to="ana@continuum.test",
    side="guest",
    host_name="Acme MSP",
    host_subdomain="acme",
    guest_name="Continuum",
    guest_subdomain="continuum",
    maximum_role=Role.EDITOR,
    organization_count=2,
    all_organizations=False,
    actor_name="Dana Reyes",
    happened_at=datetime(2026, 11, 21, 22, 43, 1, tzinfo=UTC),
    expires_at=datetime(2026, 11, 28, 10, 0, tzinfo=UTC),
    message="Welcome aboard.\n\nThe night shift starts on Monday.",
    link=LINK,
    tags={"kind": "invitation", "about_id": "con_01"},
)

HOSTILE_NAME = (
    "Acme\r\nBcc: all@evil.example\r\n\r\n<img src=x onerror=alert(1)> "
    "\u202ehttps://evil.example\u202c \u200bwww.evil.example\x00"
)
WIDE = "".join(chr(ord(c) + 0xFEE0) for c in "https://evil.example")
"""The address in full-width letters, which browsers read as the address."""

HOSTILE_MESSAGE = f"""Act now: https://evil.example/login?a=1&b=2 or HTTP://EVIL.EXAMPLE
bare evil.example, www.evil.example/x, evil.co.uk, ana@evil.example, mailto:ana@evil.example
192.0.2.66/x and http://[2001:db8::66]/ and evil.example:8443
{WIDE}, evil\u3002example, evil\u2024example, ev\u200bil.example
javascript:alert(1) JaVaScRiPt:alert(1) java\u200dscript:alert(1) data:text/html,x vbscript:x
\\\\evil\\share file://evil/share ftp://evil.example tel:+15550100
\u202egnp.exe\u202c <script>alert(1)</script> <a href="https://evil.example">Read the invitation</a>
{{{{ 7 * 7 }}}} {{% raw %}} \x1b[31m\x07"""

NOTICES = {
    f"{kind}-{side}": replace(
        INVITATION,
        kind=kind,
        side=side,
        to="dana@acme.test" if side == "host" else "ana@continuum.test",
        actor_name={
            MailKind.ACCEPTED: "Ana Lima",
            MailKind.DECLINED: "Ana Lima",
            MailKind.EXPIRED: None,
            MailKind.ENDED: "Dana Reyes",
        }[kind],
        message="We are not ready before January." if kind is MailKind.DECLINED else None,
        end_reason={
            MailKind.ACCEPTED: None,
            MailKind.DECLINED: "declined_by_guest",
            MailKind.EXPIRED: "expired",
            MailKind.ENDED: "revoked_by_host",
        }[kind],
        expires_at=None,
        link=None,
    )
    for kind, side in product(
        [k for k in MailKind if k.is_of_connection and k is not MailKind.INVITATION],
        ["host", "guest"],
    )
}
NOTICES |= {
    f"left-{side}": replace(
        NOTICES[f"ended-{side}"], actor_name="Ana Lima", end_reason="left_by_guest"
    )
    for side in ("host", "guest")
}

USER_INVITATION = AccountLetter(
    kind=MailKind.USER_INVITATION,
    to="paula@continuum.test",
    account_name="Continuum",
    account_subdomain="continuum",
    actor_name="Ana Lima",
    happened_at=datetime(2026, 11, 22, 4, 0, tzinfo=UTC),
    expires_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    facts={"role": "manager"},
    link="https://gatehouse.example/user-invitations/" + "Zk3v9Qp7" * 5 + "abc",
    tags={"kind": "user_invitation", "about_id": "usr_01"},
)
_KEY = replace(
    USER_INVITATION, kind=MailKind.KEY_UNUSED, actor_name=None, expires_at=None, link=None
)
ACCOUNT_LETTERS = {
    "user-invitation": USER_INVITATION,
    "key-unused": replace(
        _KEY,
        facts={
            "key_name": "Documentation",
            "last_used_at": "2026-08-25T09:00:00.000Z",
            "revokes_at": "2026-12-01T10:00:00.000Z",
        },
    ),
    "key-revoked": replace(_KEY, kind=MailKind.KEY_REVOKED, facts={"key_name": "Documentation"}),
}
"""What an account tells its own people."""

LETTERS = {"invitation-guest": INVITATION} | NOTICES

HOSTILE = {
    name: replace(
        letter,
        host_name=HOSTILE_NAME,
        guest_name=HOSTILE_NAME.replace("Acme", "Continuum"),
        actor_name=HOSTILE_NAME if letter.actor_name else None,
        message=HOSTILE_MESSAGE,
        all_organizations=True,
    )
    for name, letter in LETTERS.items()
}

HOSTILE_ACCOUNT_LETTERS = {
    name: replace(
        letter,
        account_name=HOSTILE_NAME,
        actor_name=HOSTILE_NAME if letter.actor_name else None,
        facts={**letter.facts, **({"key_name": HOSTILE_NAME} if not letter.link else {})},
    )
    for name, letter in ACCOUNT_LETTERS.items()
}
