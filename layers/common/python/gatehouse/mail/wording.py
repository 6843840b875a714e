"""What each mail about a connection says, to each side. How it looks is the templates' business.

Both parts of a mail are laid out from one :class:`Wording`, so they state the same facts. Names
and messages come from another company: every one of them passes `plain_text` here, once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.mailing import Letter, MailKind
from gatehouse.domain.plain_text import defang, one_line
from gatehouse.domain.roles import Role, actions_allowed
from gatehouse.domain.wording import moment_in_words, roles_under, scope_in_words

_HOW_TO_ANSWER: Final = (
    "Opening the link changes nothing. You sign in and see who gets in, and as what, before you "
    "accept or decline. The link is yours alone: it works once."
)
_ANOTHER_WAY: Final = (
    "You need not trust this mail: sign in to Gatehouse as you always do, and open Who let us in. "
    "The invitation waits there too."
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, shown under a fixed sentence that says whose they are."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one mail. ``facts`` are (label, value); ``roles`` are (own, effective)."""

    subject: str
    preheader: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    why: str
    quote: Quote | None = None
    roles: tuple[tuple[Role, Role | None], ...] = ()
    role_columns: tuple[str, str] = ("", "")
    link: str | None = None
    link_text: str = "Read the invitation"


@dataclass(frozen=True, slots=True)
class _Names:
    """The untrusted names of a letter, safe to show on one line."""

    host: str
    guest: str
    actor: str | None
    to_host: bool

    @classmethod
    def of(cls, letter: Letter) -> "_Names":
        return cls(
            host=_name(letter.host_name, otherwise=letter.host_subdomain),
            guest=_name(letter.guest_name, otherwise=letter.guest_subdomain),
            actor=_name(letter.actor_name, otherwise="Somebody") if letter.actor_name else None,
            to_host=letter.side == "host",
        )

    def actor_of(self, company: str) -> str:
        return f"{self.actor} of {company}" if self.actor else f"An Administrator of {company}"

    @property
    def look(self) -> str:
        """Say where to look; a notice carries no link."""
        if self.to_host:
            return (
                f"To see the connection, sign in to Gatehouse and open Connections, {self.guest}."
            )
        return f"To see the connection, sign in to Gatehouse and open Who let us in, {self.host}."

    @property
    def why(self) -> str:
        mine = self.host if self.to_host else self.guest
        return f"You receive this mail because you are an Administrator of {mine} in Gatehouse."


def wording(letter: Letter) -> Wording:
    """Return the words of a letter for its recipient's side.

    Raises ValueError for an invitation without its link or addressed to the host, which must
    never see one.
    """
    return _BY_KIND[letter.kind](letter, _Names.of(letter))


def _invitation(letter: Letter, names: _Names) -> Wording:
    if letter.link is None or letter.expires_at is None or names.to_host:
        raise ValueError("an invitation has a link and an expiry, and goes to the guest only")
    maximum, scope, until = _maximum(letter), _scope(letter), moment_in_words(letter.expires_at)
    inviter = names.actor or names.host
    return Wording(
        subject=f"{names.host} invites {names.guest} to work in its account",
        preheader=f"As at most {maximum}, in {scope}. Answer by {until}.",
        lead=(
            f"{names.actor_of(names.host)} ({letter.host_subdomain}) invites the people of "
            f"{names.guest} ({letter.guest_subdomain}) to work in its account. Nobody has access "
            f"until an Administrator of {names.guest} accepts."
        ),
        facts=(
            ("From", f"{names.host} ({letter.host_subdomain})"),
            ("Invited by", inviter),
            ("At most", f"{maximum}: {', '.join(actions_allowed(letter.maximum_role))}"),
            ("Where", scope),
            ("Answer by", until),
        ),
        roles=roles_under(letter.maximum_role),
        role_columns=(f"Role at {names.guest}", f"Role in {names.host}"),
        quote=_quote(letter, inviter),
        link=letter.link,
        after=(_HOW_TO_ANSWER, _ANOTHER_WAY),
        why=f"{names.why} If you do nothing, the invitation expires and nobody gets access.",
    )


