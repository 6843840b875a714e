"""What each mail of an account to its own people says; those about a connection are wording.py's.

The facts of a mail are named at its :class:`gatehouse.domain.mailing.MailKind`. Names are written
by people: every one of them passes `plain_text` here, once.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gatehouse.domain.mailing import AccountLetter, MailKind
from gatehouse.domain.moments import from_text
from gatehouse.domain.plain_text import defang, one_line
from gatehouse.domain.roles import Role
from gatehouse.domain.wording import moment_in_words
from gatehouse.mail.wording import Wording

_UNUSED: Final = "90 days"
_HOW_TO_SIGN_IN: Final = (
    "Opening the link changes nothing. You sign in, see which account you were added to and by "
    "whom, and say yes or no. The link gives nobody access: only your own sign-in does."
)
_KEEP_OR_REVOKE: Final = (
    "If an application needs the key, let it call once. If nothing does, revoke the key now: what "
    "nobody uses, nobody watches."
)
_MAKE_ANOTHER: Final = (
    "A revoked key does not come back. If an application still needs one, make a new key with the "
    "scopes it needs."
)


def account_wording(letter: AccountLetter) -> Wording:
    """Return the words of a letter. Raises ValueError for an invitation without its link."""
    return _BY_KIND[letter.kind](letter, _name(letter.account_name, letter.account_subdomain))


def _user_invitation(letter: AccountLetter, account: str) -> Wording:
    if letter.link is None or letter.expires_at is None:
        raise ValueError("a user invitation has a link and an expiry")
    until, actor = moment_in_words(letter.expires_at), _actor(letter)
    role = Role(letter.facts["role"]).label
    return Wording(
        subject=f"You were added to {account}: sign in",
        preheader=f"As {role}. The link works until {until}.",
        lead=(
            f"{_at_the_start(actor or 'somebody')} added you to {account} ({letter.account_subdomain}) in "
            f"Gatehouse as {role}. Sign in with the address this mail was sent to."
        ),
        facts=(
            ("Account", f"{account} ({letter.account_subdomain})"),
            *((("Added by", actor),) if actor else ()),
            ("Your role", role),
            ("Link until", until),
        ),
        link=letter.link,
        link_text="Read and sign in",
        after=(
            _HOW_TO_SIGN_IN,
            f"If the link is over, ask an Administrator of {account} to send it again.",
        ),
        why=(
            f"You receive this mail because you were added to {account} in Gatehouse. If you do "
            "not know the company, do nothing: nobody can sign in as you."
        ),
    )


def _key_unused(letter: AccountLetter, account: str) -> Wording:
    key = _name(letter.facts["key_name"], "A key")
    at = moment_in_words(from_text(letter.facts["revokes_at"]))
    return Wording(
        subject=f"An unused API key of {account} will be revoked",
        preheader=f"{key}, on {at}, unless something uses it before.",
        lead=(
            f"Nothing has used the API key {key} of {account} for a long time. An unused key is "
            f"revoked after {_UNUSED}: this one on {at}, unless something uses it before."
        ),
        facts=(
            ("API key", key),
            ("Last used", _last_use(letter)),
            ("Revoked on", at),
        ),
        after=(
            _KEEP_OR_REVOKE,
            _look(key),
        ),
        why=_why_administrators(account),
    )


def _key_revoked(letter: AccountLetter, account: str) -> Wording:
    key = _name(letter.facts["key_name"], "A key")
    return Wording(
        subject=f"An unused API key of {account} was revoked",
        preheader=f"{key}: nothing used it for {_UNUSED}.",
        lead=(
            f"The API key {key} of {account} was revoked because nothing used it for {_UNUSED}. "
            "Since that moment it opens nothing."
        ),
        facts=(
            ("API key", key),
            ("Last used", _last_use(letter)),
            ("Revoked", moment_in_words(letter.happened_at)),
        ),
        after=(
            _MAKE_ANOTHER,
            "To see your keys, sign in to Gatehouse and open API keys.",
        ),
        why=_why_administrators(account),
    )


def _last_use(letter: AccountLetter) -> str:
    used = letter.facts.get("last_used_at")
    return moment_in_words(from_text(used)) if used else "Never"


def _look(key: str) -> str:
    return f"To see the key, sign in to Gatehouse and open API keys, {key}."


def _why_administrators(account: str) -> str:
    return f"You receive this mail because you are an Administrator of {account} in Gatehouse."


def _at_the_start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _actor(letter: AccountLetter) -> str | None:
    return _name(letter.actor_name, "Somebody") if letter.actor_name else None


def _name(text: str, otherwise: str) -> str:
    return defang(one_line(text, otherwise=otherwise))


_BY_KIND: Final[Mapping[MailKind, Callable[[AccountLetter, str], Wording]]] = {
    MailKind.USER_INVITATION: _user_invitation,
    MailKind.KEY_UNUSED: _key_unused,
    MailKind.KEY_REVOKED: _key_revoked,
}
