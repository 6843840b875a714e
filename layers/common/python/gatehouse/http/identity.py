"""Who calls: a person by an access token or the console's session, an application by its key.

Credentials say who; role, status, scopes and whether they still hold come from the table, fresh
on every request.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from gatehouse.domain.demands import must_meet
from gatehouse.domain.errors import CsrfFailed, Unauthenticated
from gatehouse.domain.principal import Person, Principal
from gatehouse.domain.secrets import ApiKeyText
from gatehouse.usecases.authorize import application_of, touch

if TYPE_CHECKING:
    from gatehouse.http.call import Call

SESSION_COOKIE: Final = "__Host-gatehouse"
CSRF_HEADER: Final = "x-csrf-token"
CSRF_FIELD: Final = "csrf_token"
_READS: Final = frozenset({"GET", "HEAD"})


def principal_of(call: Call) -> Principal:
    """Return who calls, if their account takes requests from where they are.

    Raises Unauthenticated, ShutOut, or CsrfFailed for a session that only writes.
    """
    caller = call.caller
    if isinstance(caller, Person):  # a key's account stood beside the key
        must_meet(call.account, caller)
    return caller


def caller_of(call: Call) -> Principal:
    """Return who calls, from wherever. Raises Unauthenticated or CsrfFailed."""
    scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not credentials.strip():
            raise Unauthenticated("Send Authorization: Bearer with an access token or an API key.")
        return _bearer(call, credentials.strip())
    return _signed_in(call)


def _signed_in(call: Call) -> Principal:
    """Return the person whose browser it is; only functions that serve people load this."""
    from gatehouse.domain.session import csrf_token_of
    from gatehouse.usecases.sign_in import person_of_session

    token = call.cookies.get(SESSION_COOKIE)
    if token is None:
        raise Unauthenticated(
            "Sign in, or send Authorization: Bearer with an access token or an API key."
        )
    person = person_of_session(call.ports, token, call.origin)
    if call.event["requestContext"]["http"]["method"] not in _READS:
        check_csrf(call, csrf_token_of(token))
    return person


def must_be_meant(call: Call) -> None:
    """Refuse a browser's session without the token of our own page, reads included.

    For a read that is on the record or begins work: a link from elsewhere must not do that.
    """
    from gatehouse.domain.session import csrf_token_of

    if not call.headers.get("authorization", "").partition(" ")[0]:
        check_csrf(call, csrf_token_of(call.cookies.get(SESSION_COOKIE, "")))


def visitor_of(call: Call) -> Principal | None:
    """Return who opens a public page; None if nobody, or nobody any more, is signed in."""
    try:
        return call.principal
    except Unauthenticated:
        return None


def bearer_key_of(call: Call) -> ApiKeyText:
    """Return the API key a request carries, unchecked. Raises Unauthenticated."""
    scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
    key = (
        ApiKeyText.parse(credentials.strip(), call.origin.ip_address)
        if scheme.lower() == "bearer"
        else None
    )
    if key is None:
        raise Unauthenticated("Send Authorization: Bearer with an API key, gh_….")
    return key


def check_csrf(call: Call, expected: str) -> None:
    """Refuse a write that does not carry the token of our own page."""
    sent = call.headers.get(CSRF_HEADER) or call.form.get(CSRF_FIELD) or ""
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode()):
        raise CsrfFailed(
            "The form did not come from a page of your current session. Open the page again and "
            "repeat."
        )


def _bearer(call: Call, credentials: str) -> Principal:
    if credentials.startswith("gh_"):
        key_text = ApiKeyText.parse(credentials, call.origin.ip_address)
        if key_text is None:
            raise Unauthenticated("This API key is not of the shape gh_<account>_<key>_<secret>.")
        snapshot = call.ports.store.snapshot(key_text.account_id, key_text.api_key_id, ())
        application = application_of(call.ports, snapshot, key_text, call.origin)
        touch(call.ports, application)
        return application
    from gatehouse.usecases.sign_in import person_of_token

    found = call.ports.identities.of_access_token(credentials, call.ports.clock.now())
    return person_of_token(call.ports, found, call.origin)