def _accepted(letter: Letter, names: _Names) -> Wording:
    maximum, scope = _maximum(letter), _scope(letter)
    after = (
        (
            f"Everything they do is in the activity log of {names.host}. You can lower the maximum "
            "role, change the grant or revoke the connection at any time; it holds at their very "
            "next click."
        )
        if names.to_host
        else (
            f"The activity log of {names.host} shows what your people do there, with name, role "
            "and IP address. You can leave at any time; that ends their access at their very "
            "next click."
        )
    )
    return Wording(
        subject=(
            f"{names.guest} accepted: its people can now work in your account"
            if names.to_host
            else f"Your people can now work in {names.host}"
        ),
        preheader=f"As at most {maximum}, in {scope}.",
        lead=(
            f"{names.actor_of(names.guest)} accepted the invitation of {names.host}. Everybody of "
            f"{names.guest} with role Read-only or higher can now work in {scope} of {names.host}, "
            f"as at most {maximum}."
        ),
        facts=_facts(letter, names, ("Accepted by", names.actor), "Accepted"),
        after=(after, names.look),
        why=names.why,
    )


def _declined(letter: Letter, names: _Names) -> Wording:
    again = (
        "You can send a new invitation."
        if names.to_host
        else f"If that was a mistake, ask {names.host} for a new invitation."
    )
    return Wording(
        subject=(
            f"{names.guest} declined your invitation"
            if names.to_host
            else f"{names.guest} declined the invitation of {names.host}"
        ),
        preheader=f"Nobody of {names.guest} has access to {names.host}.",
        lead=(
            f"{names.actor_of(names.guest)} declined the invitation of {names.host}. Nobody of "
            f"{names.guest} has access."
        ),
        facts=_facts(letter, names, ("Declined by", names.actor), "Declined"),
        quote=_quote(letter, names.actor or names.guest),
        after=(again, names.look),
        why=names.why,
    )


def _expired(letter: Letter, names: _Names) -> Wording:
    again = (
        "You can send it again: the Administrators of "
        f"{names.guest} get new links and the old ones stay dead."
        if names.to_host
        else f"If access is still wanted, ask {names.host} to send it again."
    )
    return Wording(
        subject=(
            f"Your invitation to {names.guest} expired"
            if names.to_host
            else f"The invitation of {names.host} expired"
        ),
        preheader=f"Nobody answered. Nobody of {names.guest} has access to {names.host}.",
        lead=(
            f"No Administrator of {names.guest} answered the invitation of {names.host} in time. "
            f"It expired, and nobody of {names.guest} has access."
        ),
        facts=_facts(letter, names, None, "Expired"),
        after=(again, names.look),
        why=names.why,
    )


def _ended(letter: Letter, names: _Names) -> Wording:
    left = letter.end_reason == "left_by_guest"
    company = names.guest if left else names.host
    kept = (
        f"The record of what was granted and the log are kept. A new invitation to {names.guest} starts a new connection."
        if names.to_host
        else f"If access is still needed, ask {names.host} for a new invitation."
    )
    return Wording(
        subject=_ended_subject(names, left=left),
        preheader=f"Nobody of {names.guest} has access to {names.host}.",
        lead=(
            f"{names.actor_of(company)} ended the connection of {names.host} and {names.guest}. "
            f"Since that moment nobody of {names.guest} has access to {names.host}."
        ),
        facts=_facts(letter, names, ("Ended by", names.actor), "Ended"),
        after=(kept, names.look),
        why=names.why,
    )


def _ended_subject(names: _Names, *, left: bool) -> str:
    if left:
        return f"{names.guest} left {'your account' if names.to_host else names.host}"
    if names.to_host:
        return f"Your connection with {names.guest} is revoked"
    return f"{names.host} revoked its connection with {names.guest}"


def _facts(
    letter: Letter, names: _Names, actor: tuple[str, str | None] | None, when: str
) -> tuple[tuple[str, str], ...]:
    by = ((actor[0], actor[1]),) if actor and actor[1] else ()
    return (
        ("Host", f"{names.host} ({letter.host_subdomain})"),
        ("Guest", f"{names.guest} ({letter.guest_subdomain})"),
        *by,
        (when, moment_in_words(letter.happened_at)),
        ("Maximum role", _maximum(letter)),
        ("Where", _scope(letter)),
    )


def _name(text: str, *, otherwise: str) -> str:
    return defang(one_line(text, otherwise=otherwise))


def _quote(letter: Letter, author: str) -> Quote | None:
    text = defang(letter.message or "")
    return Quote(author, text) if text else None


def _maximum(letter: Letter) -> str:
    return letter.maximum_role.label


def _scope(letter: Letter) -> str:
    return scope_in_words(letter.organization_count, all_organizations=letter.all_organizations)


_BY_KIND: Final[Mapping[MailKind, Callable[[Letter, _Names], Wording]]] = {
    MailKind.INVITATION: _invitation,
    MailKind.ACCEPTED: _accepted,
    MailKind.DECLINED: _declined,
    MailKind.EXPIRED: _expired,
    MailKind.ENDED: _ended,
}
