"""Render a page by name, with the headers that keep it to itself.

    page             context (in brackets: may be left out)
    ───────────────  ──────────────────────────────────────────────────────────────────────────
    invitation       view token_path sign_in_url [viewer csrf]
    dead-end         cause [view viewer administrators answered_by answered_at by_viewer
                     connection_id newer token_path sign_in_url csrf]
    answered         outcome view [viewer already connection_id host_account_id csrf]
    sign-in-problem  cause [email account_name csrf]
    continue         account user csrf [added_by]
    user-invitation  state account actor_name role address expires_at sign_in_url [viewer csrf]
    home             viewer accounts invitations csrf
    signed-out
    shut-out         title cause account address sign_in_url session_csrf
    console/…        visit, and what http/routes/console says of each
    problem          title detail [errors retry_after request_id viewer csrf]

``view`` is the JSON of ``GET /invitations/{token}``; ``viewer`` is None or a mapping with
``name``, ``role``, ``account_name`` and ``may_decide``. Moments are datetimes or RFC 3339 texts,
roles their API names. Every text from a person passes the filter ``name``, ``message`` or
``visible``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gatehouse.domain import moments
from gatehouse.domain.plain_text import clean, defang, one_line
from gatehouse.domain.roles import Role, actions_allowed
from gatehouse.domain.wording import day_in_words, moment_in_words, scope_in_words
from gatehouse.http.pages.assets import asset_url

if TYPE_CHECKING:
    from jinja2 import Environment

_OPTIONAL: Final[dict[str, Any]] = dict.fromkeys(
    (
        "account_name",
        "added_by",
        "administrators",
        "already",
        "answered_at",
        "answered_by",
        "brand",
        "by_viewer",
        "connection_id",
        "csrf",
        "email",
        "errors",
        "host_account_id",
        "manages",
        "newer",
        "request_id",
        "retry_after",
        "said",
        "sign_in_url",
        "token_path",
        "view",
        "viewer",
    )
)


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page ready to be answered."""

    status: int
    headers: dict[str, str]
    body: str


def page(
    name: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    form_targets: Sequence[str] = (),
    **context: Any,
) -> PageResult:
    """Render the page of that name.

    ``headers`` are added to the page's own. ``form_targets`` are the origins, besides our own,
    that a form of the page may end up at: browsers hold redirects after a form to them too, so
    signing out at an issuer needs its origin. A missing context variable raises.
    """
    body = _templates().get_template(f"{name}.html").render(_OPTIONAL | context)
    scripted = name.startswith("console/")
    return PageResult(status, _headers(form_targets, scripted) | dict(headers or {}), body)


def _headers(form_targets: Sequence[str], scripted: bool) -> dict[str, str]:
    policy = (
        "default-src 'none'",
        # One file of ours, which asks nobody but us.
        *(("script-src 'self'", "connect-src 'self'") if scripted else ()),
        "style-src 'self'",
        "img-src 'self'",
        " ".join(("form-action 'self'", *form_targets)),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(policy),
        # Not no-referrer: browsers then send Origin: null with our own forms (Fetch standard).
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@cache
def _templates() -> "Environment":
    # Imported here, so that a function that answers only JSON never loads it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["asset_url"] = asset_url
    templates.filters |= {
        "name": one_line,
        "message": defang,
        "visible": clean,
        "role": _role,
        "may": _may,
        "moment": _moment,
        "day": _day,
        "capitalize_first": _capitalized,
        "stamp": _stamp,
        "scope": _scope,
    }
    return templates


def _role(role: str | None) -> str:
    return Role(role).label if role else "No access"


def _may(role: str) -> str:
    return ", ".join(actions_allowed(Role(role)))


def _datetime(moment: datetime | str) -> datetime:
    return moments.from_text(moment) if isinstance(moment, str) else moment


def _moment(moment: datetime | str) -> str:
    return moment_in_words(_datetime(moment))


def _day(moment: date | str) -> str:
    """Write a day, or the day of a moment."""
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return day_in_words(moment)
    return day_in_words(_datetime(moment).astimezone(UTC))


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stamp(moment: datetime | str) -> str:
    return moments.to_text(_datetime(moment))


def _scope(view: Mapping[str, Any]) -> str:
    return scope_in_words(view["organization_count"], all_organizations=view["all_organizations"])
